"""How many rows there are, without ever counting a large table while somebody waits.

Tables of up to `SMALL` rows are counted. In larger ones a count is exact up to `EXACT` rows, as long as it is not
`DEAR` in the planner's own unit; beyond that it is what the database itself expects, said with "about".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection

from rapport.kernel.planned import Planned
from rapport.staff.listing.nouns import Rows

EXACT = 2_000
SMALL = 50_000
FAR = 10
DEAR = 10_000
KEPT_SECONDS = 60
_KNOWN = Planned("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the database expects before anything is read: rows of the table, rows that are asked for, and the effort
    of finding all of these, in the planner's own unit.
    """

    table: int
    asked: int
    cost: float = 0.0

    @property
    def small(self) -> bool:
        """Whether the table is small enough to do anything with."""
        return self.table <= SMALL

    def of_all(self, rows: Rows, *, whole: bool) -> Expected:
        """Return what is expected of all `rows` within reach, which are the `whole` table or a part of it."""
        return Expected(self.table, self.table) if whole else expected(rows, filtered=True)

    @property
    def everything(self) -> bool:
        """Whether the whole table is asked for."""
        return self.asked >= self.table


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows; `exact` is False for an estimate."""

    number: int
    exact: bool = True


def expected(rows: Rows, *, filtered: bool) -> Expected:
    """Return what the database expects of `rows`. `filtered`: not the whole table is meant."""
    table = _rows_of_table(rows)
    if not filtered or table <= SMALL:
        return Expected(table, table if not filtered else min(table, SMALL))
    try:
        number, cost = plan_of(*rows.order_by().values("pk").query.sql_with_params())
    except EmptyResultSet:
        return Expected(table, 0)
    return Expected(table, min(number, table - 1), cost)


def count(rows: Rows, known: Expected) -> Count:
    """Return how many `rows` there are, of which that much is `known`."""
    plain = rows.order_by()
    if known.small:
        return Count(plain.count())
    if known.everything or known.asked > FAR * EXACT or known.cost > DEAR:
        return Count(known.asked, exact=False)
    found = plain.values("pk")[: EXACT + 1].count()
    return Count(found) if found <= EXACT else Count(max(found, known.asked), exact=False)


def _rows_of_table(rows: Rows) -> int:
    """Return how many rows the table had when the database last looked, 0 when it never did."""
    known: int = _KNOWN.rows(rows.model._meta.db_table)[0][0]
    return max(known, 0)


def plan_of(statement: str, params: Sequence[Any]) -> tuple[int, float]:
    """Return how many rows the planner expects of a statement, and at what cost, as it was a minute ago or is now."""
    key = f"plan:{hashlib.sha256(repr((statement, params)).encode()).hexdigest()}"
    known: tuple[int, float] | None = cache.get(key)
    if known is None:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", params)
            found = cursor.fetchone()[0]
        plan = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
        known = int(plan["Plan Rows"]), float(plan["Total Cost"])
        cache.set(key, known, KEPT_SECONDS)
    return known
