"""What the pictures of the dashboard are drawn from: moves of the journey, means of the elements, values by strength.

Everything is read from the lake as it is, so it is as of the same moment as the figures beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

from rapport.insight import queries
from rapport.insight.elements.catalogue import ELEMENTS
from rapport.insight.permissions import VIEW
from rapport.insight.policy import Policy
from rapport.kernel.actors import SYSTEM, Actor
from rapport.team.queries import organisation

if TYPE_CHECKING:
    from ibis.expr import types as ir

    from rapport.insight.metrics.scope import Scope

T = TypeVar("T")
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

    def found(scope: Scope) -> list[Move]:
        rows = scope.lake.list(journey.flows(scope))
        return sorted((Move(**row) for row in rows), key=lambda one: -one.customers)

    return _kept("moves", found, start, end, segment, actor)


def means(*, segment: str = "", actor: Actor = SYSTEM) -> list[Mean]:
    """Return the nine elements with their means, in their order."""

    def found(scope: Scope) -> list[Mean]:
        rows = _scores(scope)
        asked = {name: rows[name].mean() for name in ELEMENTS} | {f"n_{name}": rows[name].count() for name in ELEMENTS}
        row = scope.lake.one(rows.aggregate(**asked))
        return [Mean(name, row[name], row[f"n_{name}"]) for name in ELEMENTS]

    return _kept("means", found, None, None, segment, actor)


def index(*, segment: str = "", actor: Actor = SYSTEM) -> Index:
    """Return how strong the relationships are over all customers."""

    def found(scope: Scope) -> Index:
        rows = _scores(scope)
        return Index(
            **scope.lake.one(
                rows.aggregate(
                    median=rows["index"].quantile(0.5),
                    low=rows["index"].quantile(0.25),
                    high=rows["index"].quantile(0.75),
                    n=rows["index"].count(),
                    trend=rows.trend.mean(),
                )
            )
        )

    return _kept("index", found, None, None, segment, actor)


def strengths(*, segment: str = "", actor: Actor = SYSTEM) -> list[Strength]:
    """Return up to `POINTS` customers who bought, drawn evenly (the same ones each time), by index and value."""

    def found(scope: Scope) -> list[Strength]:
        scores, totals = _scores(scope), scope.table("commerce_customertotals")
        totals = totals.filter(totals.net_minor > 0).select("net_minor", buyer="customer_id")
        rows = scores.filter(scores["index"].notnull()).inner_join(totals, scores.customer_id == totals.buyer)
        drawn = rows.order_by(rows.customer_id.cast("string").hash()).limit(POINTS)
        return [Strength(**row) for row in scope.lake.list(drawn.select("customer_id", "index", "net_minor"))]

    return _kept("strengths", found, None, None, segment, actor)


def predicted(*, segment: str = "", actor: Actor = SYSTEM) -> list[Bar]:
    """Return how many customers are predicted to bring how much, in bars of equal width and one for the rest.

    The bars end at the 95th percentile, so that a few large customers don't hide all others.
    """

    def found(scope: Scope) -> list[Bar]:
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
        bars = [Bar(width * n, width * (n + 1), counts.get(n, 0)) for n in range(BARS)]
        return [*bars, Bar(top, None, counts.get(BARS, 0))]

    return _kept("predicted", found, None, None, segment, actor)


def _scores(scope: Scope) -> ir.Table:
    return scope.known(scope.table("insight_score"))


def _kept(
    name: Hashable, found: Callable[[Scope], T], start: date | None, end: date | None, segment: str, actor: Actor
) -> T:
    """Return what `found` makes of the scope that is asked for; kept with the state of the lake.

    Raises `Forbidden`, `NoLake` before the first refresh, `ConditionError` for the segment.
    """
    from rapport.insight.lake import reader
    from rapport.insight.metrics.figures import Span
    from rapport.insight.metrics.scope import Scope
    from rapport.insight.segments import members

    actor.require(VIEW)
    firm, lake = organisation(), reader.open()
    day = queries.present_day(firm)
    span = Span(start, end or day + timedelta(days=1))
    chosen = members(lake, segment, day, currency=firm.currency, actor=actor) if segment else None
    scope = Scope(lake, day, span, Policy.of(firm.policy), firm.currency, chosen, segment)
    whose = actor.user_id if segment else None
    return lake.keep(("picture", name, span, day, segment, whose), lambda: found(scope))
