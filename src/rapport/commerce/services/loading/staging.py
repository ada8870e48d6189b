"""The stage of commerce: temporary tables that a load fills by COPY."""

from __future__ import annotations

from django.db import connection

_STAGE = """
CREATE TEMP TABLE load_product (
    seq bigint NOT NULL, once boolean NOT NULL, sku text NOT NULL, name text, category text, price bigint, cost bigint,
    currency text, custom jsonb
) ON COMMIT DROP;
CREATE TEMP TABLE load_order (
    seq bigint NOT NULL, once boolean NOT NULL, number text NOT NULL, customer_external text, customer_email text,
    customer_phone text, placed_at timestamptz, kind text, status text, paid_at timestamptz, shipped_at timestamptz,
    delivered_at timestamptz, cancelled_at timestamptz, promised_on date, country text, channel text, currency text,
    total bigint, discount bigint, tax bigint, shipping bigint, refunded bigint, note text, payment_method text,
    custom jsonb
) ON COMMIT DROP;
CREATE TEMP TABLE load_line (
    seq bigint NOT NULL, order_number text NOT NULL, position bigint, sku text, name text, quantity numeric,
    unit_price numeric, discount bigint, total bigint, shipping bigint
) ON COMMIT DROP;
CREATE TEMP TABLE load_payment (
    seq bigint NOT NULL, order_number text NOT NULL, reference text, method text, installments bigint,
    amount bigint NOT NULL, currency text, paid_at timestamptz
) ON COMMIT DROP;
CREATE TEMP TABLE load_delivery (
    seq bigint NOT NULL, order_number text NOT NULL, carrier text, tracking text, shipped_at timestamptz,
    delivered_at timestamptz
) ON COMMIT DROP;
"""


def stage() -> None:
    """Make the empty stage.

    Amounts are in minor units of the organisation's currency's decimals, unit prices in units. `seq` is the place
    in the file, `once` says that rows of one number are one thing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
