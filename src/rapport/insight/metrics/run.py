"""Asking for figures: from names and a period to figures with trend, interval and target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from ibis.expr import types as ir

from rapport.insight.lake.reader import Lake
from rapport.insight.metrics import aggregate
from rapport.insight.metrics import channels as _channels  # noqa: F401 - registers
from rapport.insight.metrics import cohorts as _cohorts  # noqa: F401 - registers
from rapport.insight.metrics import customers as _customers  # noqa: F401 - registers
from rapport.insight.metrics import data as _data  # noqa: F401 - registers
from rapport.insight.metrics import feedback as _feedback  # noqa: F401 - registers
from rapport.insight.metrics import margin as _margin  # noqa: F401 - registers
from rapport.insight.metrics import promises as _promises  # noqa: F401 - registers
from rapport.insight.metrics import relationship as _relationship  # noqa: F401 - registers
from rapport.insight.metrics import repeat as _repeat  # noqa: F401 - registers
from rapport.insight.metrics import revenue as _revenue  # noqa: F401 - registers
from rapport.insight.metrics import rfm as _rfm  # noqa: F401 - registers
from rapport.insight.metrics import service as _service  # noqa: F401 - registers
from rapport.insight.metrics import solving as _solving  # noqa: F401 - registers
from rapport.insight.metrics import surveys as _surveys  # noqa: F401 - registers
from rapport.insight.metrics import value as _value  # noqa: F401 - registers
from rapport.insight.metrics.figures import Figure, Outcome, Point, Span
from rapport.insight.metrics.periods import steps, windows
from rapport.insight.metrics.registry import METRICS as METRICS
from rapport.insight.metrics.registry import Metric
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.seen import Seen
from rapport.insight.metrics.tickets import SLICES
from rapport.insight.policy import Policy

GROUPS = ("revenue", "customers", "relationship", "loyalty", "value", "feedback", "promises", "service", "data")
"""Groups of metrics in the order they are listed."""


class UnknownMetric(KeyError):
    """There is no metric of this name."""


class NotSliced(ValueError):
    """The metric is not told apart by what was asked for, such as revenue by queue."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked: for which period (half-open; None: each metric's own), as of which day, for whom.

    `segment` names the customers as `asker` means them; `only` the slice of service and `seen` whose tickets, as in
    `Scope`.
    """

    as_of: date
    start: date | None = None
    end: date | None = None
    segment: ir.Table | None = None
    segment_text: str = ""
    trend: bool = True
    only: Mapping[str, str] = field(default_factory=dict)
    seen: Seen | None = None
    asker: UUID | None = None


def named(name: str) -> Metric:
    """Return the metric, or raise `UnknownMetric`."""
    if name not in METRICS:
        raise UnknownMetric(name)
    return METRICS[name]


def figures(
    lake: Lake,
    names: Iterable[str],
    ask: Ask,
    *,
    policy: Policy,
    currency: str,
    targets: dict[str, float] | None = None,
) -> list[Figure]:
    """Return the figures of the metrics named, in their order."""
    return [
        figure(lake, named(name), ask, policy=policy, currency=currency, target=(targets or {}).get(name))
        for name in names
    ]


def figure(
    lake: Lake, metric: Metric, ask: Ask, *, policy: Policy, currency: str, target: float | None = None
) -> Figure:
    """Return the figure of one metric."""
    scope = scope_of(lake, metric, ask, policy, currency)
    unit = scope.minor if metric.unit == "money" else 1.0
    result, trend = _found(scope, metric, unit, trend=ask.trend)
    return Figure(
        name=metric.name,
        label=str(metric.label),
        unit=metric.unit,
        definition=policy.told(str(metric.definition)),
        source=metric.source,
        good=metric.good,
        value=result.value,
        n=result.n,
        enough=result.n >= metric.min_n,
        interval=result.interval,
        span=scope.span,
        partial=scope.span.end > scope.tomorrow,
        as_of=scope.as_of,
        data_until=lake.as_of,
        currency=currency if metric.unit == "money" else "",
        segment=ask.segment_text,
        refused=result.refused,
        trend=trend,
        target=target,
        more=result.more,
    )


def scope_of(lake: Lake, metric: Metric, ask: Ask, policy: Policy, currency: str) -> Scope:
    """Return what the metric may look at, with the period it uses when none is asked for."""
    end = ask.end or ask.as_of + timedelta(days=1)
    start = ask.start
    if start is None and ask.end is None and metric.last:
        start = end - timedelta(days=metric.last)
    if unknown := set(ask.only) - set(metric.by):
        raise NotSliced(f"{metric.name} is not told apart by {', '.join(sorted(unknown))}")
    return Scope(
        lake, ask.as_of, Span(start, end), policy, currency, ask.segment, ask.segment_text, ask.only, ask.seen,
        asker=ask.asker,
    )  # fmt: skip


def parts(lake: Lake, metric: Metric, ask: Ask, by: str, *, policy: Policy, currency: str) -> dict[Any, Outcome]:
    """Return the value of the metric for each agent, queue, channel or tag (`by`), by its id or name; None: without.

    Raises `NotSliced`.
    """
    return parts_of(scope_of(lake, metric, ask, policy, currency), metric, by)


def parts_of(scope: Scope, metric: Metric, by: str) -> dict[Any, Outcome]:
    """Return the parts of a metric over the period of a scope, as `parts` does."""
    if by not in metric.by or metric.kind == "model":
        raise NotSliced(f"{metric.name} is not told apart by {by}")
    facts = metric.facts(scope, [scope.span]) if metric.kind == "state" else within(metric.facts(scope), scope.span)
    column = facts[SLICES[by]]
    facts = facts.mutate(part=column.unnest() if by == "tag" else column)
    unit = scope.minor if metric.unit == "money" else 1.0
    rows = scope.lake.list(facts.group_by("part").aggregate(**aggregate.summary(facts, metric.how)))
    return {row["part"]: aggregate.outcome(row, metric.how, unit) for row in rows}


def rows_behind(lake: Lake, metric: Metric, ask: Ask, *, policy: Policy, currency: str) -> ir.Table:
    """Return the facts of the period: the rows behind the figure, with the ids of `metric.drill` and a value."""
    scope = scope_of(lake, metric, ask, policy, currency)
    if metric.kind == "state":
        return metric.facts(scope, [scope.span])
    facts = metric.facts(scope)
    return within(facts, scope.span)


def _found(scope: Scope, metric: Metric, unit: float, *, trend: bool) -> tuple[Outcome, tuple[Point, ...]]:
    if metric.kind == "model":
        result: Outcome = metric.facts(scope)
        return result, ()
    first = scope.first_day() if trend else None
    if metric.kind == "state":
        return _state(scope, metric, unit, windows(scope.span, first) if trend and metric.trend else [scope.span])
    facts = metric.facts(scope)
    if metric.heavy:
        facts = scope.lake.held(facts, (metric.name, scope.question, scope.span))
    result = aggregate.whole(scope.lake, within(facts, scope.span), metric, unit)
    if not trend:
        return result, ()
    return result, aggregate.by_step(scope.lake, facts, metric, unit, steps(scope.span, first), scope.as_of)


def _state(scope: Scope, metric: Metric, unit: float, spans: list[Span]) -> tuple[Outcome, tuple[Point, ...]]:
    """Return value and trend of a state from one query over all windows."""
    facts = metric.facts(scope, spans)
    grouped = facts.group_by("window").aggregate(**aggregate.summary(facts, metric.how))
    rows: dict[int, dict[str, Any]] = {row["window"]: row for row in scope.lake.list(grouped)}
    trend = aggregate.points(rows, metric, unit, spans, scope.as_of)
    whole = aggregate.outcome(rows.get(len(spans) - 1) or {"n": 0, "total": 0}, metric.how, unit)
    return whole, trend if len(trend) > 1 else ()


def within(facts: ir.Table, span: Span) -> ir.Table:
    """Return the facts of a flow that fall into the period."""
    inside = facts.on < span.end
    return facts.filter(inside & (facts.on >= span.start) if span.start else inside)
