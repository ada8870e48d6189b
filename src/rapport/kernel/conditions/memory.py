"""Conditions asked of one thing in memory: `matches` says whether, `explain` says why.

Relations are read from the instance, prefetched ones without a query; events by one query for each `did`, unless
the context brings them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import eq, ge, gt, le, lt
from typing import Any, Protocol
from zoneinfo import ZoneInfo

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
from rapport.kernel.folding import fold
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
    return Asker(ctx).matches(tree, root_named(root), thing)


def matcher(tree: Node, root: str, ctx: Ctx) -> Callable[[Any], bool]:
    """Return `matches` for many things, which works out once what the tree means."""
    asker, noun = Asker(ctx), root_named(root)
    return lambda thing: asker.matches(tree, noun, thing)


def explain(tree: Node, root: str, thing: Any, ctx: Ctx) -> Verdict:
    """Return the truth of every part of the condition for `thing`, with the values found."""
    return Asker(ctx).explain(tree, root_named(root), thing)


class Asker:
    """Asks conditions in one context; remembers what each leaf means."""

    def __init__(self, ctx: Ctx) -> None:
        self.ctx = ctx
        self._known: dict[tuple[str, Is], tuple[Spot, Check]] = {}

    def matches(self, tree: Node, root: Root, thing: Any) -> bool:
        """Return whether the condition holds, looking no further than it takes."""
        match tree:
            case All():
                return all(self.matches(part, root, thing) for part in tree.of)
            case AnyOf():
                return any(self.matches(part, root, thing) for part in tree.of)
            case Not():
                return not self.matches(tree.of, root, thing)
            case _:
                return self._leaf(tree, root, thing).holds

    def explain(self, tree: Node, root: Root, thing: Any) -> Verdict:
        """Return the truth of every part."""
        if isinstance(tree, Is | Did | Has):
            return self._leaf(tree, root, thing)
        parts = tuple(self.explain(part, root, thing) for part in children(tree))
        truths = [part.holds for part in parts]
        holds = not truths[0] if isinstance(tree, Not) else any(truths) if isinstance(tree, AnyOf) else all(truths)
        return Verdict(tree, holds, parts=parts)

    def _leaf(self, leaf: Is | Did | Has, root: Root, thing: Any) -> Verdict:
        match leaf:
            case Did():
                moments = sorted(event.at for event in self._events(leaf, root, thing))
                holds = COMPARE[Op(leaf.times.op)](len(moments), leaf.times.n)
                return Verdict(leaf, holds, (len(moments), *moments[-1:]))
            case Has():
                hop, noun = relation_at(root.name, leaf.relation)
                rows = self.rows_of(thing, hop)
                if leaf.where is not None:
                    rows = [row for row in rows if self.matches(leaf.where, noun, row)]
                count = sum(1 for _row in rows)
                return Verdict(leaf, COMPARE[Op(leaf.times.op)](count, leaf.times.n), (count,))
            case Is():
                spot, check = self._meaning(leaf, root)
                owners = self._owners(spot, thing)
                found = self._values(spot, owners)
                return Verdict(leaf, self._holds(spot, check, owners, found), tuple(found))

    def _meaning(self, leaf: Is, root: Root) -> tuple[Spot, Check]:
        known = self._known.get((root.name, leaf))
        if known is None:
            spot = reach(root.name, leaf.field)
            known = self._known[root.name, leaf] = spot, test_of(leaf, spot.field, self.ctx)
        return known

    def _owners(self, spot: Spot, thing: Any) -> list[Any]:
        owners = [thing]
        for hop in spot.hops[:-1] if spot.counts else spot.hops:
            owners = [row for owner in owners for row in self.rows_of(owner, hop)]
        return owners

    def _values(self, spot: Spot, owners: Sequence[Any]) -> list[Any]:
        """Return the values found at `spot`, without the missing ones."""
        if spot.counts:
            return [sum(1 for _row in self.rows_of(owner, spot.hops[-1])) for owner in owners]
        found = [value_of(spot.field, owner) for owner in owners]
        if spot.field.type is Type.CHOICES:
            return [one for several in found if several for one in several]
        return [value for value in found if value is not None and value != ""]

    def _holds(self, spot: Spot, check: Check, owners: Sequence[Any], found: Sequence[Any]) -> bool:
        test, field = check.test, spot.field
        if isinstance(test, Empty):
            return not found
        if isinstance(test, Listed):
            return _listed(test, field, found)
        if field.type is not Type.MONEY:
            return any(passes(test, field, value) for value in found)
        return any(
            value is not None and currency_of(field, owner, self.ctx) == check.currency and passes(test, field, value)
            for owner, value in ((owner, value_of(field, owner)) for owner in owners)
        )

    def rows_of(self, thing: Any, hop: Relation) -> Iterable[Any]:
        """Return the rows that a relation leads to from `thing`."""
        noun = root_named(hop.to)
        if not hop.attr:
            rows: Iterable[Any] = noun.model._base_manager.filter(**{hop.there: getattr(thing, hop.here)})
        elif hop.many:
            rows = getattr(thing, hop.attr).all()
        else:
            row = getattr(thing, hop.attr, None)  # where nothing refers to it, there is no such attribute
            rows = [] if row is None else [row]
        if hop.only is None:
            return rows
        return [row for row in rows if self.matches(hop.only, noun, row)]

    def _events(self, leaf: Did, root: Root, thing: Any) -> list[Happened]:
        known = happening(leaf.event)
        tests = []
        for condition in leaf.where:
            spot = Spot((), root, known.field(condition.field))
            tests.append((spot, test_of(condition, spot.field, self.ctx)))
        window = Stretch() if leaf.within is None else Stretch(*period_of(leaf.within, self.ctx))
        return [
            event
            for event in self._happened(leaf.event, window, root, thing)
            if all(self._holds(spot, check, [event], self._values(spot, [event])) for spot, check in tests)
        ]

    def _happened(self, name: str, window: Stretch, root: Root, thing: Any) -> Iterable[Happened]:
        assert root.news is not None, "checked trees ask for events only where there are some"
        if self.ctx.news is not None:
            return [event for event in self.ctx.news(thing, name) if _during(event.at, window)]
        rows = EventRecord.objects.filter(type=name, **{root.news.there: getattr(thing, root.news.here)})
        if window.start is None or window.end is None:
            return rows
        return rows.filter(at__gte=window.start, at__lt=window.end)


def _listed(test: Listed, field: Field, found: Sequence[Any]) -> bool:
    held = {fold(value) if field.type is Type.TEXT else value for value in found}
    if not test.values:
        return False
    return held.issuperset(test.values) if test.every else not held.isdisjoint(test.values)


def _during(value: Any, window: Stretch | Days) -> bool:
    return (window.start is None or window.start <= value) and (window.end is None or value < window.end)


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
        case Days() | Stretch():
            return _during(value, test)
        case Yearly(spans, zone):
            return _yearly(spans, zone, value)
    raise AssertionError(f"{test} is not about one value")


def _alike(wanted: Any, value: Any) -> Any:
    """Return a wanted number as the doubles it is compared with; databases compare the two as doubles."""
    return float(wanted) if isinstance(value, float) and not isinstance(wanted, str) else wanted


def _yearly(spans: tuple[tuple[int, int], ...], zone: str, value: date) -> bool:
    day = value.astimezone(ZoneInfo(zone)) if isinstance(value, datetime) else value
    return any(low <= day.month * 100 + day.day <= high for low, high in spans)
