"""Which rows a page shows: their ids, in order, found without looking at more of the table than it takes.

A filter that many rows meet is served by walking the order's index and dropping the rows that do not; one that few
meet by finding these few and sorting them. The planner would choose by itself, but it takes for granted that the rows
of a filter are spread evenly over the order, and is off by a thousand where they are not (customers without an order
all stand at the end by value). So a walk is bounded: the next so many rows of the index, whatever the filter says of
them, ending as soon as the page is full. It is as long as costs less than finding and sorting all rows of the filter,
which is done when it does not fill the page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, OrderBy, Q

from rapport.staff.listing.counting import Expected, plan_of
from rapport.staff.listing.keyset import Cursor, Order
from rapport.staff.listing.nouns import Rows

SIZE = 50
SAFETY = 1.5
SHORTEST, LONGEST = 300, 30_000
SAMPLE = 1_000
WALK = """
    SELECT w.value, w.key FROM ({window} LIMIT %s) AS w (value, key) WHERE w.key IN ({filter}) ORDER BY {order} LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Page:
    """The ids of a page in order, the place of the first (from 1), and the cursors of the pages around."""

    ids: list[UUID]
    first: int
    before: Cursor | None
    after: Cursor | None

    @property
    def last(self) -> int:
        """The place of the last row, counted from 1."""
        return self.first + len(self.ids) - 1

    @property
    def whole(self) -> bool:
        """Whether there is no other page."""
        return self.before is None and self.after is None


def page(
    rows: Rows,
    order: Order,
    known: Expected,
    *,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = SIZE,
) -> Page:
    """Return the page of `rows`, of which so much is `known`, after or before a cursor; without one the first page."""
    rows = order.prepared(rows)
    if before is not None:
        return _backwards(rows, order, known, before, size)
    start = after.passed + 1 if after else 0
    found = _take(rows, order, known, after, size + 1)
    shown = found[:size]
    return Page(
        ids=[key for _value, key in shown],
        first=start + 1 if shown else 0,
        before=_cursor(shown[0], start) if after and shown else None,
        after=_cursor(shown[-1], start + len(shown) - 1) if len(found) > size else None,
    )


def _backwards(rows: Rows, order: Order, known: Expected, before: Cursor, size: int) -> Page:
    found = _take(rows, order.reversed(), known, before, size + 1, missing_first=True)
    shown = found[size - 1 :: -1] if len(found) >= size else found[::-1]
    more = len(found) > size
    start = max(0, before.passed - len(shown)) if more else 0
    return Page(
        ids=[key for _value, key in shown],
        first=start + 1 if shown else 0,
        before=_cursor(shown[0], start) if more else None,
        after=_cursor(shown[-1], start + len(shown) - 1) if shown else None,
    )


Found = tuple[object, UUID]


def _cursor(row: Found, passed: int) -> Cursor:
    value, key = row
    return Cursor(value, key, passed)


def _take(
    rows: Rows, order: Order, known: Expected, cursor: Cursor | None, many: int, *, missing_first: bool = False
) -> list[Found]:
    """Return value and id of the next rows of the order, those without a value last (or first, backwards)."""
    found: list[Found] = []
    for missing in _parts(order, cursor, missing_first=missing_first):
        here = cursor if cursor is not None and (cursor.value is None) is missing else None
        if missing:
            found += _without_value(rows, order, here, many - len(found))
        else:
            found += _with_value(rows, order, known, here, many - len(found))
        if len(found) >= many:
            break
    return found


def _parts(order: Order, cursor: Cursor | None, *, missing_first: bool) -> Iterator[bool]:
    """Yield which parts of the order are still to come: rows with a value (False), rows without one (True)."""
    parts = [False, True] if order.optional else [False]
    if missing_first:
        parts.reverse()
    if cursor is not None and cursor.value is None and not missing_first:
        parts = [True]
    if cursor is not None and cursor.value is not None and missing_first:
        parts = [False]
    yield from parts


