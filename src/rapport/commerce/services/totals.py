"""The totals of customers, counted from their orders: one rule for one customer and for all."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

_RECOUNT = """
INSERT INTO commerce_customertotals (customer_id, orders, net_minor, first_at, last_at)
SELECT customer_id,
       count(*) FILTER (WHERE kind = 'sale' AND has_sale_line),
       coalesce(sum(net_base_minor - refunded_base_minor), 0),
       min(placed_at) FILTER (WHERE kind = 'sale' AND has_sale_line),
       max(placed_at) FILTER (WHERE kind = 'sale' AND has_sale_line)
FROM commerce_order
WHERE customer_id = ANY(%s) AND cancelled_at IS NULL
GROUP BY customer_id
ON CONFLICT (customer_id) DO UPDATE
SET orders = EXCLUDED.orders, net_minor = EXCLUDED.net_minor,
    first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at
"""
_EMPTY = """
DELETE FROM commerce_customertotals t WHERE customer_id = ANY(%s) AND NOT EXISTS (
    SELECT 1 FROM commerce_order o WHERE o.customer_id = t.customer_id AND o.cancelled_at IS NULL)
"""


def recount(*customer_ids: UUID) -> None:
    """Count the totals of these customers anew: sales that were not cancelled, net of credit notes and refunds."""
    recount_many(customer_ids)


def recount_many(customer_ids: Iterable[UUID]) -> None:
    """Count the totals of many customers anew in two statements."""
    ids = list(customer_ids)
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, [ids])
        cursor.execute(_EMPTY, [ids])
