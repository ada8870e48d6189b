"""Taking a load of promises back."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from rapport.kernel import bulk

_DELETE = """
DELETE FROM promises_promise p USING kernel_eventrecord e
WHERE e.cause_id = %s AND e.type = 'promises.made' AND p.id = e.subject_id
      AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = p.id)
"""


def undo(cause: UUID) -> int:
    """Delete the promises that the load `cause` made and bring back those it changed; return how many."""
    changed = bulk.put_back("promises_promise")
    with connection.cursor() as cursor:
        cursor.execute(_DELETE, [cause])
        return changed + int(cursor.rowcount)
