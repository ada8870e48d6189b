"""Pages by key: the rows that come after one row in an order, however deep the page is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q


def beyond(path: str, value: Any, key: UUID, *, falling: bool = True) -> Q:
    """Return the condition on the rows behind the one with `value` at `path` and the key `key`.

    The order is by `path` and the key, both downwards, or upwards without `falling`. The first part stands by itself
    so that an index on (path, key) can begin at the value.
    """
    step = "lt" if falling else "gt"
    return Q(**{f"{path}__{step}e": value}) & (Q(**{f"{path}__{step}": value}) | Q(**{f"pk__{step}": key}))
