"""Merging orders: facts of a shop, so what a file says of an order replaces what was known of it."""

from __future__ import annotations

from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

# What of an order a load can change; net_base_minor follows from net, currency and rate.
_COLUMNS = (
    "kind", "status", "customer_id", "placed_at", "paid_at", "shipped_at", "delivered_at", "cancelled_at",
    "promised_on", "country", "channel", "currency", "rate", "gross_minor", "discount_minor", "tax_minor",
    "shipping_minor", "net_minor", "net_base_minor", "refunded_minor", "refunded_base_minor", "lines_count",
    "has_sale_line", "note", "custom",
)  # fmt: skip
_BEFORE = """
CREATE TEMP TABLE load_order_before ON COMMIT DROP AS
SELECT o.* FROM commerce_order o JOIN load_settled s ON s.number = o.number WHERE o.namespace = %(namespace)s
"""
_NO_DATE = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT o.seq, 'order', 'placed-missing', 'placed_at', o.number FROM load_settled o
WHERE o.placed_at IS NULL AND NOT EXISTS (SELECT FROM load_order_before b WHERE b.number = o.number)
"""
_AMOUNTS = """
CREATE TEMP TABLE load_amount ON COMMIT DROP AS
SELECT x.*, x.gross_minor - x.discount_minor - x.tax_minor - x.shipping_minor AS net_minor FROM (
    SELECT o.seq, coalesce(o.currency, b.currency, %(currency)s) AS currency, coalesce(c.rate, b.rate) AS rate,
           c.factor,
           CASE WHEN k.keeps THEN b.gross_minor
                WHEN o.total IS NOT NULL THEN o.total * f.shift + coalesce(o.discount, 0) * f.shift
                ELSE coalesce(s.lines_minor, 0) + coalesce(o.tax, 0) * f.shift
                     + coalesce(o.shipping * f.shift, s.shipping_minor, 0) END::bigint AS gross_minor,
           CASE WHEN k.keeps THEN b.discount_minor ELSE coalesce(o.discount, 0) * f.shift END::bigint AS discount_minor,
           CASE WHEN k.keeps THEN b.tax_minor ELSE coalesce(o.tax, 0) * f.shift END::bigint AS tax_minor,
           CASE WHEN k.keeps THEN b.shipping_minor
                ELSE coalesce(o.shipping * f.shift, s.shipping_minor, 0) END::bigint AS shipping_minor,
           coalesce(o.refunded * f.shift, b.refunded_minor, 0)::bigint AS refunded_minor,
           coalesce(s.lines, b.lines_count, 0)::integer AS lines_count,
           coalesce(s.has_sale_line, b.has_sale_line, coalesce(o.total, 0) >= 0) AS has_sale_line
    FROM load_settled o
    LEFT JOIN load_order_before b ON b.number = o.number
    LEFT JOIN load_sum s ON s.order_number = o.number
    JOIN load_currency c ON c.code = coalesce(o.currency, b.currency, %(currency)s)
    JOIN load_currency d ON d.code = %(currency)s
    CROSS JOIN LATERAL (SELECT c.factor / d.factor AS shift) f
    CROSS JOIN LATERAL (SELECT b.id IS NOT NULL AND s.lines IS NULL AND o.total IS NULL AS keeps) k
    WHERE NOT EXISTS (SELECT FROM load_fault f WHERE f.seq = o.seq AND f.noun = 'order')
) x
"""
_ROWS = """
CREATE TEMP TABLE load_order_row ON COMMIT DROP AS
SELECT o.seq, coalesce(b.id, pg_temp.new_id()) AS id, b.id IS NULL AS fresh, o.number, o.payment_method,
       coalesce(o.kind, b.kind, CASE WHEN a.gross_minor < 0 THEN 'credit' ELSE 'sale' END) AS kind, t.status,
       coalesce(w.customer_id, b.customer_id) AS customer_id, coalesce(o.placed_at, b.placed_at) AS placed_at,
       coalesce(o.paid_at, b.paid_at) AS paid_at, coalesce(o.shipped_at, b.shipped_at) AS shipped_at,
       coalesce(o.delivered_at, b.delivered_at) AS delivered_at,
       CASE WHEN t.status = 'cancelled' THEN coalesce(o.cancelled_at, b.cancelled_at, o.placed_at, b.placed_at)
            ELSE coalesce(o.cancelled_at, b.cancelled_at) END AS cancelled_at,
       coalesce(o.promised_on, b.promised_on) AS promised_on, coalesce(o.country, b.country, '') AS country,
       left(coalesce(o.channel, b.channel, ''), 40) AS channel, a.currency, coalesce(a.rate, 1) AS rate,
       a.gross_minor, a.discount_minor, a.tax_minor, a.shipping_minor, a.net_minor,
       round(a.net_minor * coalesce(a.rate, 1) * z.shift)::bigint AS net_base_minor, a.refunded_minor,
       round(a.refunded_minor * coalesce(a.rate, 1) * z.shift)::bigint AS refunded_base_minor, a.lines_count,
       a.has_sale_line, coalesce(o.note, b.note, '') AS note,
       coalesce(b.custom, '{}') || coalesce(o.custom, '{}') AS custom
