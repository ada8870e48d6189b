"""Taking a load of records back: what it added goes, what it changed is as before."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from rapport.kernel import bulk
from rapport.objects.models import SLOTS

_CREATED = """
CREATE TEMP TABLE undo_record ON COMMIT DROP AS
SELECT e.subject_id AS id FROM kernel_eventrecord e JOIN objects_record r ON r.id = e.subject_id
WHERE e.cause_id = %s AND e.type = 'objects.record_added'
"""
_LINKS = ", ".join(f"(r.link_{slot}_id)" for slot in SLOTS)
_FROM_OUTSIDE = " UNION ".join(
    f"""SELECT r.link_{slot}_id FROM objects_record r JOIN undo_record u ON u.id = r.link_{slot}_id
        WHERE NOT EXISTS (SELECT FROM undo_record mine WHERE mine.id = r.id)
              AND NOT EXISTS (SELECT FROM undo_before b WHERE b.place = 'objects_record' AND b.id = r.id
                              AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = r.id))"""
    for slot in SLOTS
)
# What was changed since stays; so does what it leads to, what others lead to, and the new customers whose it is.
_STAY = f"""
WITH RECURSIVE stay (id) AS (
    (SELECT k.id FROM undo_kept k JOIN undo_record u USING (id) UNION {_FROM_OUTSIDE})
    UNION
    SELECT l.id FROM stay s JOIN objects_record r ON r.id = s.id CROSS JOIN LATERAL (VALUES {_LINKS}) AS l (id)
    JOIN undo_record u ON u.id = l.id
)
INSERT INTO undo_kept SELECT id FROM stay
UNION SELECT r.customer_id FROM stay s JOIN objects_record r ON r.id = s.id JOIN kernel_eventrecord e
      ON e.cause_id = %s AND e.type = 'customers.created' AND e.subject_id = r.customer_id
EXCEPT SELECT id FROM undo_kept
"""


def created(cause: UUID) -> None:
    """Put the records that the load `cause` added into `undo_record`, and those that must stay into `undo_kept`."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, [cause])
        cursor.execute("ANALYZE undo_record")
        cursor.execute(_STAY, [cause])
        cursor.execute("DELETE FROM undo_record u USING undo_kept k WHERE k.id = u.id")


def undo() -> int:
    """Take back what a load did to records, by `undo_before` and `undo_record`; return how many rows changed."""
    changed = bulk.put_back("objects_record")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM objects_record WHERE id IN (SELECT id FROM undo_record)")
        return changed + int(cursor.rowcount)
