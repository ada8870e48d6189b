"""Taking a load of customers back: what it added goes, what it changed is as before."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from rapport.kernel import bulk

_CREATED = """
CREATE TEMP TABLE undo_customer ON COMMIT DROP AS
SELECT e.subject_id AS id FROM kernel_eventrecord e
WHERE e.cause_id = %s AND e.type = 'customers.created'
      AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = e.subject_id)
"""
_DELETE = (
    "DELETE FROM customers_consent WHERE customer_id IN (SELECT id FROM undo_customer)",
    "DELETE FROM customers_stagespan WHERE customer_id IN (SELECT id FROM undo_customer)",
    """DELETE FROM customers_affiliation
       WHERE person_id IN (SELECT id FROM undo_customer) OR company_id IN (SELECT id FROM undo_customer)""",
    "DELETE FROM customers_identity WHERE customer_id IN (SELECT id FROM undo_customer)",
    "DELETE FROM customers_customer WHERE id IN (SELECT id FROM undo_customer)",
)
_CHANGED = ("customers_consent", "customers_affiliation", "customers_identity", "customers_customer")


def created(cause: UUID) -> int:
    """Put the customers that the load `cause` added into `undo_customer`, but for those in `undo_kept`."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, [cause])
        found = int(cursor.rowcount)
        cursor.execute("ANALYZE undo_customer")
    return found


def undo() -> int:
    """Take back what a load did to customers, by `undo_before` and `undo_customer`; return how many rows changed.

    The domains above have taken theirs back already.
    """
    changed = sum(bulk.put_back(table) for table in _CHANGED)
    with connection.cursor() as cursor:
        for statement in _DELETE:
            cursor.execute(statement)
        return changed + int(cursor.rowcount)
