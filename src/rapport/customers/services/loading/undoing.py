"""Taking a load of customers back: what it added goes, what it changed is as before."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from rapport.customers.following import FOLLOWING
from rapport.kernel import bulk

_CREATED = """
CREATE TEMP TABLE undo_customer ON COMMIT DROP AS
SELECT e.subject_id AS id FROM kernel_eventrecord e
WHERE e.cause_id = %s AND e.type = 'customers.created'
      AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = e.subject_id)
"""
_DELETE = (
    "DELETE FROM customers_tocompare WHERE customer_id IS NULL AND NOT everybody",  # notes about nobody
    "DELETE FROM customers_consent WHERE customer_id IN (SELECT id FROM undo_customer)",
    "DELETE FROM customers_stagespan WHERE customer_id IN (SELECT id FROM undo_customer)",
    """DELETE FROM customers_affiliation
       WHERE person_id IN (SELECT id FROM undo_customer) OR company_id IN (SELECT id FROM undo_customer)""",
    "DELETE FROM customers_identity WHERE customer_id IN (SELECT id FROM undo_customer)",
    "DELETE FROM customers_customer WHERE id IN (SELECT id FROM undo_customer)",
)
# What was a customer's who was merged away since is the survivor's now: rows come back there, and are noted as moved.
_LEAD_ON = """
UPDATE undo_before b SET row = jsonb_set(b.row, ARRAY[%(column)s], to_jsonb(c.merged_into_id))
FROM customers_customer c
WHERE b.place = %(table)s AND c.merged_into_id IS NOT NULL AND c.id::text = b.row ->> %(column)s
"""
# A row that the load added and a merge laid aside must not come back when that is undone.
_LAID_ASIDE = """
UPDATE customers_movedrows m SET aside = (
    SELECT coalesce(jsonb_agg(a), '[]') FROM jsonb_array_elements(m.aside) a
    WHERE a ->> 'id' NOT IN (SELECT b.id::text FROM undo_before b WHERE b.row IS NULL)
)
WHERE m.aside <> '[]' AND EXISTS (
    SELECT FROM jsonb_array_elements(m.aside) a JOIN undo_before b ON b.row IS NULL AND b.id::text = a ->> 'id'
)
"""
_CHANGED = ("customers_consent", "customers_affiliation", "customers_identity", "customers_customer")


def created(cause: UUID) -> int:
    """Put the customers that the load `cause` added into `undo_customer`, but for those in `undo_kept`."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, [cause])
        found = int(cursor.rowcount)
        cursor.execute("ANALYZE undo_customer")
    return found


def follow_merges() -> None:
    """Let what is put back go to the survivors of merges since the load; call it before anything is put back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT place FROM undo_before WHERE row IS NOT NULL")
        there = {place for (place,) in cursor.fetchall()}
        for one in FOLLOWING.values():
            if one.table in there:
                cursor.execute(_LEAD_ON, {"table": one.table, "column": one.column})
        cursor.execute(_LAID_ASIDE)


def undo() -> int:
    """Take back what a load did to customers, by `undo_before` and `undo_customer`; return how many rows changed.

    The domains above have taken theirs back already.
    """
    changed = sum(bulk.put_back(table) for table in _CHANGED)
    with connection.cursor() as cursor:
        for statement in _DELETE:
            cursor.execute(statement)
        return changed + int(cursor.rowcount)
