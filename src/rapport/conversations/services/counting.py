"""What a thread knows of its messages, worked out anew from them whenever one is added, sent, cancelled or moved."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

# A message counts from when we had it, not from what its date says, unless it is one of the past that was brought in:
# the clock of a writer may be wrong, and what is written before our answer may arrive after it.
_RECOUNT = """
WITH said AS (
    SELECT direction, sender_kind, automatic, state, at,
           CASE WHEN created_at - at > interval '1 day' THEN at ELSE created_at END AS counts_from
    FROM conversations_message
    WHERE thread_id = %(thread)s AND direction <> 'note' AND state <> 'cancelled'
), answered AS (
    SELECT max(counts_from) AS at FROM said
    WHERE direction = 'out' AND automatic = '' AND state NOT IN ('failed', 'bounced')
), found AS (
    SELECT count(*) AS messages, max(at) AS last_at,
           max(at) FILTER (WHERE direction = 'in') AS last_in, max(at) FILTER (WHERE direction = 'out') AS last_out,
           min(counts_from) FILTER (
               WHERE direction = 'in' AND automatic = '' AND sender_kind = 'customer'
               AND counts_from > coalesce((SELECT at FROM answered), '-infinity')
           ) AS waiting
    FROM said
)
UPDATE conversations_thread t
SET message_count = f.messages, last_message_at = coalesce(f.last_at, t.created_at), last_in_at = f.last_in,
    last_out_at = f.last_out, waiting_since = f.waiting
FROM found f WHERE t.id = %(thread)s
RETURNING EXISTS (
    SELECT FROM conversations_message WHERE thread_id = %(thread)s AND state = 'queued' AND cancel_on_answer
)
"""


def recount(thread_id: UUID) -> bool:
    """Work out the dates, the number of messages and since when the customer waits, of one thread.

    Return whether an answer waits in it that is not to be sent once the customer writes.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"thread": thread_id})
        row = cursor.fetchone()
    return row is not None and bool(row[0])
