"""The history of tickets as clocks read it, for one ticket or for thousands at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.service.clocks.ticking import Span, Story, Turn

TICKS = "(extract(epoch FROM {}) * 1000000)::bigint"
"""A moment in microseconds since 1970, exactly; numbers are read many times as fast as moments."""

_SPANS = f"""
SELECT t.id, {TICKS.format("t.opened_at")}, {TICKS.format("t.first_response_at")},
       t.deleted_at IS NOT NULL OR t.merged_into_id IS NOT NULL OR coalesce(talk.rubbish, false),
       coalesce(s.categories, '{{}}'), coalesce(s.entered, '{{}}'), coalesce(s.lefts, '{{}}')
FROM service_ticket t
LEFT JOIN (
    SELECT ticket_id, array_agg(category::text ORDER BY entered_at, id) AS categories,
           array_agg({TICKS.format("entered_at")} ORDER BY entered_at, id) AS entered,
           array_agg({TICKS.format("left_at")} ORDER BY entered_at, id) AS lefts
    FROM service_statusspan WHERE ticket_id = ANY(%(ids)s) GROUP BY ticket_id
) s ON s.ticket_id = t.id
LEFT JOIN (
    SELECT tt.ticket_id, bool_and(h.spam_at IS NOT NULL OR h.deleted_at IS NOT NULL) AS rubbish
    FROM service_ticketthread tt JOIN conversations_thread h ON h.id = tt.thread_id
    WHERE tt.ticket_id = ANY(%(ids)s) GROUP BY tt.ticket_id
) talk ON talk.ticket_id = t.id
WHERE t.id = ANY(%(ids)s)
"""
# Only what people said in public counts: no notes, nothing automatic, of ours only what was sent. What we said before
# the ticket was opened, as in a talk that was merged into it, answers something else.
_TURNS = f"""
SELECT ticket_id, array_agg({TICKS.format("at")} ORDER BY at, ours), array_agg(ours ORDER BY at, ours)
FROM (
    SELECT ticket_id, at, ours, lag(ours) OVER (PARTITION BY ticket_id ORDER BY at, ours) AS before
    FROM (
        SELECT tt.ticket_id, m.direction = 'out' AS ours,
               CASE m.direction WHEN 'out' THEN m.sent_at ELSE m.at END AS at, t.opened_at
        FROM service_ticketthread tt
        JOIN service_ticket t ON t.id = tt.ticket_id
        JOIN conversations_message m ON m.thread_id = tt.thread_id
        WHERE tt.ticket_id = ANY(%(ids)s) AND m.automatic = ''
              AND ((m.direction = 'in' AND m.sender_kind = 'customer')
                   OR (m.direction = 'out' AND m.sender_kind = 'agent' AND m.sent_at IS NOT NULL))
    ) said WHERE NOT ours OR at >= opened_at
) turns WHERE before IS DISTINCT FROM ours GROUP BY ticket_id
"""


def stories(ids: Collection[UUID]) -> dict[UUID, Story]:
    """Return what clocks are told from, by the id of the ticket.

    A ticket that is known to have been answered although nothing of its talk is here, as one that was imported, counts
    as answered then.
    """
    params = {"ids": list(ids)}
    with connection.cursor() as cursor:
        cursor.execute(_SPANS, params)
        tickets = cursor.fetchall()
        cursor.execute(_TURNS, params)
        turns = {row[0]: _turns(row[1], row[2]) for row in cursor.fetchall()}
    return {row[0]: _story(row, turns.get(row[0], [])) for row in tickets}


def _story(row: tuple[Any, ...], turns: list[Turn]) -> Story:
    _key, opened, answered, quiet, categories, entered, lefts = row
    spans = [Span(*values) for values in zip(categories, entered, lefts, strict=True)]
    if answered is not None and not turns:
        turns = [Turn(answered, ours=True)]
    return Story(opened, spans, turns, quiet)


def _turns(moments: list[int], ours: list[bool]) -> list[Turn]:
    return [Turn(at, who) for at, who in zip(moments, ours, strict=True)]
