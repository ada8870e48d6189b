"""Which operators a type of field has, and which values each takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from rapport.kernel.conditions.registry import Field, Spot, Type
from rapport.kernel.conditions.tree import Op
from rapport.kernel.conditions.values import (
    CLOCK_UNITS,
    MOMENTS,
    PERIODS,
    Amount,
    Calendar,
    Day,
    Last,
    Length,
    Me,
    MyTeam,
    Next,
    Span,
    Today,
)
from rapport.kernel.folding import fold

_ORDER = (Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN)
_DATES = (Op.EQ, *_ORDER, Op.WITHIN, Op.ANNIVERSARY, Op.EMPTY)
OPERATORS: dict[Type, tuple[Op, ...]] = {
    Type.TEXT: (Op.EQ, Op.CONTAINS, Op.STARTS, Op.ENDS, Op.IN, Op.EMPTY),
    Type.NUMBER: (Op.EQ, *_ORDER, Op.IN, Op.EMPTY),
    Type.MONEY: (Op.EQ, *_ORDER, Op.EMPTY),
    Type.BOOLEAN: (Op.EQ, Op.EMPTY),
    Type.DATE: _DATES,
    Type.DATETIME: _DATES,
    Type.CHOICE: (Op.EQ, Op.IN, Op.EMPTY),
    Type.CHOICES: (Op.HAS_ANY, Op.HAS_ALL, Op.EMPTY),
    Type.DURATION: (Op.EQ, *_ORDER, Op.EMPTY),
}
LISTED = frozenset({Op.IN, Op.HAS_ANY, Op.HAS_ALL})


def operators(spot: Spot) -> tuple[Op, ...]:
    """Return the operators of a field; one with several values also has "has any" and "has all"."""
    found = OPERATORS[spot.field.type]
    if spot.counts:
        return tuple(op for op in found if op is not Op.EMPTY)
    if spot.many and spot.field.type in {Type.TEXT, Type.CHOICE}:
        return (*found, Op.HAS_ANY, Op.HAS_ALL)
    return found


def _number(field: Field, value: Any) -> bool:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return whole or (isinstance(value, Decimal) and not field.whole)


def _money(_field: Field, value: Any) -> bool:
    return isinstance(value, Amount | int | Decimal) and not isinstance(value, bool)


def _date(_field: Field, value: Any) -> bool:
    return isinstance(value, Day | Today)


def _moment(_field: Field, value: Any) -> bool:
    return isinstance(value, MOMENTS)


def _choice(_field: Field, value: Any) -> bool:
    return isinstance(value, str | Me | MyTeam) or (isinstance(value, int) and not isinstance(value, bool))


SINGLE: dict[Type, Callable[[Field, Any], bool]] = {
    Type.TEXT: lambda _field, value: isinstance(value, str),
    Type.NUMBER: _number,
    Type.MONEY: _money,
    Type.BOOLEAN: lambda _field, value: isinstance(value, bool),
    Type.DATE: _date,
    Type.DATETIME: _moment,
    Type.CHOICE: _choice,
    Type.CHOICES: _choice,
    Type.DURATION: lambda _field, value: isinstance(value, Length),
}


def settled(value: Any, field: Field) -> Any:
    """Return the value as the field stores it: the key of a choice given by its label, the day a text spells."""
    if isinstance(value, tuple):
        found = tuple(settled(one, field) for one in value)
        return value if all(new is old for new, old in zip(found, value, strict=True)) else found
    if not isinstance(value, str):
        return value
    if field.type in {Type.CHOICE, Type.CHOICES}:
        return _key_of(value, field)
    if field.type in {Type.DATE, Type.DATETIME}:
        try:
            return Day(on=date.fromisoformat(value))
        except ValueError:
            return value
    return value


def _key_of(value: str, field: Field) -> str:
    if value in field.stored():  # labels are put into words only where a key will not do
        return value
    wanted = fold(value)
    return next((str(key) for key, label in field.options() if fold(label) == wanted), value)


def period_fits(type_of_field: Type, op: Op, value: Any) -> bool:
    """Return whether a period may be asked of a date or of a moment; dates and anniversaries know no hours."""
    if type_of_field is Type.DATETIME and op is Op.WITHIN:
        return isinstance(value, PERIODS)
    if isinstance(value, Span):
        return all(isinstance(end, Day | Today) for end in (value.start, value.end))
    return isinstance(value, Calendar) or (isinstance(value, Last | Next) and value.unit not in CLOCK_UNITS)
