"""The lake at 10,000,000 orders: built in full against a hand-written export, and refreshed after 1,000 changes.

The business is made once in a home of its own, "lake" beside that of RAPPORT_HOME, and kept for the next run.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.table import Row, main
from rapport.runtime import database, home, prepare

CUSTOMERS, ORDERS, CHANGES = 1_000_000, 10_000_000, 1_000
TIMES = 5
CUSTOMER_SQL = """
INSERT INTO customers_customer (id, number, kind, name, given_name, family_name, stage, language, zone,
    preferred_channel, street, city, region, postcode, country, source, tags, custom, since, created_at, updated_at,
    sample, search)
SELECT uuidv7(interval '-1000 days' + n * interval '1 second'), n, 'person', 'Customer ' || n, '', '', 'customer',
    'en', '', '', '', 'Leeds', '', '', 'GB', 'web', ARRAY[]::varchar[], '{}', t, t, t, false, ''
FROM generate_series(1, %(customers)s) AS n,
    LATERAL (SELECT now() - interval '1000 days' + n * interval '1 second') AS moment (t)
"""
ORDER_SQL = """
INSERT INTO commerce_order (id, number, namespace, kind, status, placed_at, delivered_at, country, channel, currency,
    rate, gross_minor, discount_minor, tax_minor, shipping_minor, net_minor, net_base_minor, refunded_minor,
    refunded_base_minor, lines_count, has_sale_line, note, created_at, updated_at, sample, customer_id)
SELECT uuidv7(placed - now()), 'R-' || n, '', 'sale', 'delivered', placed, placed + interval '3 days', 'GB', 'web',
    'GBP', 1, gross, 0, 0, 0, gross, gross, 0, 0, 1, true, '', placed, placed, false, c.id
FROM (
    SELECT n, now() - interval '900 days' + n * interval '7 seconds' AS placed,
        500 + (random() * 20000)::bigint AS gross, 1 + floor(%(customers)s * random() ^ 1.6)::bigint AS of_customer
    FROM generate_series(1, %(orders)s) AS n
) AS o JOIN customers_customer c ON c.number = o.of_customer ORDER BY n
"""


def run() -> list[Row]:
    """Measure in a process of its own, whose home holds the large business."""
    place = home.current().root.parent / "bench-lake"
    command = [sys.executable, "-m", "bench.lake", "--here"]
    environment = {**os.environ, "RAPPORT_HOME": str(place)}
    environment.pop("DATABASE_URL", None)
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return [Row(**row) for row in json.loads(told.stdout.splitlines()[-1])]


def here() -> list[Row]:
    """Measure in this process and its home."""
    place = home.current()
    with database.available(place):
        prepare.django()
        prepare.migrate()
        fill()
        by_hand = export_by_hand(place.lake / "by-hand")
        full = seconds(full=True)
        changed = min(after_changes() for _ in range(TIMES))
    return [
        Row.at_most("full build against a hand-written ADBC export", full, by_hand, 1.5),
        Row.below(f"refresh after {CHANGES:,} changes at {ORDERS:,} orders", changed, 2, "s"),
    ]


def fill() -> None:
    """Make customers and orders unless they are there."""
    from bench import data
    from rapport.commerce.models import Order
    from rapport.team.services.organisation import Founder, set_up

    if Order.objects.exists():
        return
    founder = Founder("Alice Young", "alice@example.com", data.PASSWORD)
    set_up("Lantern & Sons", currency="GBP", zone="Europe/London", language="en", founder=founder, country="GB")
    sizes = {"customers": str(CUSTOMERS), "orders": str(ORDERS)}
    with data.without_indexes():
        data.run("customers", CUSTOMER_SQL % sizes)
        data.run("orders", ORDER_SQL % sizes)
    data.run("vacuum", "VACUUM (ANALYZE) customers_customer, commerce_order")


def seconds(*, full: bool = False) -> float:
    """Return how long a refresh takes."""
    from rapport.insight.lake.refresh import refresh

    begun = time.perf_counter()
    refresh(full=full)
    return time.perf_counter() - begun


def after_changes() -> float:
    """Change some orders all over the table, and return how long the refresh takes."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commerce_order SET status = 'paid', updated_at = now() WHERE id IN "
            "(SELECT id FROM commerce_order TABLESAMPLE SYSTEM (0.05) ORDER BY random() LIMIT %s)",
            [CHANGES],
        )
    return seconds()


def export_by_hand(folder: Path) -> float:
    """Return how long it takes to write the same columns of the same tables by ADBC and pyarrow, and no more."""
    import adbc_driver_postgresql.dbapi as adbc
    import pyarrow.parquet as pq

    from rapport.insight.lake.snapshot import address
    from rapport.insight.lake.tables import TABLES

    folder.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    with adbc.connect(address()) as link, link.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT {', '.join(table.columns)} FROM {table.name}")
            reader: Any = cursor.fetch_record_batch()
            with pq.ParquetWriter(folder / f"{table.name}.parquet", reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch)
    return time.perf_counter() - begun


if __name__ == "__main__":
    if "--here" in sys.argv:
        print(json.dumps([asdict(row) for row in here()]))
    else:
        main(run, "Lake refresh")
