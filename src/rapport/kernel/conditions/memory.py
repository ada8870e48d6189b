"""Conditions asked of one thing in memory: `matches` says whether, `explain` says why.

Relations are read from the instance, prefetched ones without a query; events by one query for each `did`, unless the
context brings them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import eq, ge, gt, le, lt
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from rapport.kernel.conditions.folding import fold
from rapport.kernel.conditions.happenings import happening
from rapport.kernel.conditions.json_values import json_value
from rapport.kernel.conditions.moments import Ctx, Days, Stretch, period_of
from rapport.kernel.conditions.plan import (
    Check,
    Compared,
    Empty,
    Holds,
    Listed,
    OneOf,
    Ranged,
    Test,
    Yearly,
    test_of,
)
from rapport.kernel.conditions.registry import Field, Relation, Root, Spot, Type, reach, relation_at, root_named
from rapport.kernel.conditions.tree import All, AnyOf, Did, Has, Is, Node, Not, Op, children
from rapport.kernel.models import EventRecord

COMPARE: dict[Op, Callable[[Any, Any], bool]] = {Op.EQ: eq, Op.LT: lt, Op.LE: le, Op.GT: gt, Op.GE: ge}


class Happened(Protocol):
    """An event as conditions see it."""

    @property
    def at(self) -> datetime: ...

    @property
    def data(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a part of a condition holds for a thing, and what was found there.

    `found` are the values of a field, or how many events or rows there are, followed for events by the last one's
    moment; groups and negations have `parts` instead.
    """

    node: Node
    holds: bool
    found: tuple[Any, ...] = ()
    parts: tuple[Verdict, ...] = ()


def matches(tree: Node, root: str, thing: Any, ctx: Ctx) -> bool:
    """Return whether the condition holds for `thing`, an instance of the noun. The tree must have been checked."""
    match tree:
        case All():
            return all(matches(part, root, thing, ctx) for part in tree.of)
        case AnyOf():
            return any(matches(part, root, thing, ctx) for part in tree.of)
        case Not():
            return not matches(tree.of, root, thing, ctx)
        case _:
            return _leaf(tree, root_named(root), thing, ctx).holds


def explain(tree: Node, root: str, thing: Any, ctx: Ctx) -> Verdict:
    """Return the truth of every part of the condition for `thing`, with the values found."""
    if isinstance(tree, Is | Did | Has):
        return _leaf(tree, root_named(root), thing, ctx)
    parts = tuple(explain(part, root, thing, ctx) for part in children(tree))
    truths = [part.holds for part in parts]
    holds = not truths[0] if isinstance(tree, Not) else any(truths) if isinstance(tree, AnyOf) else all(truths)
    return Verdict(tree, holds, parts=parts)


def _leaf(leaf: Is | Did | Has, root: Root, thing: Any, ctx: Ctx) -> Verdict:
    match leaf:
        case Did():
            moments = sorted(event.at for event in _events(leaf, root, thing, ctx))
            holds = COMPARE[Op(leaf.times.op)](len(moments), leaf.times.n)
            return Verdict(leaf, holds, (len(moments), *moments[-1:]))
        case Has():
            hop, noun = relation_at(root.name, leaf.relation)
            rows = [
                row
                for row in rows_of(thing, hop, ctx)
                if leaf.where is None or matches(leaf.where, noun.name, row, ctx)
            ]
            return Verdict(leaf, COMPARE[Op(leaf.times.op)](len(rows), leaf.times.n), (len(rows),))
        case Is():
            spot = reach(root.name, leaf.field)
            check = test_of(leaf, spot.field, ctx)
            owners = _owners(spot, thing, ctx)
            found = _values(spot, owners, ctx)
            return Verdict(leaf, _holds(spot, check, owners, found, ctx), tuple(found))


def _owners(spot: Spot, thing: Any, ctx: Ctx) -> list[Any]:
    hops = spot.hops[:-1] if spot.counts else spot.hops
    return reduce(lambda rows, hop: [next_ for row in rows for next_ in rows_of(row, hop, ctx)], hops, [thing])


def _values(spot: Spot, owners: Sequence[Any], ctx: Ctx) -> list[Any]:
    """Return the values found at `spot`, without the missing ones."""
    if spot.counts:
        return [sum(1 for _row in rows_of(owner, spot.hops[-1], ctx)) for owner in owners]
    found = [value_of(spot.field, owner) for owner in owners]
    if spot.field.type is Type.CHOICES:
        return [one for several in found if several for one in several if one is not None]
    return [value for value in found if value is not None and value != ""]