FROM load_settled o
JOIN load_amount a USING (seq)
LEFT JOIN load_owned w USING (seq)
LEFT JOIN load_order_before b ON b.number = o.number
JOIN load_currency d ON d.code = %(currency)s
CROSS JOIN LATERAL (SELECT d.factor / a.factor AS shift) z
CROSS JOIN LATERAL (SELECT coalesce(o.status, CASE
    WHEN o.cancelled_at IS NOT NULL THEN 'cancelled' WHEN o.delivered_at IS NOT NULL THEN 'delivered'
    WHEN o.shipped_at IS NOT NULL THEN 'shipped' WHEN o.paid_at IS NOT NULL AND b.id IS NULL THEN 'paid'
    ELSE coalesce(b.status, 'placed') END) AS status) t
"""
_INSERT = f"""
INSERT INTO commerce_order (id, number, namespace, {", ".join(_COLUMNS)}, created_at, updated_at, sample)
SELECT id, number, %(namespace)s, {", ".join(_COLUMNS)}, %(at)s, %(at)s, false FROM load_order_row WHERE fresh
ORDER BY id
"""
_DIFFERENT = f"""
CREATE TEMP TABLE load_order_change ON COMMIT DROP AS
SELECT r.id, (
    SELECT jsonb_object_agg(v.field, v.old) FROM (VALUES
        {", ".join(f"('{name}', to_jsonb(b.{name}), to_jsonb(r.{name}))" for name in _COLUMNS)}
    ) AS v (field, old, new) WHERE v.old IS DISTINCT FROM v.new
) AS before
FROM load_order_row r JOIN load_order_before b ON b.id = r.id
WHERE ({", ".join(f"b.{name}" for name in _COLUMNS)}) IS DISTINCT FROM ({", ".join(f"r.{name}" for name in _COLUMNS)})
"""
_UPDATE = f"""
UPDATE commerce_order o SET {", ".join(f"{name} = r.{name}" for name in _COLUMNS)}, updated_at = %(at)s
FROM load_order_row r JOIN load_order_change c USING (id) WHERE o.id = r.id
"""
_REFUNDS = """
WITH new AS (
    INSERT INTO commerce_refund (id, order_id, amount_minor, currency, amount_base_minor, reason, refunded_at)
    SELECT pg_temp.new_id(), r.id, r.refunded_minor - coalesce(b.refunded_minor, 0), r.currency,
           r.refunded_base_minor - coalesce(b.refunded_base_minor, 0), '',
           coalesce(r.cancelled_at, r.delivered_at, r.shipped_at, r.paid_at, r.placed_at)
    FROM load_order_row r LEFT JOIN load_order_before b ON b.id = r.id
    WHERE r.refunded_minor > coalesce(b.refunded_minor, 0)
    RETURNING id, order_id
)
INSERT INTO load_before SELECT 'commerce_refund', n.id, NULL FROM new n JOIN load_order_before b ON b.id = n.order_id
"""


def merge(load: Load) -> Counts:
    """Write the orders of the load. `load_order_row` has every one with its id, `load_order_before` what was there."""
    bulk.run(load, _BEFORE)
    bulk.run(load, _NO_DATE)
    for statement in (_AMOUNTS, "ANALYZE load_amount", _ROWS, "ANALYZE load_order_row"):
        bulk.run(load, statement)
    fresh = bulk.run(load, _INSERT)
    changed = bulk.run(load, _DIFFERENT)
    if changed:
        bulk.remember(load, "commerce_order", "SELECT id FROM load_order_change")
        bulk.run(load, _UPDATE)
    bulk.run(load, _REFUNDS)
    failed = bulk.number("SELECT count(DISTINCT seq) FROM load_fault WHERE noun = 'order'")
    read = bulk.number("SELECT count(*) FROM load_order_row") + failed
    return Counts(read, fresh, changed, read - fresh - changed - failed, failed)
