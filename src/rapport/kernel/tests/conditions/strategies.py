"""Random trees about things, every leaf of them one that `check` lets through."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import All, AnyOf, Ctx, Did, Has, Is, Node, Not, Op, Times
from rapport.kernel.conditions.happenings import happening
from rapport.kernel.conditions.operators import LISTED, operators
from rapport.kernel.conditions.registry import Spot, Type, reach, root_named
from rapport.kernel.conditions.values import (
    Amount,
    Calendar,
    Day,
    Instant,
    Last,
    Length,
    Me,
    MyTeam,
    Next,
    Now,
    Span,
    Today,
)
from rapport.kernel.tests.conditions import ground_data as data

THING = [
    "name", "name", "name", "size", "weight", "ratio", "active", "born", "born", "seen", "seen", "colour",
    "owner", "marks", "price", "budget", "wait", "name_length", "custom.word", "custom.level",
    "custom.limit", "custom.vip", "custom.since", "custom.met", "custom.tier", "custom.tags",
    "maker.name", "maker.founded", "maker.things.name", "maker.things.count", "parts.count",
    "fitted.count", "parts.name", "parts.state", "parts.cost", "parts.made", "parts.marks",
    "fitted.state", "parts.bolts.length", "parts.bolts.count", "parts.thing.name_length",
]  # fmt: skip
PART = [
    "name", "state", "cost", "made", "marks", "spare", "thing.size", "thing.name", "thing.custom.level",
    "bolts.length", "bolts.count",
]  # fmt: skip
POLISHED = [
    "cloth", "strokes", "grams", "by_hand", "on", "until", "tool_id", "cost",
]  # fmt: skip
NOWS = [
    "2024-03-31T00:30:00+00:00", "2024-03-31T01:00:00+00:00", "2024-10-27T00:30:00+00:00", "2017-10-15T03:00:00+00:00",
    "2018-02-18T02:00:00+00:00", "2024-02-29T12:00:00+00:00", "2024-01-01T00:00:00+00:00", "2011-12-30T10:00:00+00:00",
    "2023-03-01T23:59:59.999999+00:00",
]  # fmt: skip
ZONES = ["UTC", "Europe/Lisbon", "America/Sao_Paulo", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "Asia/Beirut"]

texts = st.sampled_from(sorted({text for text in data.TEXTS if text and text != "\u0301"})) | st.sampled_from(
    ["u", "%", "_", "\\", "l", "E", "0", "50%50", "strasse", "ae", "ß", "c", "İ", "s", "σ"]
)
numbers = st.sampled_from(
    [-5, -1, 0, 1, 2, 3, 100, Decimal("0.1"), Decimal("0.5"), Decimal("-0.5"), Decimal("1.5"), 10**15 - 1]
)
wholes = st.sampled_from([-5, -1, 0, 1, 2, 3, 4, 100, 10**12])
day_units = st.sampled_from(["day", "week", "month", "quarter", "year"])
units = st.sampled_from(["minute", "hour", "day", "week", "month", "quarter", "year"])
shifts = st.integers(-40, 40)
counts = st.sampled_from([1, 1, 1, 2, 7, 30, 365, 400, 40_000])
days = st.builds(Day, on=st.sampled_from(sorted(day for day in data.DAYS if day)))
todays = st.builds(Today, shift=shifts, unit=day_units)
nows = st.builds(Now, shift=shifts, unit=units)
instants = st.builds(Instant, at=st.sampled_from(sorted(at for at in data.MOMENTS if at)))
day_periods = (
    st.builds(Calendar, which=st.sampled_from(["previous", "this", "following"]), unit=st.just("day"))
    | st.builds(Last, n=counts, unit=day_units)
    | st.builds(Next, n=counts, unit=day_units)
    | st.builds(Calendar, which=st.sampled_from(["previous", "this", "following"]), unit=day_units)
    | st.tuples(days, days).map(lambda ends: Span(start=min(ends, key=_on), end=max(ends, key=_on)))
    | st.builds(Span, start=todays, end=days | todays)
)
periods = (
    day_periods
    | st.builds(Last, n=counts, unit=units)
    | st.builds(Next, n=counts, unit=units)
    | st.builds(Span, start=nows | instants, end=nows | instants | days)
)
currencies = st.sampled_from(["EUR", "GBP", "JPY", "KWD"])
amounts = st.builds(Amount, amount=numbers, currency=currencies) | numbers
lengths = st.builds(Length, n=st.sampled_from([0, 1, 2, 60]), unit=st.sampled_from(["second", "minute", "hour", "day"]))
owners = st.sampled_from([str(UUID(int=1)), str(UUID(int=2)), str(UUID(int=9))]) | st.builds(Me) | st.builds(MyTeam)
SINGLE: dict[Type, st.SearchStrategy[Any]] = {
    Type.TEXT: texts,
    Type.NUMBER: numbers,
    Type.MONEY: amounts,
    Type.BOOLEAN: st.booleans(),
    Type.DATE: days | todays,
    Type.DATETIME: days | todays | nows | instants,
    Type.DURATION: lengths,
}


def _on(day: Day) -> date:
    return day.on


def _single(spot: Spot) -> st.SearchStrategy[Any]:
    field = spot.field
    if field.type in {Type.CHOICE, Type.CHOICES}:
        return st.sampled_from([str(key) for key, _label in field.options()]) if field.options() else owners
    return wholes if field.whole else SINGLE[field.type]


def _amounts(one: int | Decimal, other: int | Decimal, code: str | None) -> tuple[Any, ...]:
    low, high = min(one, other), max(one, other)
    return (low, high) if code is None else tuple(Amount(amount=end, currency=code) for end in (low, high))


def _pair(spot: Spot) -> st.SearchStrategy[Any]:
    if spot.field.type is Type.MONEY:
        return st.builds(_amounts, numbers, numbers, currencies | st.none())
    if spot.field.type is Type.NUMBER:
        return st.tuples(_single(spot), _single(spot)).map(lambda ends: tuple(sorted(ends)))
    if spot.field.type in {Type.DATE, Type.DATETIME}:
        return st.tuples(days, days).map(lambda ends: tuple(sorted(ends, key=_on))) | st.tuples(todays, todays)
    return st.tuples(_single(spot), _single(spot))


def leaves(path: str, spot: Spot) -> st.SearchStrategy[Is]:
    """Comparisons of one field, by each of its operators."""
    return st.one_of(
        [st.builds(Is, field=st.just(path), op=st.just(op), value=_values(spot, op)) for op in operators(spot)]
    )


def _values(spot: Spot, op: Op) -> st.SearchStrategy[Any]:
    if op is Op.EMPTY:
        return st.none()
    if op is Op.BETWEEN:
        return _pair(spot)
    if op in LISTED:
        return st.lists(_single(spot), min_size=1, max_size=3).map(tuple)
    if op is Op.ANNIVERSARY or (op is Op.WITHIN and spot.field.type is Type.DATE):
        return day_periods
    return periods if op is Op.WITHIN else _single(spot)


times = st.builds(
    Times, op=st.sampled_from(["ge", "ge", "gt", "lt", "le", "eq"]), n=st.sampled_from([0, 1, 1, 2, 3, 5])
)


def fields_of(root: str, paths: list[str]) -> st.SearchStrategy[Is]:
    """Comparisons of some fields of a noun."""
    return st.sampled_from(paths).flatmap(lambda path: _of_path(root, path))


@cache
def _of_path(root: str, path: str) -> st.SearchStrategy[Is]:
    return leaves(path, reach(root, path))


@cache
def _of_event(name: str) -> st.SearchStrategy[Is]:
    return leaves(name, Spot((), root_named("thing"), happening("ground.polished").field(name)))


details = st.lists(st.sampled_from(POLISHED).flatmap(_of_event), max_size=2).map(tuple)
deeds = st.builds(
    Did, event=st.just("ground.polished"), times=times, within=st.none() | periods, where=details
) | st.builds(Did, event=st.just("ground.dropped"), times=times, within=st.none() | periods)


def groups(leaf: st.SearchStrategy[Node], most: int) -> st.SearchStrategy[Node]:
    """Trees of some leaves, at most as deep as trees may be."""
    return st.recursive(
        leaf,
        lambda inner: (
            st.builds(Not, of=inner)
            | st.builds(All, of=st.lists(inner, min_size=2, max_size=4).map(tuple))
            | st.builds(AnyOf, of=st.lists(inner, min_size=2, max_size=4).map(tuple))
        ),
        max_leaves=most,
    )


owned = st.builds(
    Has,
    relation=st.sampled_from(["parts", "fitted"]),
    times=times,
    where=st.none() | groups(fields_of("part", PART), 3),
)
of_things = fields_of("thing", THING)
of_dates = fields_of("thing", ["seen", "custom.met", "custom.since", "parts.made", "born"])
trees = groups(of_things | of_things | of_dates | deeds | owned, 6)
"""Trees about things."""
near_days = (
    st.builds(Calendar, which=st.sampled_from(["previous", "this", "following"]), unit=st.just("day"))
    | st.builds(Last, n=st.integers(1, 3), unit=st.just("day"))
    | st.builds(Next, n=st.integers(1, 3), unit=st.just("day"))
    | days.map(lambda day: Span(start=day, end=day))
)
edges_of_days = st.builds(
    Is,
    field=st.sampled_from(["seen", "custom.met", "parts.made", "born", "custom.since"]),
    op=st.sampled_from([Op.WITHIN, Op.ANNIVERSARY]),
    value=near_days,
)
"""Comparisons that the hour of midnight decides."""


@st.composite
def contexts(draw: st.DrawFn) -> Ctx:
    """Who looks, from where and when."""
    user = draw(st.none() | st.just(UUID(int=1)))
    actor = Actor(kind="user", name="Ana", user_id=user, mates=frozenset({UUID(int=1), UUID(int=2)}), everything=True)
    return Ctx(
        now=datetime.fromisoformat(draw(st.sampled_from(NOWS))).astimezone(UTC),
        zone=draw(st.sampled_from(ZONES)),
        week_start=draw(st.sampled_from([0, 5, 6])),
        actor=actor,
        currency=draw(st.sampled_from(["EUR", "JPY"])),
    )
