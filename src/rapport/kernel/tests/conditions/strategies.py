"""Random trees about things, every leaf of them one that `check` lets through."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
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
counts = st.sampled_from([1, 1, 2, 7, 30, 365, 400, 40_000])
days = st.builds(Day, on=st.sampled_from(sorted(day for day in data.DAYS if day)))
todays = st.builds(Today, shift=shifts, unit=day_units)
nows = st.builds(Now, shift=shifts, unit=units)
instants = st.builds(Instant, at=st.sampled_from(sorted(at for at in data.MOMENTS if at)))
day_periods = (
    st.builds(Last, n=counts, unit=day_units)
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


def _pair(spot: Spot) -> st.SearchStrategy[Any]:
    if spot.field.type is Type.MONEY:
        plain = st.tuples(numbers, numbers).map(sorted)
        return st.builds(
            lambda ends, code: tuple(Amount(amount=end, currency=code) if code else end for end in ends),
            plain,
            currencies | st.none(),
        )
    if spot.field.type is Type.NUMBER:
        return st.tuples(_single(spot), _single(spot)).map(lambda ends: tuple(sorted(ends)))
    if spot.field.type in {Type.DATE, Type.DATETIME}:
        return st.tuples(days, days).map(lambda ends: tuple(sorted(ends, key=_on))) | st.tuples(todays, todays)
    return st.tuples(_single(spot), _single(spot))


@st.composite
def leaves(draw: st.DrawFn, path: str, spot: Spot) -> Is:
    """A comparison of one field."""
    op = draw(st.sampled_from(operators(spot)))
    value: Any = None
    if op is Op.BETWEEN:
        value = draw(_pair(spot))
    elif op in LISTED:
        value = tuple(draw(st.lists(_single(spot), min_size=1, max_size=3)))
    elif op is Op.ANNIVERSARY or (op is Op.WITHIN and spot.field.type is Type.DATE):
        value = draw(day_periods)
    elif op is Op.WITHIN:
        value = draw(periods)
    elif op is not Op.EMPTY:
        value = draw(_single(spot))
    return Is(field=path, op=op, value=value)


times = st.builds(
    Times, op=st.sampled_from(["ge", "ge", "gt", "lt", "le", "eq"]), n=st.sampled_from([0, 1, 1, 2, 3, 5])
)


@st.composite
def fields_of(draw: st.DrawFn, root: str, paths: list[str]) -> Is:
    """A comparison of one of the fields of a noun."""
    path = draw(st.sampled_from(paths))
    return draw(leaves(path, reach(root, path)))


@st.composite
def deeds(draw: st.DrawFn) -> Did:
    """What was done, or not."""
    known = happening("ground.polished")
    names = draw(st.lists(st.sampled_from(POLISHED), max_size=2))
    where = tuple(draw(leaves(name, Spot((), root_named("thing"), known.field(name)))) for name in names)
    event = "ground.polished" if where else draw(st.sampled_from(["ground.polished", "ground.dropped"]))
    return Did(event=event, times=draw(times), within=draw(st.none() | periods), where=where)


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


@st.composite
def owned(draw: st.DrawFn) -> Has:
    """So many parts of some kind."""
    relation = draw(st.sampled_from(["parts", "fitted"]))
    where = draw(st.none() | groups(fields_of("part", PART), 3))
    return Has(relation=relation, times=draw(times), where=where)


@st.composite
def trees(draw: st.DrawFn, most: int = 6) -> Node:
    """Trees about things."""
    leaf: st.SearchStrategy[Node] = fields_of("thing", THING) | fields_of("thing", THING) | deeds() | owned()
    return draw(groups(leaf, most))


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
