"""The stage of an import: what it has beside the stages of the domains, and copying rows there."""

from __future__ import annotations

import io
import json

import pyarrow as pa
import pyarrow.csv as csv
from django.db import connection

_TABLES = """
CREATE TEMP TABLE load_link (name text NOT NULL, key text NOT NULL, value text NOT NULL) ON COMMIT DROP;
CREATE TEMP TABLE load_transaction (
    seq bigint NOT NULL, customer_external text, customer_email text, at timestamptz NOT NULL, amount bigint NOT NULL,
    quantity numeric, currency text
) ON COMMIT DROP;
CREATE TEMP TABLE load_promise_file (
    seq bigint NOT NULL, external text, customer_external text, customer_email text, customer_phone text,
    order_number text, what text, kind text, made_at timestamptz, due_on date, due_at timestamptz,
    fulfilled_at timestamptz
) ON COMMIT DROP;
CREATE TEMP TABLE load_review_file (
    seq bigint NOT NULL, external text, customer_external text, customer_email text, customer_phone text,
    order_number text, sku text, kind text, score bigint, scale_low integer NOT NULL, scale_high integer NOT NULL,
    title text, text text, asked_at timestamptz, answered_at timestamptz
) ON COMMIT DROP;
"""
TABLE_OF = {
    "customer": "load_customer",
    "identity": "load_identity",
    "product": "load_product",
    "order": "load_order",
    "line": "load_line",
    "payment": "load_payment",
    "delivery": "load_delivery",
    "promise": "load_promise_file",
    "review": "load_review_file",
    "transaction": "load_transaction",
    "record": "load_record",
    "link": "load_link",
}


def stage() -> None:
    """Make the parts of the stage that are the import's own: transactions, and rows that refer to other nouns."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)


def copy(noun: str, rows: pa.Table) -> None:
    """Copy rows into the noun's table; the columns are named as there."""
    buffer = io.BytesIO()
    csv.write_csv(_flat(rows), buffer, csv.WriteOptions(include_header=False))
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    statement = f"COPY {TABLE_OF[noun]} ({columns}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as target:
        target.write(buffer.getbuffer())


def _flat(rows: pa.Table) -> pa.Table:
    """Rows with lists written as PostgreSQL's arrays are."""
    for index, column in enumerate(rows.columns):
        if pa.types.is_list(column.type):
            written = pa.array([None if value is None else _array(value) for value in column.to_pylist()], pa.string())
            rows = rows.set_column(index, rows.column_names[index], written)
    return rows


def _array(values: list[str]) -> str:
    return "{" + ",".join(json.dumps(value, ensure_ascii=False) for value in values) + "}"
