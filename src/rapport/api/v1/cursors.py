"""Pages by cursor: an opaque mark of the last row, so that rows coming in between are neither skipped nor repeated."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from ninja import Schema
from ninja.errors import HttpError

from rapport.kernel.paging import beyond

T = TypeVar("T")
R = TypeVar("R")
Row = TypeVar("Row", bound=Model)
MAX_LIMIT = 200
STRANGE = "this cursor is not one of ours"


class Page(Schema, Generic[T]):
    """Some items, and the cursor to send for the next ones; null after the last."""

    items: list[T]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """An order of rows by one column and the key: `path` from the row, downwards or upwards."""

    path: str
    descending: bool = False

    @property
    def columns(self) -> tuple[str, str]:
        """The columns as the ORM sorts by them."""
        sign = "-" if self.descending else ""
        return f"{sign}{self.path}", f"{sign}{self.key}"

    @property
    def key(self) -> str:
        """The path of the row's id in the table of the column, which is the second column of the index."""
        join, gap, _column = self.path.rpartition("__")
        return f"{join}{gap}pk"


def order_of(text: str, known: dict[str, str]) -> Order:
    """Return the order named by `text`, `-name` downwards; 422 for one that is not in `known`."""
    name = text.removeprefix("-")
    if name not in known:
        raise HttpError(422, f"sort by one of {', '.join(sorted(known))}")
    return Order(known[name], text.startswith("-"))


def after(rows: QuerySet[Row], order: Order, cursor: str) -> QuerySet[Row]:
    """Return `rows` in `order`, from behind `cursor` on."""
    ordered = rows.order_by(*order.columns)
    if not cursor:
        return ordered
    value, key = read(cursor)
    _check(rows.model, order.path, value)
    return ordered.filter(beyond(order.path, value, key, falling=order.descending, key_path=order.key))


def _check(model: type[Model], path: str, value: Any) -> None:
    """Answer 422 for a value that the column at `path` never has, as when a cursor is of a list in another order."""
    *joins, name = path.split("__")
    for join in joins:
        model = model._meta.get_field(join).related_model  # type: ignore[assignment]
    try:
        model._meta.get_field(name).to_python(value)  # type: ignore[union-attr]
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise HttpError(422, STRANGE) from error


def page_of(
    rows: QuerySet[Row], order: Order, cursor: str, limit: int, shown: Callable[[Row], dict[str, Any]]
) -> dict[str, Any]:
    """Return the next `limit` of `rows` behind `cursor`, each as `shown` writes it, and the cursor of those after."""
    found = list(after(rows, order, cursor)[: limit + 1])
    return cut(found, limit, lambda row: (getattr(row, order.path), row.pk), shown)


def cut(
    found: Sequence[R], limit: int, place: Callable[[R], tuple[Any, UUID]], shown: Callable[[R], dict[str, Any]]
) -> dict[str, Any]:
    """Return the first `limit` of what was found, one more than that, and the cursor of those after.

    place: the value that a row is sorted by, and its key; shown: how it is written.
    """
    page = found[:limit]
    more = mark(*place(page[-1])) if len(found) > limit else None
    return {"items": [shown(row) for row in page], "next": more}


def mark(value: Any, key: UUID) -> str:
    """Return the cursor of a row with `value` in the sorting column."""
    plain = value.isoformat() if isinstance(value, datetime) else value
    return base64.urlsafe_b64encode(json.dumps([plain, str(key)]).encode()).decode().rstrip("=")


def read(cursor: str) -> tuple[Any, UUID]:
    """Return the sorting value and the key that `cursor` marks; 422 for one that is not ours."""
    try:
        value, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(value, str | int | float) or not isinstance(key, str) or "\x00" in str(value):
            raise TypeError
        return value, UUID(key)
    except (ValueError, TypeError, RecursionError) as error:
        raise HttpError(422, STRANGE) from error
