"""Pages by key: the rows after or before one row in an order, read off an index however deep the page is.

An order is a column and the row's id, both in one direction, so that `(value, id) > (…, …)` is one range of the index
on (column, id). Rows without a value come last, by id.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import F, Field, Lookup, Model, OrderBy, Q, QuerySet

from rapport.kernel.paging import beyond


class BadCursor(ValueError):
    """A cursor that this order did not give."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """A row in an order: its value (None without one), its id, and how many rows stand before it."""

    value: Any
    id: UUID
    passed: int

    def text(self) -> str:
        """Return the cursor for an address."""
        value = self.value.isoformat() if isinstance(self.value, date | datetime) else self.value
        return urlsafe_b64encode(json.dumps([value, self.id.hex, self.passed]).encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the rows of `model`: by the column at `path`, then by id. `falling` is from high to low.

    `only` is the condition of the index; `range` what a filter asks of this very column, on the model that has it.
    With an `expression`, the rows are ordered by that under the name `path`, and there is no index.
    """

    model: type[Model]
    path: str
    optional: bool
    falling: bool
    only: Q = field(default_factory=Q)
    range: Q = field(default_factory=Q)
    expression: Any = None

    def prepared(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return `rows` with what they are ordered by."""
        return rows if self.expression is None else rows.annotate(**{self.path: self.expression})

    @property
    def join(self) -> str:
        """The relation on the way to the column, "" when it is the noun's own."""
        return "" if self.expression is not None else self.path.rpartition("__")[0]

    @property
    def source(self) -> type[Model]:
        """The model that has the column."""
        if not self.join:
            return self.model
        related: Any = self.model._meta.get_field(self.join).related_model
        return cast("type[Model]", related)

    @property
    def column(self) -> Field[Any, Any]:
        """The column, or the like of what the expression gives."""
        if self.expression is not None:
            kind: Field[Any, Any] = self.expression.output_field
            return kind
        found = self.source._meta.get_field(self.path.rpartition("__")[2])
        assert isinstance(found, Field)
        return found

    @property
    def key(self) -> str:
        """The path of the row's id in the table of the column, which is the second column of the index."""
        return f"{self.join}__{self.source._meta.pk.attname}" if self.join else "pk"

    @property
    def nullable(self) -> bool:
        """Whether a row that is there may lack the value."""
        return self.expression is not None or self.column.null

    def reversed(self) -> Order:
        """Return the order from the other end."""
        return replace(self, falling=not self.falling)

    def by(self, path: str, key: str) -> tuple[OrderBy, OrderBy]:
        """Return what to order by, for a column reached by `path` beside the id at `key`."""
        return OrderBy(F(path), descending=self.falling), OrderBy(F(key), descending=self.falling)

    def beyond(self, cursor: Cursor, path: str, key: str) -> Lookup[bool]:
        """Return the condition on the rows that come after `cursor`, for a column reached by `path`."""
        return beyond(path, cursor.value, cursor.id, falling=self.falling, key_path=key)

    def read(self, text: str) -> Cursor:
        """Return the cursor of an address; raises `BadCursor`."""
        try:
            value, key, passed = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            found = None if value is None else self.column.to_python(value)
            return Cursor(found, UUID(hex=key), int(passed))
        except (ValueError, TypeError, ValidationError, AttributeError) as error:
            raise BadCursor from error
