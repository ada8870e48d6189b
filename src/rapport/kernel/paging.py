"""Pages by key: the rows that come after one row in an order, however deep the page is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, Lookup
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan


def beyond(path: str, value: Any, key: UUID, *, falling: bool = True, key_path: str = "pk") -> Lookup[bool]:
    """Return the condition on the rows behind the one with `value` at `path` and the key `key`.

    The order is by `path` and `key_path`, both downwards, or upwards without `falling`. It is written as a comparison
    of rows, `(value, key) < (…, …)`, which is one range of an index on both columns, however many rows share a value;
    so `key_path` names the key in the table that has `path`. Rows without a value are never behind another.
    """
    comparison = TupleLessThan if falling else TupleGreaterThan
    return comparison((F(path), F(key_path)), (value, key))
