"""How many rows there are, without ever counting a large table while somebody waits.

Tables of up to `SMALL` rows are counted. In larger ones a count is exact up to `EXACT` rows; beyond that it is what the
database itself expects, said with "about".
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import connection

from rapport.staff.listing.nouns import Rows

EXACT = 2_000
SMALL = 50_000


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows; `exact` is False for an estimate."""

    number: int
    exact: bool = True


def count(rows: Rows, *, filtered: bool, exact: int = EXACT, small: int = SMALL) -> Count:
    """Return how many `rows` there are. `filtered`: not the whole table is meant."""
    plain, expected = rows.order_by(), _rows_of_table(rows)
    if expected <= small:
        return Count(plain.count())
    if not filtered:
        return Count(expected, exact=False)
    found = plain.values("pk")[: exact + 1].count()
    return Count(found) if found <= exact else Count(max(found, _expected(plain)), exact=False)


def _rows_of_table(rows: Rows) -> int:
    """Return how many rows the table had when the database last looked, -1 when it never did."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [rows.model._meta.db_table])
        expected: int = cursor.fetchone()[0]
    return expected


def _expected(rows: Rows) -> int:
    """Return how many rows the planner expects of a query."""
    sql, params = rows.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plan = cursor.fetchone()[0]
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return int(plan[0]["Plan"]["Plan Rows"])
