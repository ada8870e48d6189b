"""Merging payments; an order that a file calls paid, with its total, has one payment."""

from __future__ import annotations

from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load

_UNKNOWN = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT p.seq, 'payment', 'order-unknown', 'order_number', p.order_number FROM load_payment p
WHERE NOT EXISTS (SELECT FROM load_order_row r WHERE r.number = p.order_number)
"""
_TWICE = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT seq, 'payment', 'key-twice', 'reference', order_number || '/' || reference, lead FROM (
    SELECT seq, order_number, reference,
           first_value(seq) OVER (PARTITION BY order_number, reference ORDER BY seq) AS lead
    FROM load_payment WHERE reference IS NOT NULL
) x WHERE seq <> lead
"""
_ROWS = """
CREATE TEMP TABLE load_payment_row ON COMMIT DROP AS
SELECT coalesce(b.id, pg_temp.new_id()) AS id, b.id IS NULL AS fresh, x.* FROM (
    SELECT r.id AS order_id, r.fresh AS fresh_order, r.customer_id, r.number,
           left(coalesce(p.reference, 'p' || row_number() OVER (PARTITION BY p.order_number ORDER BY p.seq)), 80)
               AS reference,
           left(coalesce(p.method, r.payment_method, ''), 40) AS method, coalesce(p.installments, 1) AS installments,
           p.amount AS amount_minor, coalesce(p.currency, r.currency) AS currency,
           coalesce(p.paid_at, r.paid_at) AS paid_at, coalesce(p.paid_at, r.paid_at, r.placed_at) AS at
    FROM load_payment p JOIN load_order_row r ON r.number = p.order_number
    WHERE NOT EXISTS (SELECT FROM load_fault f WHERE f.seq = p.seq AND f.noun = 'payment')
    UNION ALL
    SELECT r.id, r.fresh, r.customer_id, r.number, 'paid', left(r.payment_method, 40), 1,
           r.gross_minor - r.discount_minor, r.currency, r.paid_at, r.paid_at
    FROM load_order_row r
    WHERE r.paid_at IS NOT NULL AND r.payment_method IS NOT NULL
          AND NOT EXISTS (SELECT FROM load_payment p WHERE p.order_number = r.number)
) x LEFT JOIN commerce_payment b ON b.order_id = x.order_id AND b.reference = x.reference
"""
_INSERT = """
INSERT INTO commerce_payment (id, order_id, reference, method, installments, amount_minor, currency, paid_at)
SELECT id, order_id, reference, method, installments, amount_minor, currency, paid_at FROM load_payment_row WHERE fresh
"""
_DIFFERENT = """
CREATE TEMP TABLE load_payment_change ON COMMIT DROP AS
SELECT r.* FROM load_payment_row r JOIN commerce_payment b ON b.id = r.id
WHERE NOT r.fresh AND (b.method, b.installments::bigint, b.amount_minor, b.currency, b.paid_at) IS DISTINCT FROM
      (r.method, r.installments::bigint, r.amount_minor, r.currency, r.paid_at)
"""
_UPDATE = """
UPDATE commerce_payment p SET method = r.method, installments = r.installments, amount_minor = r.amount_minor,
       currency = r.currency, paid_at = r.paid_at
FROM load_payment_change r WHERE r.id = p.id
"""


def merge(load: Load) -> Counts:
    """Write new payments, change those that differ."""
    bulk.run(load, _UNKNOWN)
    bulk.run(load, _TWICE)
    read = bulk.number("SELECT count(*) FROM load_payment")
    bulk.run(load, _ROWS)
    fresh = bulk.run(load, _INSERT)
    bulk.added(load, "commerce_payment", "SELECT id FROM load_payment_row WHERE fresh AND NOT fresh_order")
    changed = bulk.run(load, _DIFFERENT)
    bulk.remember(load, "commerce_payment", "SELECT id FROM load_payment_change")
    bulk.run(load, _UPDATE)
    failed = bulk.number("SELECT count(DISTINCT seq) FROM load_fault WHERE noun = 'payment'")
    read = max(read, bulk.number("SELECT count(*) FROM load_payment_row") + failed)
    return Counts(read, fresh, changed, read - fresh - changed - failed, failed)
