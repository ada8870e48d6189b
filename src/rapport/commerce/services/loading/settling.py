"""Making one row of each order of the load: repeated rows put together, customers and currencies found."""

from __future__ import annotations

import json
import re

from django.db import connection

from rapport.kernel import bulk
from rapport.kernel.bulk import Load
from rapport.kernel.money import Money, decimals

_FIELDS = (
    "customer_external", "customer_email", "customer_phone", "placed_at", "kind", "status", "paid_at", "shipped_at",
    "delivered_at", "cancelled_at", "promised_on", "country", "channel", "currency", "total", "discount", "tax",
    "shipping", "refunded", "note", "payment_method", "custom",
)  # fmt: skip
_FAULTS = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT seq, 'order', 'key-twice', 'number', number, lead FROM (
    SELECT seq, number, once, first_value(seq) OVER (PARTITION BY number ORDER BY seq) AS lead FROM load_order
) x WHERE seq <> lead AND NOT once
"""
_FIRST_FILLED = ", ".join(
    f"(array_agg({field} ORDER BY seq) FILTER (WHERE {field} IS NOT NULL))[1] AS {field}" for field in _FIELDS
)
_KNOWN = """
INSERT INTO load_order (seq, once, number)
SELECT min(x.seq), true, x.order_number FROM (
    SELECT seq, order_number FROM load_line UNION ALL SELECT seq, order_number FROM load_payment
    UNION ALL SELECT seq, order_number FROM load_delivery
) x
WHERE NOT EXISTS (SELECT FROM load_order o WHERE o.number = x.order_number)
      AND EXISTS (SELECT FROM commerce_order o WHERE o.namespace = %(namespace)s AND o.number = x.order_number)
GROUP BY x.order_number
"""
_DELIVERED = """
UPDATE load_order o SET shipped_at = coalesce(o.shipped_at, d.shipped_at),
       delivered_at = coalesce(o.delivered_at, d.delivered_at)
FROM (
    SELECT order_number, min(shipped_at) AS shipped_at, max(delivered_at) AS delivered_at
    FROM load_delivery GROUP BY order_number
) d WHERE d.order_number = o.number
"""
_SETTLED = f"""
CREATE TEMP TABLE load_settled ON COMMIT DROP AS
SELECT min(seq) AS seq, number, {_FIRST_FILLED} FROM load_order l
WHERE NOT EXISTS (SELECT FROM load_fault f WHERE f.seq = l.seq AND f.noun = 'order') GROUP BY number
"""
_SINGLE = f"""
CREATE TEMP TABLE load_settled ON COMMIT DROP AS
SELECT seq, number, {", ".join(_FIELDS)} FROM load_order l
WHERE NOT EXISTS (SELECT FROM load_fault f WHERE f.seq = l.seq AND f.noun = 'order')
"""
_OWNED = """
CREATE TEMP TABLE load_owned ON COMMIT DROP AS
SELECT o.seq, coalesce(x.customer_id, e.customer_id, p.customer_id) AS customer_id
FROM load_settled o
LEFT JOIN customers_identity x ON x.kind = 'external' AND x.namespace = %(namespace)s AND x.normal = o.customer_external
LEFT JOIN customers_identity e ON e.kind = 'email' AND e.namespace = '' AND e.normal = o.customer_email
LEFT JOIN LATERAL (
    SELECT t.customer_id FROM customers_identity t
    WHERE o.customer_external IS NULL AND o.customer_email IS NULL AND t.match_key = o.customer_phone
          AND t.kind = 'phone' ORDER BY t.created_at, t.id LIMIT 1
) p ON true
"""
_CURRENCIES = """
CREATE TEMP TABLE load_currency ON COMMIT DROP AS
SELECT r.code, r.exponent, 10::numeric ^ r.exponent AS factor, r.rate, r.before, r.after, r.comma
FROM jsonb_to_recordset(%(currencies)s::jsonb)
     AS r (code text, exponent int, rate numeric, before text, after text, comma boolean)
"""
_USED = """
SELECT currency FROM load_settled WHERE currency IS NOT NULL
UNION SELECT b.currency FROM commerce_order b JOIN load_settled o ON o.number = b.number
WHERE b.namespace = %(namespace)s
"""


def settle(load: Load) -> None:
    """Fill `load_settled` (one row for each order), `load_owned` (whose it is) and `load_currency`.

    A currency without a rate is counted one to one; `without_rate` tells which, so that it can be said.
    """
    bulk.run(load, "ANALYZE load_order")
    bulk.run(load, "ANALYZE load_line")
    bulk.run(load, _FAULTS)
    bulk.run(load, _KNOWN)
    bulk.run(load, _DELIVERED)
    repeated = bulk.number("SELECT count(*) - count(DISTINCT number) FROM load_order WHERE once")
    bulk.run(load, _SETTLED if repeated else _SINGLE)
    bulk.run(load, "ANALYZE load_settled")
    bulk.run(load, _OWNED)
    bulk.run(load, "ANALYZE load_owned")
    bulk.run(load, _CURRENCIES, currencies=json.dumps(_currencies(load)))


def _currencies(load: Load) -> list[dict[str, object]]:
    """The currencies of the load: decimals, rate to the organisation's, and how amounts are written."""
    with connection.cursor() as cursor:
        cursor.execute(_USED, load.params())
        codes = {row[0] for row in cursor.fetchall()}
    found: list[dict[str, object]] = []
    for code in sorted(codes | {load.currency}):
        written = Money(123456, code).text()
        number = re.search(r"\d[\d\s.,\u202f\u00a0'’]*\d|\d+", written)
        before, after = (written[: number.start()], written[number.end() :]) if number else (f"{code} ", "")
        comma = bool(number and re.search(r",\d{1,3}$", number[0]) and decimals(code))
        rate = "1" if code == load.currency else load.rates.get(code)
        found.append(
            {"code": code, "exponent": decimals(code), "rate": rate, "before": before, "after": after, "comma": comma}
        )
    return found


def without_rate() -> list[str]:
    """The currencies of the load for which no rate was given."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT code FROM load_currency WHERE rate IS NULL ORDER BY code")
        return [row[0] for row in cursor.fetchall()]
