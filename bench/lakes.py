"""A lake of 10,000,000 orders, made by DuckDB straight into Parquet, and the same answers by hand-written SQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from rapport.insight.lake.manifest import File, TableState
from rapport.insight.lake.reader import Lake
from rapport.insight.tests.lakes import lake_of

ORDERS, CUSTOMERS = 10_000_000, 1_000_000
FIRST, AS_OF = date(2020, 1, 1), date(2023, 12, 31)
GROUP = 122_880

CUSTOMER_SQL = """
SELECT * REPLACE (
    ('01800000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::UUID AS id, i AS number, 'person' AS kind,
    DATE '2020-01-01' + (i %% 1400)::INTEGER AS since_on,
    (DATE '2020-01-01' + (i %% 1400)::INTEGER)::TIMESTAMPTZ AS since,
    NULL::TIMESTAMPTZ AS deleted_at, 'Customer ' || i AS name, [] AS tags, '{}' AS custom
) FROM (SELECT e.*, i FROM range(%d) r(i) LEFT JOIN empty e ON false)
"""
ORDER_SQL = """
WITH o AS (
    SELECT i, hash(i * 7) AS h, hash(i * 13 + 5) AS g, DATE '2020-01-01' + (i // (%d // 1461 + 1))::INTEGER AS day
    FROM range(%d) r(i)
)
SELECT * REPLACE (
    ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::UUID AS id,
    'O' || i AS number, '' AS namespace, CASE WHEN h %% 50 = 0 THEN 'credit' ELSE 'sale' END AS kind,
    CASE WHEN h %% 40 = 1 THEN 'cancelled' ELSE 'delivered' END AS status,
    ('01800000-0000-7000-8000-' || lpad(to_hex(
        (%d * pow((h %% 1000003) / 1000003.0, 1.7))::BIGINT
    ), 12, '0'))::UUID AS customer_id,
    day AS placed_on, day::TIMESTAMPTZ + INTERVAL 12 HOUR AS placed_at,
    day + 2 AS shipped_on, day + 5 AS promised_on, day + (g %% 8)::INTEGER AS delivered_on,
    (CASE WHEN h %% 50 = 0 THEN -1 ELSE 1 END * (500 + g %% 20000))::BIGINT AS gross_minor,
    (CASE WHEN h %% 50 = 0 THEN -1 ELSE 1 END * (500 + g %% 20000))::BIGINT AS net_minor,
    (CASE WHEN h %% 50 = 0 THEN -1 ELSE 1 END * (500 + g %% 20000))::BIGINT AS net_base_minor,
    0::BIGINT AS discount_minor, 0::BIGINT AS refunded_base_minor, 0::BIGINT AS refunded_minor,
    (1 + g %% 9)::INTEGER AS lines_count, true AS has_sale_line, 1.0::DOUBLE AS rate, 'GBP' AS currency,
    'GB' AS country, 'web' AS channel
) FROM (SELECT e.*, o.i, o.h, o.g, o.day FROM o LEFT JOIN empty e ON false)
"""


def large_lake(root: Path, orders: int = ORDERS, customers: int = CUSTOMERS) -> Lake:
    """Return a lake in `root` with so many orders; made at the first call, opened at later ones."""
    empty = lake_of(root)
    tables = dict(empty.manifest.tables)
    for name, statement in (
        ("customers_customer", CUSTOMER_SQL % customers),
        ("commerce_order", ORDER_SQL % (orders, orders, customers)),
    ):
        path = root / f"large-{name}-{orders}.parquet"
        rows = customers if name == "customers_customer" else orders
        if not path.exists():
            _make(path, root / tables[name].files[0].name, statement)
        tables[name] = TableState((File(path.name, rows),))
    manifest = empty.manifest.__class__(empty.token, empty.as_of, empty.zone, empty.manifest.schema, tables)
    empty.close()
    return Lake(root, manifest, None)


def _make(path: Path, empty: Path, statement: str) -> None:
    """Write the rows of a statement that fills the columns of the empty table."""
    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute(f"CREATE VIEW empty AS SELECT * FROM read_parquet('{empty}')")
    text = statement.strip().rstrip()
    extra = "i, h, g, day" if "hash(" in text else "i"
    text = text.replace("SELECT * REPLACE", f"SELECT * EXCLUDE ({extra}) REPLACE")
    engine.execute(f"COPY ({text}) TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {GROUP})")
    engine.close()