def _with_value(rows: Rows, order: Order, known: Expected, cursor: Cursor | None, many: int) -> list[Found]:
    if not (known.everything or known.small or order.expression is not None):
        found = _walked(rows, order, known, cursor, many)
        if len(found) >= many:
            return found
    rows = rows.filter(**{f"{order.path}__isnull": False}) if order.optional or order.nullable else rows
    if cursor is not None:
        rows = rows.filter(order.beyond(cursor, order.path, order.key))
    direct = known.everything or known.small
    by = order.by(order.path, order.key) if direct else _unindexed(order)
    return list(rows.order_by(*by).values_list(order.path, "pk")[:many])


def _walked(rows: Rows, order: Order, known: Expected, cursor: Cursor | None, many: int) -> list[Found]:
    """Return what a walk finds that is worth trying."""
    try:
        walk = _walk(rows, order, cursor)
    except EmptyResultSet:
        return []
    _rows, cost = plan_of(*walk(SAMPLE, SAMPLE))
    stretch = _stretch(known, cost, many)
    return _read(*walk(stretch, many)) if stretch else []


def _stretch(known: Expected, cost: float, many: int) -> int:
    """Return how long a walk is worth trying, 0 for none: one that costs less than finding all rows of the filter.

    Where much more than that seems needed, a short one is tried all the same, for what is expected may be wrong.
    `cost` is that of a walk over SAMPLE rows.
    """
    worth = min(LONGEST, int(0.7 * known.cost * SAMPLE / max(cost, 1.0)))
    needed = SAFETY * many * known.table / max(1, known.asked)
    stretch = worth if needed <= worth else worth // 8
    return stretch if stretch >= SHORTEST else 0


def _walk(rows: Rows, order: Order, cursor: Cursor | None) -> Callable[[int, int], tuple[str, list[Any]]]:
    """Return what gives, for `stretch` and `many`, the statement that reads so many next rows of the index and stops
    when so many of them are asked for.

    Raises `EmptyResultSet` when the filter lets nothing through whatever the rows.
    """
    window, given = _window(order, cursor).query.sql_with_params()
    asked, more = rows.order_by().values("pk").query.sql_with_params()
    direction = "DESC" if order.falling else "ASC"
    by = f"w.value {direction}, w.key {direction}"
    statement = WALK.format(window=window, filter=asked, order=by)
    return lambda stretch, many: (statement, [*given, stretch, *more, many])


def _window(order: Order, cursor: Cursor | None) -> Rows:
    """Return value and id of the next rows of the index, whatever the filter says of them."""
    column, key = order.column.name, "pk"
    source: Rows = order.source._base_manager.filter(order.only, order.range)
    source = source.filter(**{f"{column}__isnull": False}) if order.nullable else source
    if cursor is not None:
        source = source.filter(order.beyond(cursor, column, key))
    return source.order_by(*order.by(column, key)).values_list(column, "pk")


def _read(statement: str, params: list[Any]) -> list[Found]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found: list[Found] = cursor.fetchall()
    return found


def _unindexed(order: Order) -> tuple[OrderBy, OrderBy]:
    """Return the same order by an expression that no index is sorted by, so that the filter is served first."""
    value = Func(F(order.path), F(order.path), function="COALESCE", output_field=order.column)
    return OrderBy(value, descending=order.falling), OrderBy(F(order.key), descending=order.falling)


def _without_value(rows: Rows, order: Order, cursor: Cursor | None, many: int) -> list[Found]:
    lacking = Q(**{f"{order.path}__isnull": True}) if order.nullable else Q(**{f"{order.join}__isnull": True})
    rows = rows.filter(lacking)
    if cursor is not None:
        rows = rows.filter(**{"pk__lt" if order.falling else "pk__gt": cursor.id})
    ids = rows.order_by("-pk" if order.falling else "pk").values_list("pk", flat=True)
    return [(None, key) for key in ids[:many]]
