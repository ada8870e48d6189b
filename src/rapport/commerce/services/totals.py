"""The totals of customers, counted from their orders: one rule for one customer and for all.

Every customer has a row, also one who never bought, so that lists can sort by it from an index.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connection

from rapport.kernel.sending import send

_RECOUNT = """
INSERT INTO commerce_customertotals (customer_id, orders, net_minor, first_at, last_at)
SELECT c.id,
       count(o.id) FILTER (WHERE o.kind = 'sale' AND o.has_sale_line),
       coalesce(sum(o.net_base_minor - o.refunded_base_minor), 0),
       min(o.placed_at) FILTER (WHERE o.kind = 'sale' AND o.has_sale_line),
       max(o.placed_at) FILTER (WHERE o.kind = 'sale' AND o.has_sale_line)
FROM {ids} AS c (id)
LEFT JOIN commerce_order o ON o.customer_id = c.id AND o.cancelled_at IS NULL
GROUP BY c.id
ON CONFLICT (customer_id) DO UPDATE
SET orders = EXCLUDED.orders, net_minor = EXCLUDED.net_minor,
    first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at
"""
_START = "INSERT INTO commerce_customertotals (customer_id, orders, net_minor) SELECT id, 0, 0 FROM ({ids}) AS c"


def recount(*customer_ids: UUID) -> None:
    """Count the totals of these customers anew: sales that were not cancelled, net of credit notes and refunds."""
    recount_many(customer_ids)


def recount_many(customer_ids: Iterable[UUID]) -> None:
    """Count the totals of many customers anew in one statement; they must exist."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT.format(ids="unnest(%s::uuid[])"), [list(customer_ids)])


def start(customer_id: UUID) -> None:
    """Give a customer the totals of somebody who has not bought yet, unless they have some."""
    send(f"{_START.format(ids='SELECT %s::uuid AS id')} ON CONFLICT DO NOTHING", [customer_id])


def start_where(ids: str) -> None:
    """Give the customers whose ids a query of the code gives the totals of somebody who has not bought yet."""
    with connection.cursor() as cursor:
        cursor.execute(_START.format(ids=ids))


def recount_where(ids: str) -> None:
    """Count the totals of the customers whose ids a query of the code gives, as after a bulk load."""
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT.format(ids=f"({ids})"))
