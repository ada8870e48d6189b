"""What a leaf comes to in a context: a test over plain values, the same for all three engines.

`test_of` is the only place that knows what an operator means; the engines know these few tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from rapport.kernel.conditions.moments import (
    Ctx,
    Days,
    Stretch,
    anniversaries,
    day_of,
    days_of,
    period_of,
    stretch_of,
)
from rapport.kernel.conditions.registry import Field, Type
from rapport.kernel.conditions.tree import Is, Op
from rapport.kernel.conditions.values import Amount, Me, MyTeam
from rapport.kernel.folding import fold
from rapport.kernel.money import decimals

Number: TypeAlias = int | Decimal
Key: TypeAlias = str | int | UUID
SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}


@dataclass(frozen=True, slots=True)
class Empty:
    """No value, an empty text or an empty list."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A number (minor units, seconds) that is `op` (eq, lt, le, gt, ge) `value`."""

    op: Op
    value: Number


@dataclass(frozen=True, slots=True)
class Ranged:
    """A number from `low` to `high`, both included."""

    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value that is one of these: folded texts, numbers, keys or booleans. Nothing is one of none."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Holds:
    """A text that contains, starts or ends with the folded `text`."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Yearly:
    """A day of the year within one of the spans of month × 100 + day, in `zone` for moments."""

    spans: tuple[tuple[int, int], ...]
    zone: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A list that holds any, or all, of the keys."""

    every: bool
    values: tuple[Any, ...]


Test: TypeAlias = Empty | Compared | Ranged | OneOf | Holds | Days | Stretch | Yearly | Listed


@dataclass(frozen=True, slots=True)
class Check:
    """A test and, for money, the currency it is about: amounts of another one do not meet it."""

    test: Test
    currency: str = ""


def test_of(leaf: Is, field: Field, ctx: Ctx) -> Check:
    """Return the test that `leaf` makes of `field`. The leaf must have been checked."""
    if leaf.op is Op.EMPTY:
        return Check(Empty())
    if field.type is Type.MONEY:
        return _money(leaf, ctx)
    if field.type in {Type.DATE, Type.DATETIME}:
        return Check(_dates(leaf, field.type, ctx))
    if leaf.op in {Op.HAS_ANY, Op.HAS_ALL}:
        return Check(Listed(leaf.op is Op.HAS_ALL, _keys(leaf.value, field, ctx)))
    if field.type is Type.DURATION:
        return Check(_numeric(leaf.op, [length.n * SECONDS[length.unit] for length in _several(leaf.value)]))
    if field.type is Type.NUMBER and leaf.op is not Op.IN:
        return Check(_numeric(leaf.op, _several(leaf.value)))
    if leaf.op in {Op.CONTAINS, Op.STARTS, Op.ENDS}:
        return Check(Holds(leaf.op, fold(str(leaf.value))))
    return Check(OneOf(_keys(leaf.value, field, ctx)))


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [value]


def _keys(value: Any, field: Field, ctx: Ctx) -> tuple[Any, ...]:
    """Return the values as they are stored or, for text, folded; me and my team become ids of users."""
    found: dict[Any, None] = {}
    for one in _several(value):
        if isinstance(one, Me | MyTeam):
            found.update(dict.fromkeys(_users(one, field, ctx)))
        elif field.type is Type.TEXT:
            found[fold(one)] = None
        elif field.type in {Type.CHOICE, Type.CHOICES}:
            found[field.key(str(one))] = None
        else:
            found[one] = None
    return tuple(found)


def _users(who: Me | MyTeam, field: Field, ctx: Ctx) -> list[Key]:
    mine = [ctx.actor.user_id] if ctx.actor.user_id else []
    if isinstance(who, MyTeam):
        mine += sorted(ctx.actor.mates - set(mine))
    return [user if field.key is UUID else str(user) for user in mine]


def _numeric(op: Op, values: list[Number]) -> Test:
    if op is Op.BETWEEN:
        return Ranged(values[0], values[1])
    return Compared(op, values[0])


def _money(leaf: Is, ctx: Ctx) -> Check:
    amounts = [
        one if isinstance(one, Amount) else Amount(amount=one, currency=ctx.currency) for one in _several(leaf.value)
    ]
    currency = amounts[0].currency
    minor = [_whole(Decimal(amount.amount).scaleb(decimals(currency))) for amount in amounts]
    return Check(_numeric(leaf.op, minor), currency)


def _whole(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else value


def _dates(leaf: Is, type_of_field: Type, ctx: Ctx) -> Test:
    value: Any = leaf.value
    if leaf.op is Op.ANNIVERSARY:
        return Yearly(anniversaries(*days_of(value, ctx)), ctx.zone)
    if leaf.op is Op.WITHIN:
        if type_of_field is Type.DATE:
            return Days(*days_of(value, ctx))
        return Stretch(*period_of(value, ctx))
    ends = [_edges(one, type_of_field, ctx) for one in _several(value)]
    window = Days if type_of_field is Type.DATE else Stretch
    start, end = ends[0]
    if leaf.op is Op.BETWEEN:
        return window(start, ends[1][1])
    return {
        Op.EQ: lambda: window(start, end),
        Op.LT: lambda: window(None, start),
        Op.LE: lambda: window(None, end),
        Op.GT: lambda: window(end, None),
        Op.GE: lambda: window(start, None),
    }[leaf.op]()


def _edges(moment: Any, type_of_field: Type, ctx: Ctx) -> tuple[Any, Any]:
    if type_of_field is Type.DATETIME:
        return stretch_of(moment, ctx)
    first, after = days_of_day(moment, ctx)
    return first, after


def days_of_day(moment: Any, ctx: Ctx) -> tuple[Any, Any]:
    """Return a day and the one after it."""
    day = day_of(moment, ctx)
    return day, day.fromordinal(day.toordinal() + 1)
