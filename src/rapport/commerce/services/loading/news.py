"""The events of a load of commerce: each at the time at which it happened."""

from __future__ import annotations

from rapport.commerce.events import (
    CreditBooked,
    OrderCancelled,
    OrderChanged,
    OrderDelivered,
    OrderPlaced,
    OrderShipped,
    PaymentReceived,
    Refunded,
)
from rapport.commerce.models import Order
from rapport.kernel import bulk
from rapport.kernel.bulk import Load

# An amount in words, as Money.text writes it; `c` is the row of load_currency.
_IN_WORDS = """
c.before || translate(
    to_char({minor} / c.factor, 'FM999,999,999,999,990' || CASE WHEN c.exponent > 0
        THEN '.' || repeat('0', c.exponent) ELSE '' END),
    CASE WHEN c.comma THEN ',.' ELSE '' END, CASE WHEN c.comma THEN '.,' ELSE '' END
) || c.after
"""
_BOOKED = f"""
SELECT r.id AS subject_id, r.customer_id, r.placed_at AS at, jsonb_build_object(
    'number', r.number, 'net_minor', r.net_minor, 'currency', r.currency,
    'total', {_IN_WORDS.format(minor="r.gross_minor")}, 'lines', r.lines_count
) AS data
FROM load_order_row r JOIN load_currency c ON c.code = r.currency WHERE r.fresh AND (r.kind = 'sale') = %(sales)s
"""
_PAID = f"""
SELECT p.order_id AS subject_id, p.customer_id, p.at, jsonb_strip_nulls(jsonb_build_object(
    'number', p.number, 'amount_minor', p.amount_minor, 'currency', p.currency,
    'total', {_IN_WORDS.format(minor="p.amount_minor")}, 'method', nullif(p.method, '')
)) AS data
FROM load_payment_row p JOIN load_currency c ON c.code = p.currency WHERE p.fresh
"""
_REACHED = """
SELECT r.id AS subject_id, r.customer_id, r.{moment} AS at, jsonb_build_object('number', r.number) AS data
FROM load_order_row r LEFT JOIN load_order_before b ON b.id = r.id
WHERE r.{moment} IS NOT NULL AND b.{moment} IS NULL
"""
_CANCELLED = """
SELECT r.id AS subject_id, r.customer_id, r.cancelled_at AS at,
       jsonb_build_object('number', r.number, 'net_minor', r.net_minor) AS data
FROM load_order_row r LEFT JOIN load_order_before b ON b.id = r.id
WHERE r.cancelled_at IS NOT NULL AND b.cancelled_at IS NULL
"""
_REFUNDED = f"""
SELECT r.id AS subject_id, r.customer_id,
       coalesce(r.cancelled_at, r.delivered_at, r.shipped_at, r.paid_at, r.placed_at) AS at, jsonb_build_object(
    'number', r.number, 'amount_minor', r.refunded_minor - coalesce(b.refunded_minor, 0), 'currency', r.currency,
    'total', {_IN_WORDS.format(minor="(r.refunded_minor - coalesce(b.refunded_minor, 0))")}
) AS data
FROM load_order_row r LEFT JOIN load_order_before b ON b.id = r.id JOIN load_currency c ON c.code = r.currency
WHERE r.refunded_minor > coalesce(b.refunded_minor, 0)
"""
_CHANGED = """
SELECT r.id AS subject_id, r.customer_id, %(at)s AS at,
       jsonb_build_object('number', r.number, 'before', c.before) AS data
FROM load_order_change c JOIN load_order_row r USING (id)
"""


def tell(load: Load) -> None:
    """Write the events of the orders that the load added or changed."""
    subject = Order._meta.label_lower
    bulk.announce(load, OrderPlaced, subject, _BOOKED, sales=True)
    bulk.announce(load, CreditBooked, subject, _BOOKED, sales=False)
    bulk.announce(load, PaymentReceived, subject, _PAID)
    bulk.announce(load, OrderShipped, subject, _REACHED.format(moment="shipped_at"))
    bulk.announce(load, OrderDelivered, subject, _REACHED.format(moment="delivered_at"))
    bulk.announce(load, OrderCancelled, subject, _CANCELLED)
    bulk.announce(load, Refunded, subject, _REFUNDED)
    bulk.announce(load, OrderChanged, subject, _CHANGED)
