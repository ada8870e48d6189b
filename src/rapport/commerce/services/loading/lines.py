"""Merging the lines of orders: an order whose lines differ gets the new ones in place of the old."""

from __future__ import annotations

from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

_UNKNOWN = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT l.seq, 'line', 'order-unknown', 'order_number', l.order_number FROM load_line l
WHERE NOT EXISTS (SELECT FROM load_settled o WHERE o.number = l.order_number)
"""
_PRICED = """
CREATE TEMP TABLE load_priced ON COMMIT DROP AS
SELECT l.seq, l.order_number, l.sku, l.name, l.shipping, q.quantity, c.exponent, q.unit_price_minor,
       coalesce(l.discount, 0) AS discount_minor,
       coalesce(l.total, round(q.quantity * q.unit_price * c.factor)::bigint - coalesce(l.discount, 0))
           AS total_minor,
       coalesce(l.position, row_number() OVER (PARTITION BY l.order_number ORDER BY l.seq)) AS position,
       p.id AS product_id, p.cost_minor
FROM load_line l
JOIN load_settled o ON o.number = l.order_number
LEFT JOIN commerce_order b ON b.namespace = %(namespace)s AND b.number = o.number
JOIN load_currency c ON c.code = coalesce(o.currency, b.currency, %(currency)s)
LEFT JOIN commerce_product p ON p.sku = l.sku
CROSS JOIN LATERAL (SELECT coalesce(l.quantity, 1) AS quantity) n
CROSS JOIN LATERAL (
    SELECT n.quantity, u.unit_price, (u.unit_price * c.factor)::numeric(20, 4) AS unit_price_minor
    FROM (
        SELECT coalesce(l.unit_price, (l.total + coalesce(l.discount, 0)) / nullif(n.quantity, 0) / c.factor, 0)
            ::numeric AS unit_price
    ) u
) q
"""
_TWICE = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT seq, 'line', 'key-twice', 'position', order_number || '/' || position, lead FROM (
    SELECT seq, order_number, position, first_value(seq) OVER (PARTITION BY order_number, position ORDER BY seq) AS lead
    FROM load_priced
) x WHERE seq <> lead
"""
_DROP_TWICE = """
DELETE FROM load_priced l USING load_fault f WHERE f.seq = l.seq AND f.noun = 'line' AND f.code = 'key-twice'
"""
_SUMS = """
CREATE TEMP TABLE load_sum ON COMMIT DROP AS
SELECT order_number, sum(total_minor)::bigint AS lines_minor, sum(shipping)::bigint AS shipping_minor,
       count(*) AS lines, bool_or(quantity > 0 AND unit_price_minor > 0) AS has_sale_line
FROM load_priced GROUP BY order_number
"""
_STALE = """
CREATE TEMP TABLE load_stale ON COMMIT DROP AS
SELECT r.id FROM load_order_row r
JOIN (
    SELECT order_number, md5(string_agg(concat_ws('|', position, coalesce(sku, ''), coalesce(left(name, 300), ''),
           quantity::numeric(14, 3), unit_price_minor, discount_minor, total_minor), E'\\n' ORDER BY position)) AS sum
    FROM load_priced GROUP BY order_number
) n ON n.order_number = r.number
JOIN (
    SELECT o.id, md5(coalesce(string_agg(concat_ws('|', l.position, l.sku, l.name, l.quantity, l.unit_price_minor,
           l.discount_minor, l.total_minor), E'\\n' ORDER BY l.position), '')) AS sum
    FROM load_order_row o LEFT JOIN commerce_orderline l ON l.order_id = o.id WHERE NOT o.fresh GROUP BY o.id
) b ON b.id = r.id
WHERE n.sum <> b.sum
"""
_INSERT = """
INSERT INTO commerce_orderline (
    id, order_id, position, product_id, sku, name, quantity, unit_price_minor, discount_minor, total_minor, cost_minor
)
SELECT pg_temp.new_id(), r.id, l.position, l.product_id, left(coalesce(l.sku, ''), 80), left(coalesce(l.name, ''), 300),
       l.quantity, l.unit_price_minor, l.discount_minor, l.total_minor, l.cost_minor
FROM load_order_row r JOIN load_priced l ON l.order_number = r.number
WHERE r.fresh OR r.id IN (SELECT id FROM load_stale)
ORDER BY r.id, l.position
"""


def prepare(load: Load) -> None:
    """Price the lines (`load_priced`) and add them up for their orders (`load_sum`)."""
    bulk.run(load, _UNKNOWN)
    bulk.run(load, _PRICED)
    if bulk.run(load, _TWICE):
        bulk.run(load, _DROP_TWICE)
    bulk.run(load, _SUMS)
    bulk.run(load, "ANALYZE load_priced")
    bulk.run(load, "ANALYZE load_sum")


def merge(load: Load) -> Counts:
    """Write the lines of new orders, and of those whose lines differ."""
    stale = bulk.run(load, _STALE)
    old = "SELECT id FROM commerce_orderline WHERE order_id IN (SELECT id FROM load_stale)"
    replaced = bulk.number(f"SELECT count(*) FROM ({old}) x") if stale else 0
    if stale:
        bulk.remember(load, "commerce_orderline", old)
        bulk.run(load, "DELETE FROM commerce_orderline WHERE order_id IN (SELECT id FROM load_stale)")
    written = bulk.run(load, _INSERT)
    if stale:
        bulk.added(load, "commerce_orderline", old)
    read = bulk.number("SELECT count(*) FROM load_line")
    failed = bulk.number(
        """SELECT count(*) FROM load_line l WHERE l.seq IN (SELECT seq FROM load_fault WHERE noun = 'line')
           OR NOT EXISTS (SELECT FROM load_order_row r WHERE r.number = l.order_number)"""
    )
    updated = min(replaced, written)
    created = written - updated
    return Counts(read, created, updated, read - created - updated - failed, failed)
