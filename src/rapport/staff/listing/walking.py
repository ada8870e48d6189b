"""Which rows a page shows: their ids, in order, found without looking at more of the table than it takes.

A filter that many rows meet is served by walking the order's index and dropping rows that do not; one that few meet
by finding these few and sorting them. Which of the two it is, the database only guesses, and badly when filter and
order hang together (all customers without an order stand at the end by value). So it is tried: a short stretch of the
index first, then a longer one, and when the page is still not full, the rows that meet the filter are sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Func, OrderBy, Q

from rapport.staff.listing.keyset import Cursor, Order
from rapport.staff.listing.nouns import Rows

SIZE = 50
STRETCHES = (600, 6_000)


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


def page(
    rows: Rows,
    order: Order,
    *,
    filtered: bool,
    after: Cursor | None = None,
    before: Cursor | None = None,
    size: int = SIZE,
) -> Page:
    """Return the page of `rows` after or before a cursor, the first one without. `filtered`: not all rows are meant."""
    if before is not None:
        return _backwards(rows, order, before, filtered=filtered, size=size)
    start = after.passed + 1 if after else 0
    found = _take(rows, order, after, size + 1, filtered=filtered)
    shown = found[:size]
    return Page(
        ids=[key for _value, key in shown],
        first=start + 1 if shown else 0,
        before=_cursor(shown[0], start) if after and shown else None,
        after=_cursor(shown[-1], start + len(shown) - 1) if len(found) > size else None,
    )


def _backwards(rows: Rows, order: Order, before: Cursor, *, filtered: bool, size: int) -> Page:
    found = _take(rows, order.reversed(), before, size + 1, filtered=filtered, missing_first=True)
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
    rows: Rows, order: Order, cursor: Cursor | None, many: int, *, filtered: bool, missing_first: bool = False
) -> list[Found]:
    """Return value and id of the next rows of the order, those without a value last (or first, backwards)."""
    found: list[Found] = []
    for missing in _parts(order, cursor, missing_first=missing_first):
        here = cursor if cursor is not None and (cursor.value is None) is missing else None
        if missing:
            found += _without_value(rows, order, here, many - len(found))
        else:
            found += _with_value(rows, order, here, many - len(found), filtered=filtered)
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


def _with_value(rows: Rows, order: Order, cursor: Cursor | None, many: int, *, filtered: bool) -> list[Found]:
    rows = rows.filter(**{f"{order.path}__isnull": False}) if order.optional or order.nullable else rows
    if cursor is not None:
        rows = rows.filter(order.beyond(cursor, order.path, order.key))
    pairs = rows.order_by(*order.by(order.path, order.key)).values_list(order.path, "pk")
    if not filtered:
        return list(pairs[:many])
    for stretch in STRETCHES:
        window = _window(order, cursor, stretch)
        found = list(pairs.filter(pk__in=window)[:many])
        if len(found) >= many:
            return found
    return list(pairs.order_by(*_unindexed(order))[:many])


def _window(order: Order, cursor: Cursor | None, stretch: int) -> Rows:
    """Return the ids of the next `stretch` rows of the index, whatever the filter says of them."""
    column, key = order.column.name, "pk"
    source: Rows = order.source._base_manager.filter(order.only)
    source = source.filter(**{f"{column}__isnull": False}) if order.nullable else source
    if cursor is not None:
        source = source.filter(order.beyond(cursor, column, key))
    return source.order_by(*order.by(column, key)).values("pk")[:stretch]


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
