"""Taking a load of commerce back."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from rapport.commerce.services import totals
from rapport.kernel import bulk

_CREATED = """
CREATE TEMP TABLE undo_order ON COMMIT DROP AS
SELECT e.subject_id AS id, e.customer_id FROM kernel_eventrecord e
WHERE e.cause_id = %s AND e.type IN ('commerce.order_placed', 'commerce.credit_booked')
      AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = e.subject_id)
"""
_PRODUCTS = """
CREATE TEMP TABLE undo_product ON COMMIT DROP AS
SELECT e.subject_id AS id FROM kernel_eventrecord e
WHERE e.cause_id = %s AND e.type = 'commerce.product_changed' AND NOT e.data ? 'before'
      AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = e.subject_id)
"""
_AFFECTED = """
CREATE TEMP TABLE undo_buyer ON COMMIT DROP AS
SELECT DISTINCT customer_id AS id FROM (
    SELECT customer_id FROM undo_order UNION ALL
    SELECT o.customer_id FROM commerce_order o JOIN undo_before b ON b.id = o.id AND b.place = 'commerce_order'
    UNION ALL SELECT (b.row ->> 'customer_id')::uuid FROM undo_before b WHERE b.place = 'commerce_order'
) x WHERE customer_id IS NOT NULL AND customer_id NOT IN (SELECT id FROM undo_customer)
"""
_DELETE = (
    "DELETE FROM commerce_refund WHERE order_id IN (SELECT id FROM undo_order)",
    "DELETE FROM commerce_shipment WHERE order_id IN (SELECT id FROM undo_order)",
    "DELETE FROM commerce_payment WHERE order_id IN (SELECT id FROM undo_order)",
    "DELETE FROM commerce_orderline WHERE order_id IN (SELECT id FROM undo_order)",
    "DELETE FROM commerce_order WHERE id IN (SELECT id FROM undo_order)",
    """DELETE FROM commerce_product p WHERE id IN (SELECT id FROM undo_product)
       AND NOT EXISTS (SELECT FROM commerce_orderline l WHERE l.product_id = p.id)""",
    "DELETE FROM commerce_customertotals WHERE customer_id IN (SELECT id FROM undo_customer)",
)
_CHANGED = ("commerce_refund", "commerce_shipment", "commerce_payment", "commerce_order", "commerce_orderline")


def created(cause: UUID) -> None:
    """Put the orders and products that the load `cause` added into `undo_order` and `undo_product`."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, [cause])
        cursor.execute(_PRODUCTS, [cause])


def undo() -> int:
    """Take back what a load did to products and orders; return how many it was.

    `undo_customer` holds the customers that will go, `undo_before` the rows as they were.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AFFECTED)
        for statement in _DELETE[:4]:
            cursor.execute(statement)
        changed = sum(bulk.put_back(table) for table in (*_CHANGED, "commerce_product"))
        for statement in _DELETE[4:]:
            cursor.execute(statement)
        cursor.execute("SELECT (SELECT count(*) FROM undo_order) + (SELECT count(*) FROM undo_product)")
        gone = int(cursor.fetchone()[0])
    totals.recount_where("SELECT id FROM undo_buyer")
    return gone + changed
