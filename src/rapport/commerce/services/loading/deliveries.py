"""Merging parcels. The days of an order itself are merged with the order."""

from __future__ import annotations

from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

_UNKNOWN = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT d.seq, 'delivery', 'order-unknown', 'order_number', d.order_number FROM load_delivery d
WHERE NOT EXISTS (SELECT FROM load_order_row r WHERE r.number = d.order_number)
"""
_ROWS = """
CREATE TEMP TABLE load_shipment ON COMMIT DROP AS
SELECT coalesce(b.id, pg_temp.new_id()) AS id, b.id IS NULL AS fresh, x.* FROM (
    SELECT DISTINCT ON (r.id, tracking, carrier, CASE WHEN coalesce(d.tracking, '') = '' THEN d.shipped_at END)
           r.id AS order_id, r.fresh AS fresh_order, left(coalesce(d.carrier, ''), 80) AS carrier,
           left(coalesce(d.tracking, ''), 120) AS tracking, d.shipped_at, d.delivered_at
    FROM load_delivery d JOIN load_order_row r ON r.number = d.order_number
) x LEFT JOIN LATERAL (
    SELECT s.id FROM commerce_shipment s
    WHERE s.order_id = x.order_id AND s.carrier = x.carrier AND s.tracking = x.tracking
          AND (x.tracking <> '' OR s.shipped_at IS NOT DISTINCT FROM x.shipped_at) LIMIT 1
) b ON true
"""
_INSERT = """
INSERT INTO commerce_shipment (id, order_id, carrier, tracking, shipped_at, delivered_at)
SELECT id, order_id, carrier, tracking, shipped_at, delivered_at FROM load_shipment WHERE fresh
"""
_DIFFERENT = """
CREATE TEMP TABLE load_shipment_change ON COMMIT DROP AS
SELECT x.* FROM load_shipment x JOIN commerce_shipment s USING (id)
WHERE NOT x.fresh AND (coalesce(x.shipped_at, s.shipped_at), coalesce(x.delivered_at, s.delivered_at))
      IS DISTINCT FROM (s.shipped_at, s.delivered_at)
"""
_UPDATE = """
UPDATE commerce_shipment s SET shipped_at = coalesce(x.shipped_at, s.shipped_at),
       delivered_at = coalesce(x.delivered_at, s.delivered_at)
FROM load_shipment_change x WHERE x.id = s.id
"""


def merge(load: Load) -> Counts:
    """Write new parcels, and what is new of known ones."""
    bulk.run(load, _UNKNOWN)
    bulk.run(load, _ROWS)
    fresh = bulk.run(load, _INSERT)
    bulk.added(load, "commerce_shipment", "SELECT id FROM load_shipment WHERE fresh AND NOT fresh_order")
    changed = bulk.run(load, _DIFFERENT)
    bulk.remember(load, "commerce_shipment", "SELECT id FROM load_shipment_change")
    bulk.run(load, _UPDATE)
    failed = bulk.number("SELECT count(DISTINCT seq) FROM load_fault WHERE noun = 'delivery'")
    read = bulk.number("SELECT count(*) FROM load_shipment") + failed
    return Counts(read, fresh, changed, read - fresh - changed - failed, failed)
