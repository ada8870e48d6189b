"""Copying typed rows into the stage, while the next ones are being read.

Reading takes one core and the database another: rows go through a short queue to a thread that writes them by COPY
on the connection of the transaction, which nobody else uses in the meantime.
"""

from __future__ import annotations

import io
import json
from queue import Queue
from threading import Thread
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
from django.db import connection

_WAITING = 4
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
    "link": "load_link",
}


def stage() -> None:
    """Make the parts of the stage that are the import's own: transactions, and rows that refer to other nouns."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)


class Copier:
    """A context in which tables of rows are copied into the stage, in the order in which they are put."""

    def __init__(self) -> None:
        self._queue: Queue[tuple[str, pa.Table] | None] = Queue(_WAITING)
        self._failure: BaseException | None = None
        connection.ensure_connection()
        self._connection: Any = connection.connection
        self._thread = Thread(target=self._work, name="import-copy", daemon=True)

    def __enter__(self) -> Copier:
        self._thread.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._queue.put(None)
        self._thread.join()
        if self._failure is not None and _failure[0] is None:
            raise self._failure

    def put(self, noun: str, rows: pa.Table) -> None:
        """Copy rows into the noun's table; the columns are named as there. Raises what went wrong meanwhile."""
        if self._failure is not None:
            raise self._failure
        if rows.num_rows:
            self._queue.put((TABLE_OF[noun], rows))

    def _work(self) -> None:
        while (work := self._queue.get()) is not None:
            if self._failure is None:
                try:
                    self._copy(*work)
                except BaseException as failure:
                    self._failure = failure

    def _copy(self, table: str, rows: pa.Table) -> None:
        buffer = io.BytesIO()
        csv.write_csv(_flat(rows), buffer, csv.WriteOptions(include_header=False))
        columns = ", ".join(f'"{name}"' for name in rows.column_names)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({columns}) FROM STDIN (FORMAT csv)") as copy,
        ):
            copy.write(buffer.getbuffer())


def _flat(rows: pa.Table) -> pa.Table:
    """Rows with lists written as PostgreSQL's arrays are."""
    for index, column in enumerate(rows.columns):
        if pa.types.is_list(column.type):
            written = pa.array([None if value is None else _array(value) for value in column.to_pylist()], pa.string())
            rows = rows.set_column(index, rows.column_names[index], written)
    return rows


def _array(values: list[str]) -> str:
    return "{" + ",".join(json.dumps(value, ensure_ascii=False) for value in values) + "}"