def _holds(spot: Spot, check: Check, owners: Sequence[Any], found: Sequence[Any], ctx: Ctx) -> bool:
    test = check.test
    if isinstance(test, Empty):
        return not found
    if isinstance(test, Listed):
        return _listed(test, spot.field, found)
    if spot.field.type is not Type.MONEY:
        return any(passes(test, spot.field, value) for value in found)
    return any(
        value is not None and currency_of(spot.field, owner, ctx) == check.currency and passes(test, spot.field, value)
        for owner, value in ((owner, value_of(spot.field, owner)) for owner in owners)
    )


def _listed(test: Listed, field: Field, found: Sequence[Any]) -> bool:
    held = {fold(value) if field.type is Type.TEXT else value for value in found}
    if not test.values:
        return False
    return held.issuperset(test.values) if test.every else not held.isdisjoint(test.values)


def rows_of(thing: Any, hop: Relation, ctx: Ctx) -> Iterable[Any]:
    """Return the rows that a relation leads to from `thing`."""
    noun = root_named(hop.to)
    if not hop.attr:
        rows: Iterable[Any] = noun.model._base_manager.filter(**{hop.there: getattr(thing, hop.here)})
    elif hop.many:
        rows = getattr(thing, hop.attr).all()
    else:
        row = getattr(thing, hop.attr)
        rows = [] if row is None else [row]
    if hop.only is None:
        return rows
    return [row for row in rows if matches(hop.only, hop.to, row, ctx)]


def value_of(field: Field, thing: Any) -> Any:
    """Return the value of a field of `thing`, None when there is none."""
    if field.python is not None:
        return field.python(thing)
    assert isinstance(field.path, str), "expressions have a Python reader"
    value = _attribute(thing, field.path)
    if not field.inside:
        return value
    return json_value(value.get(field.inside), field.type) if isinstance(value, dict) else None


def currency_of(field: Field, thing: Any, ctx: Ctx) -> str:
    """Return the code of the currency of a money field's value."""
    if not field.currency:
        return ctx.currency
    if not field.inside:
        return _attribute(thing, field.currency) or ""
    data = _attribute(thing, str(field.path))
    return str(json_value(data.get(field.currency), Type.TEXT)) if isinstance(data, dict) else ""


def _attribute(thing: Any, path: str) -> Any:
    for name in path.split("__"):
        thing = None if thing is None else getattr(thing, name)
    return thing


def passes(test: Test, field: Field, value: Any) -> bool:
    """Return whether one value that is there passes a test."""
    match test:
        case Compared(op, wanted):
            return COMPARE[op](value, _alike(wanted, value))
        case Ranged(low, high):
            return bool(_alike(low, value) <= value <= _alike(high, value))
        case OneOf(values):
            held = fold(value) if field.type is Type.TEXT else value
            return any(held == _alike(one, value) for one in values)
        case Holds(op, text):
            held = fold(value)
            return {Op.CONTAINS: text in held, Op.STARTS: held.startswith(text)}.get(op, held.endswith(text))
        case Days(start, end) | Stretch(start, end):
            return (start is None or start <= value) and (end is None or value < end)
        case Yearly(spans, zone):
            return _yearly(spans, zone, value)
    raise AssertionError(f"{test} is not about one value")


def _alike(wanted: Any, value: Any) -> Any:
    """Return a wanted number as the doubles it is compared with; databases compare the two as doubles."""
    return float(wanted) if isinstance(value, float) and not isinstance(wanted, str) else wanted


def _yearly(spans: tuple[tuple[int, int], ...], zone: str, value: date) -> bool:
    day = value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else value
    return any(low <= day.month * 100 + day.day <= high for low, high in spans)


def _events(leaf: Did, root: Root, thing: Any, ctx: Ctx) -> list[Happened]:
    known = happening(leaf.event)
    tests = []
    for condition in leaf.where:
        field = known.field(condition.field)
        tests.append((field, test_of(condition, field, ctx)))
    window = Stretch() if leaf.within is None else Stretch(*period_of(leaf.within, ctx))
    return [
        event
        for event in _happened(leaf.event, window, root, thing, ctx)
        if all(_event_passes(event, field, check, ctx) for field, check in tests)
    ]


def _event_passes(event: Happened, field: Field, check: Check, ctx: Ctx) -> bool:
    return _holds(Spot((), Root(""), field), check, [event], _values(Spot((), Root(""), field), [event], ctx), ctx)


def _happened(name: str, window: Stretch, root: Root, thing: Any, ctx: Ctx) -> Iterable[Happened]:
    assert root.news is not None, "checked trees ask for events only where there are some"
    if ctx.news is not None:
        return [
            event
            for event in ctx.news(thing, name)
            if (window.start is None or window.start <= event.at) and (window.end is None or event.at < window.end)
        ]
    rows = EventRecord.objects.filter(type=name, **{root.news.there: getattr(thing, root.news.here)})
    if window.start is not None:
        rows = rows.filter(at__gte=window.start)
    return rows.filter(at__lt=window.end) if window.end is not None else rows
