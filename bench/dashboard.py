"""The owner's dashboard at 10,000,000 orders against the same answers by hand-written DuckDB SQL on the same files."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bench.table import Row, main

LIMIT = 2.0
TIMES = 2
ALONE = ("rfm", "cohorts")
"""Cards that are measured by themselves, too."""
STATEMENTS = Path(__file__).with_suffix(".sql")
MARK = "-- card: "
TABLES = ("commerce_order", "customers_customer")
BOUGHT = """
SELECT customer_id, placed_on, net_base_minor - refunded_base_minor AS worth FROM orders
WHERE kind = 'sale' AND has_sale_line AND status <> 'cancelled' AND customer_id IS NOT NULL
AND NOT (refunded_base_minor > 0 AND refunded_base_minor >= net_base_minor)
"""
YEAR = timedelta(days=365)


def run() -> list[Row]:
    """Measure each card, both ways in turns, and all of them together."""
    from rapport.runtime import prepare

    prepare.django()
    from bench import lakes

    with tempfile.TemporaryDirectory(prefix="rapport-bench-") as folder:
        root = Path(folder)
        lake = lakes.large_lake(root)
        orders, customers = (str(root / lake.manifest.tables[name].files[0].name) for name in TABLES)
        cards = by_hand(orders, customers, lakes.AS_OF)
        ours, theirs = {}, {}
        for name in ALONE:
            ours[name] = min(_ours(root, lake.manifest, (name,), lakes.AS_OF) for _ in range(TIMES))
            theirs[name] = min(_theirs((cards[name],)) for _ in range(TIMES))
        whole = min(_ours(root, lake.manifest, tuple(cards), lakes.AS_OF) for _ in range(TIMES))
        whole_by_hand = min(_theirs(tuple(cards.values())) for _ in range(TIMES))
        lake.close()
    rows = [Row.at_most(f"card: {name}", ours[name], theirs[name], LIMIT) for name in ALONE]
    return [*rows, Row.at_most(f"dashboard of {len(cards)} cards", whole, whole_by_hand, LIMIT)]


def _ours(root: Path, manifest: Any, names: tuple[str, ...], as_of: date) -> float:
    """Seconds for some figures, from a lake that was just opened."""
    from rapport.insight.lake.reader import Lake
    from rapport.insight.metrics.run import Ask, figures
    from rapport.insight.policy import Policy

    lake = Lake(root, manifest, None)
    begun = time.perf_counter()
    figures(lake, names, Ask(as_of), policy=Policy(), currency="GBP")
    taken = time.perf_counter() - begun
    lake.close()
    return taken


def _theirs(queries: tuple[Callable[[Any], None], ...]) -> float:
    """Seconds for the same by SQL, on a connection that was just opened."""
    import duckdb

    engine = duckdb.connect()
    engine.execute("SET TimeZone = 'UTC'")
    begun = time.perf_counter()
    for query in queries:
        query(engine)
    taken = time.perf_counter() - begun
    engine.close()
    return taken


def by_hand(orders: str, customers: str, as_of: date) -> dict[str, Callable[[Any], None]]:
    """Return the cards by name, each as a function that asks an engine for value and trend by SQL."""
    return {name: _asker(text, orders, customers) for name, text in statements(as_of).items()}


def statements(as_of: date) -> dict[str, str]:
    """Return the SQL of each card, its trend of twelve months and the period up to `as_of` filled in."""
    first = as_of.year * 12 + as_of.month - 11
    ends = [date(month // 12, month % 12 + 1, 1) for month in range(first, first + 11)] + [as_of + timedelta(days=1)]
    found = {
        "active": _listed(f"count(DISTINCT customer_id) FILTER ({_between(end - YEAR, end)})" for end in ends),
        "moments": _listed(
            f"bool_or({_between(end - 2 * YEAR, end - YEAR)}) AS s{k}, bool_or({_between(end - YEAR, end)}) AS e{k}"
            for k, end in enumerate(ends)
        ),
        "stayed": _listed(f"count(*) FILTER (s{k}), count(*) FILTER (s{k} AND e{k})" for k in range(12)),
        "counts": _listed(f"count(*) FILTER (placed_on < DATE '{end}') AS n{k}" for k, end in enumerate(ends)),
        "twice": _listed(f"count(*) FILTER (n{k} >= 1), count(*) FILTER (n{k} >= 2)" for k in range(12)),
    }
    cards = {}
    for part in STATEMENTS.read_text("utf-8").split(MARK)[1:]:
        name, text = part.split("\n", 1)
        for mark, filled in found.items():
            text = text.replace(f"{{{mark}}}", filled)
        cards[name.strip()] = text
    return cards


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)


def _between(start: date, end: date) -> str:
    return f"placed_on >= DATE '{start}' AND placed_on < DATE '{end}'"


def _asker(text: str, orders: str, customers: str) -> Callable[[Any], None]:
    def ask(engine: Any) -> None:
        engine.execute(f"CREATE OR REPLACE VIEW orders AS FROM read_parquet('{orders}')")
        engine.execute(f"CREATE OR REPLACE VIEW customers AS FROM read_parquet('{customers}')")
        engine.execute(f"CREATE OR REPLACE VIEW bought AS {BOUGHT}")
        engine.execute(text).fetchall()

    return ask


if __name__ == "__main__":
    main(run, "Dashboard against hand-written DuckDB")
