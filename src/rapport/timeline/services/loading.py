"""The timeline in bulk: notes that files bring along, and when customers were last in touch."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from rapport.kernel import bulk
from rapport.kernel.bulk import Load
from rapport.kernel.events import EVENTS
from rapport.timeline.events import NoteWritten
from rapport.timeline.models import Activity

_NOTES = """
CREATE TEMP TABLE load_note ON COMMIT DROP AS
SELECT pg_temp.new_id() AS id, p.customer_id, l.note AS text
FROM load_customer l JOIN load_person p USING (seq) JOIN customers_customer c ON c.id = p.customer_id
WHERE l.note IS NOT NULL AND c.deleted_at IS NULL AND NOT EXISTS (
    SELECT FROM timeline_activity a WHERE a.customer_id = p.customer_id AND a.kind = 'note' AND a.text = l.note
)
"""
_INSERT = """
INSERT INTO timeline_activity (id, customer_id, kind, text, direction, outcome, happened_at, created_at, updated_at)
SELECT id, customer_id, 'note', text, '', '', %(at)s, %(at)s, %(at)s FROM load_note
"""
_WRITTEN = """
SELECT id AS subject_id, customer_id, %(at)s AS at,
       jsonb_build_object('activity_id', id, 'author', %(actor_name)s, 'text', text) AS data
FROM load_note
"""
_TOUCH = """
INSERT INTO timeline_touch (customer_id, last_at, last_in_at, last_out_at)
SELECT customer_id, max(at), max(at) FILTER (WHERE type = ANY(%(inbound)s)),
       max(at) FILTER (WHERE type = ANY(%(outbound)s))
FROM kernel_eventrecord
WHERE cause_id = %(cause)s AND customer_id IS NOT NULL AND type = ANY(%(either)s) GROUP BY customer_id
ON CONFLICT (customer_id) DO UPDATE
SET last_at = greatest(timeline_touch.last_at, EXCLUDED.last_at),
    last_in_at = greatest(timeline_touch.last_in_at, EXCLUDED.last_in_at),
    last_out_at = greatest(timeline_touch.last_out_at, EXCLUDED.last_out_at)
"""
_RECOUNT = """
INSERT INTO timeline_touch (customer_id, last_at, last_in_at, last_out_at)
SELECT e.customer_id, max(at), max(at) FILTER (WHERE type = ANY(%(inbound)s)),
       max(at) FILTER (WHERE type = ANY(%(outbound)s))
FROM kernel_eventrecord e JOIN undo_touched t ON t.id = e.customer_id
WHERE type = ANY(%(either)s) AND cause_id IS DISTINCT FROM %(cause)s GROUP BY e.customer_id
"""


def _directions() -> dict[str, list[str]]:
    sides = {side: [name for name, kind in EVENTS.items() if kind.direction == side] for side in ("in", "out")}
    return {"inbound": sides["in"], "outbound": sides["out"], "either": sides["in"] + sides["out"]}


def notes(load: Load) -> None:
    """Write the notes of staged customers that they do not have yet."""
    if not bulk.any_row("SELECT FROM load_customer WHERE note IS NOT NULL"):
        return  # who looks for them in a part goes through all customers of the parts before
    bulk.run(load, "DROP TABLE IF EXISTS pg_temp.load_note")
    if bulk.run(load, _NOTES):
        bulk.run(load, _INSERT)
        bulk.added(load, "timeline_activity", "SELECT id FROM load_note")
        bulk.announce(load, NoteWritten, Activity._meta.label_lower, _WRITTEN)


def touches(load: Load) -> None:
    """Note when the customers of the load's events were in touch."""
    bulk.run(load, _TOUCH, **_directions())


def undo(cause: UUID) -> None:
    """Take back the notes of the load `cause`, and the touches of customers that stay."""
    bulk.put_back("timeline_activity")
    with connection.cursor() as cursor:
        cursor.execute(
            """CREATE TEMP TABLE undo_touched ON COMMIT DROP AS SELECT DISTINCT customer_id AS id
               FROM kernel_eventrecord e WHERE cause_id = %s AND customer_id IS NOT NULL
                     AND NOT EXISTS (SELECT FROM undo_customer c WHERE c.id = e.customer_id)""",
            [cause],
        )
        cursor.execute("DELETE FROM timeline_touch WHERE customer_id IN (SELECT id FROM undo_touched)")
        cursor.execute(_RECOUNT, {"cause": cause, **_directions()})
