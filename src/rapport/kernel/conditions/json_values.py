"""Values inside JSON as Python reads them, by the rules of `json_sql`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from rapport.kernel.conditions.json_sql import IS_DATE, IS_MOMENT, IS_NUMBER
from rapport.kernel.conditions.registry import Type

_NUMBERS = frozenset({Type.NUMBER, Type.MONEY, Type.DURATION})


def json_value(raw: Any, kind: Type) -> Any:
    """Return the value of a field of type `kind` that JSON holds as `raw`, or None when it is none."""
    if kind in _NUMBERS:
        return _number(raw)
    if kind is Type.BOOLEAN:
        return raw if isinstance(raw, bool) else None
    if kind is Type.CHOICES:
        return [one for one in raw if isinstance(one, str)] if isinstance(raw, list) else None
    if not isinstance(raw, str):
        return None
    if kind is Type.DATE:
        return date.fromisoformat(raw) if IS_DATE.match(raw) else None
    if kind is Type.DATETIME:
        return datetime.fromisoformat(raw) if IS_MOMENT.match(raw) else None
    return raw


def _number(raw: Any) -> float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, int | float):
        return float(raw) if abs(raw) < 10**15 else None
    return float(raw) if isinstance(raw, str) and IS_NUMBER.match(raw) else None
