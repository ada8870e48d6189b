"""What the pictures of the dashboard are drawn from: moves of the journey, means of the elements, values by strength.

Everything is read from the lake as it is, so it is as of the same moment as the figures beside it, and kept in a file
beside theirs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rapport.insight import dashboards, queries
from rapport.insight.elements.catalogue import ELEMENTS
from rapport.insight.lake import manifest
from rapport.insight.metrics.seen import seen
from rapport.insight.permissions import VIEW
from rapport.insight.policy import Policy
from rapport.kernel.actors import SYSTEM, Actor
from rapport.team.queries import organisation

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from rapport.insight.metrics.scope import Scope

Row = dict[str, Any]
POINTS = 200
BARS = 12


@dataclass(frozen=True, slots=True)
class Move:
    """How often customers went from one stage of the journey to another, how many did, after how many days (median)."""

    source: str
    target: str
    moves: int
    customers: int
    days: float | None


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean of an element over the `n` customers of whom it is known; None where it is known of nobody."""

    name: str
    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Strength:
    """A customer by relationship index (0 to 100) and what they brought, in minor units."""

    customer_id: UUID
    index: float
    net_minor: int


@dataclass(frozen=True, slots=True)
class Index:
    """The relationship index over all customers scored: median, quartiles, n, and the mean change over 90 days."""

    median: float | None
    low: float | None
    high: float | None
    n: int
    trend: float | None


@dataclass(frozen=True, slots=True)
class Bar:
    """Customers whose predicted value lies from `low` up to `high` (None: without end), in minor units."""

    low: float
    high: float | None
    customers: int


def moves(*, start: date | None, end: date, segment: str = "", actor: Actor = SYSTEM) -> list[Move]:
    """Return the moves between stages in the days from `start` up to `end`, the most frequent first."""
    from rapport.insight import journey

    def found(scope: Scope) -> list[Row]:
        return sorted(scope.lake.list(journey.flows(scope)), key=lambda row: -row["customers"])

    return [Move(**row) for row in _kept("moves", found, start, end, segment, actor)]


def means(*, segment: str = "", actor: Actor = SYSTEM) -> list[Mean]:
    """Return the nine elements with their means, in their order."""

    def found(scope: Scope) -> list[Row]:
        rows = _scores(scope)
        asked = {name: rows[name].mean() for name in ELEMENTS} | {f"n_{name}": rows[name].count() for name in ELEMENTS}
        row = scope.lake.one(rows.aggregate(**asked))
        return [{"name": name, "value": row[name], "n": row[f"n_{name}"]} for name in ELEMENTS]

    return [Mean(**row) for row in _kept("means", found, None, None, segment, actor)]


def index(*, segment: str = "", actor: Actor = SYSTEM) -> Index:
    """Return how strong the relationships are over all customers."""

    def found(scope: Scope) -> list[Row]:
        rows = _scores(scope)
        asked = rows.aggregate(
            median=rows["index"].quantile(0.5),
            low=rows["index"].quantile(0.25),
            high=rows["index"].quantile(0.75),
            n=rows["index"].count(),
            trend=rows.trend.mean(),
        )
        return scope.lake.list(asked)

    [row] = _kept("index", found, None, None, segment, actor)
    return Index(**row)


def strengths(*, segment: str = "", actor: Actor = SYSTEM) -> list[Strength]:
    """Return up to `POINTS` customers who bought, drawn evenly (the same ones each time), by index and value."""

    def found(scope: Scope) -> list[Row]:
        scores, totals = _scores(scope), scope.table("commerce_customertotals")
        totals = totals.filter(totals.net_minor > 0).select("net_minor", buyer="customer_id")
        rows = scores.filter(scores["index"].notnull()).inner_join(totals, scores.customer_id == totals.buyer)
        drawn = rows.order_by(rows.customer_id.cast("string").hash()).limit(POINTS)
        chosen = drawn.select("index", "net_minor", customer_id=drawn.customer_id.cast("string"))
        return scope.lake.list(chosen)

    rows = _kept("strengths", found, None, None, segment, actor)
    return [Strength(UUID(row["customer_id"]), row["index"], row["net_minor"]) for row in rows]


def predicted(*, segment: str = "", actor: Actor = SYSTEM) -> list[Bar]:
    """Return how many customers are predicted to bring how much, in bars of equal width and one for the rest.

    The bars end at the 95th percentile, so that a few large customers don't hide all others.
    """

    def found(scope: Scope) -> list[Row]:
        rows = _scores(scope)
        rows = rows.filter(rows.cltv_minor.notnull())
        top = scope.lake.one(rows.aggregate(top=rows.cltv_minor.quantile(0.95)))["top"]
        if not top or top <= 0:
            return []
        width = top / BARS
        place = (rows.cltv_minor / width).floor().cast("int64").clip(0, BARS)
        placed = rows.mutate(place=place)
        counted = placed.group_by("place").aggregate(customers=placed.count())
        counts = {row["place"]: row["customers"] for row in scope.lake.list(counted)}
        bars: list[Row] = [
            {"low": width * n, "high": width * (n + 1), "customers": counts.get(n, 0)} for n in range(BARS)
        ]
        return [*bars, {"low": top, "high": None, "customers": counts.get(BARS, 0)}]

    return [Bar(**row) for row in _kept("predicted", found, None, None, segment, actor)]


def prepare() -> None:
    """Work out the pictures that a dashboard opens with, so that its readers need not wait for the engine."""
    start, end = dashboards.year(queries.present_day())
    moves(start=start, end=end)
    means()
    index()
    strengths()
    predicted()


def _scores(scope: Scope) -> ir.Table:
    return scope.known(scope.table("insight_score"))


def _kept(
    name: str, found: Callable[[Scope], list[Row]], start: date | None, end: date | None, segment: str, actor: Actor
) -> list[Row]:
    return kept(name, found, queries.present_day(), start, end, segment=segment, actor=actor)


def kept(
    name: str,
    found: Callable[[Scope], list[Row]],
    day: date,
    start: date | None,
    end: date | None,
    *,
    segment: str = "",
    only: Mapping[str, str] | None = None,
    actor: Actor = SYSTEM,
) -> list[Row]:
    """Return what `found` makes of the scope that is asked for; kept in a file with the state of the lake.

    Raises `Forbidden`, `NoLake` before the first refresh, `ConditionError` for the segment.
    """
    actor.require(VIEW)
    path = dashboards.place([f"picture {name}"], start, end, day, segment, actor, only)
    if path is not None:
        with suppress(OSError, ValueError):
            before: list[Row] = json.loads(path.read_text("utf-8"))
            return before
    rows = found(_scope(start, end, day, segment, only, actor))
    path = dashboards.place([f"picture {name}"], start, end, day, segment, actor, only)
    if path is not None:
        manifest.write_whole(path, json.dumps(rows))
    return rows


def _scope(
    start: date | None, end: date | None, day: date, segment: str, only: Mapping[str, str] | None, actor: Actor
) -> Scope:
    from rapport.insight.lake import reader
    from rapport.insight.metrics.figures import Span
    from rapport.insight.metrics.scope import Scope
    from rapport.insight.segments import members

    firm, lake = organisation(), reader.open()
    span = Span(start, end or day + timedelta(days=1))
    chosen = members(lake, segment, day, currency=firm.currency, actor=actor) if segment else None
    rules = Policy.of(firm.policy)
    slices = dict(only or {})
    return Scope(lake, day, span, rules, firm.currency, chosen, segment, slices, seen(actor), asker=actor.user_id)
