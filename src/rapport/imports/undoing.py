"""Undoing an import: its events tell what it added, its rows of before how things were."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from rapport.commerce.services import loading as commerce
from rapport.customers.services import loading as customers
from rapport.feedback.services import loading as feedback
from rapport.imports.models import ImportRun, RowBefore
from rapport.imports.progress import Progress
from rapport.kernel import bulk, removing
from rapport.kernel.events import EVENTS
from rapport.objects.services import loading as objects
from rapport.promises.services import loading as promises
from rapport.timeline.services import loading as timeline

_BEFORE = """
CREATE TEMP TABLE undo_before ON COMMIT DROP AS
SELECT place, row_id AS id, row FROM imports_rowbefore WHERE run_id = %(run)s
"""
# Whatever has an event since, by anybody but this import, has been changed since and stays as it is. Events that follow
# by themselves from what the import brought (who joined a segment) are no change, and go with whom they tell of. Sets
# are compared, since a join by either of two columns goes through all pairs when the planner takes the events for few.
_KEPT = """
CREATE TEMP TABLE undo_kept ON COMMIT DROP AS
WITH mine AS (
    SELECT subject_id AS id FROM kernel_eventrecord WHERE cause_id = %(run)s AND subject_id IS NOT NULL
    UNION SELECT customer_id FROM kernel_eventrecord WHERE cause_id = %(run)s AND customer_id IS NOT NULL
), since AS MATERIALIZED (
    SELECT subject_id, customer_id FROM kernel_eventrecord
    WHERE cause_id IS DISTINCT FROM %(run)s AND recorded_at >= %(since)s AND type <> ALL (%(derived)s)
)
SELECT id FROM mine INTERSECT (SELECT subject_id FROM since UNION SELECT customer_id FROM since)
"""
_WHO = """
SELECT k.id, coalesce(c.name, o.number, p.sku, r.name, '') FROM undo_kept k
LEFT JOIN customers_customer c ON c.id = k.id LEFT JOIN commerce_order o ON o.id = k.id
LEFT JOIN commerce_product p ON p.id = k.id LEFT JOIN objects_record r ON r.id = k.id ORDER BY k.id
"""
_FORGET = """
DELETE FROM kernel_eventrecord e
WHERE cause_id = %(run)s AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = e.subject_id)
      OR type = ANY (%(derived)s) AND customer_id IN (SELECT id FROM undo_customer)
"""


@dataclass(frozen=True)
class Undone:
    """How many rows went or came back, and what stayed because it was changed since: ids with what they are called."""

    rows: int
    kept: tuple[tuple[UUID, str], ...]


def undo(run: ImportRun, progress: Progress) -> Undone:
    """Take back what the load of `run` did, inside the caller's transaction. Raises Cancelled."""
    progress.step("looking", 0)
    bulk.clear("undo")
    bulk.forget_plans()
    with connection.cursor() as cursor:
        derived = [one.name for one in EVENTS.values() if one.derived]
        values = {"run": run.pk, "since": run.started_at, "derived": derived}
        cursor.execute(_BEFORE, values)
        cursor.execute(_KEPT, values)
        objects.created(run.pk)
        cursor.execute(_WHO)
        kept = tuple((row[0], row[1]) for row in cursor.fetchall())
    customers.follow_merges()
    customers.created(run.pk)
    commerce.created(run.pk)
    progress.step("promises", 0.2)
    removing.let_go("objects_record", "undo_record")
    rows = feedback.undo() + promises.undo(run.pk) + objects.undo()
    progress.step("orders", 0.3)
    removing.let_go("commerce_order", "undo_order")
    removing.let_go("commerce_product", "undo_product")
    rows += commerce.undo()
    progress.step("customers", 0.6)
    timeline.undo(run.pk)
    removing.let_go("customers_customer", "undo_customer")
    rows += customers.undo()
    progress.step("events", 0.9)
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, values)
    RowBefore.objects.filter(run=run).delete()
    return Undone(rows, kept)
