"""From facts to values: sums, counts, shares, means, medians and net promoter scores, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import ibis
import numpy as np
from ibis.expr import types as ir

from rapport.insight.lake.reader import Lake
from rapport.insight.maths import intervals
from rapport.insight.metrics.figures import Interval, Outcome, Point, Span
from rapport.insight.metrics.registry import How, Metric

PERCENT = 100.0
PLACES = (50, 75, 90)
"""Percentiles that are told of a median."""


def summary(facts: ir.Table, how: How) -> dict[str, ir.Value]:
    """Return the aggregates that a value is made of; `value` is a number, for shares 0 or 1, for NPS 0 to 10."""
    value = facts.value.cast("float64")
    if how == "count":
        return {"n": facts.count(), "total": facts.count()}
    if how == "nps":
        return {
            "n": facts.count(),
            "promoters": (value >= 9).sum(),
            "detractors": (value <= 6).sum(),
        }
    if how == "median":
        places: dict[str, ir.Value] = {f"p{at}": value.quantile(at / 100) for at in PLACES}
        return {"n": facts.count()} | places
    found = {"n": facts.count(), "total": value.sum()}
    return found | {"deviation": value.std(how="sample")} if how == "mean" else found


def outcome(row: dict[str, Any], how: How, unit: float) -> Outcome:
    """Return what a row of `summary` comes to; `unit` divides money."""
    n = int(row["n"] or 0)
    if how in ("sum", "count"):
        return Outcome((row["total"] or 0) / unit, n)
    if n == 0:
        return Outcome(None, 0)
    if how == "share":
        hits = float(row["total"])
        return Outcome(PERCENT * hits / n, n, _interval(intervals.wilson(hits, n), PERCENT))
    if how == "nps":
        promoters, detractors = float(row["promoters"]), float(row["detractors"])
        score = PERCENT * (promoters - detractors) / n + 0.0
        more = {"promoters": int(promoters), "detractors": int(detractors)}
        return Outcome(score, n, _interval(intervals.nps_adjusted_wald(promoters, detractors, n), 1), more=more)
    if how == "median":
        places = {f"p{at}": row[f"p{at}"] / unit for at in PLACES}
        return Outcome(places.pop("p50"), n, more=places)
    mean, deviation = row["total"] / n, row["deviation"] or 0.0
    return Outcome(mean / unit, n, _interval(intervals.mean_t_from(mean, deviation, n), 1 / unit))


def whole(lake: Lake, facts: ir.Table, metric: Metric, unit: float) -> Outcome:
    """Return the value over all of `facts`."""
    found = lake.one(facts.aggregate(**summary(facts, metric.how)))
    result = outcome(found, metric.how, unit)
    if metric.how == "median" and result.n:
        values = np.sort(lake.arrow(facts.select(value=facts.value.cast("float64"))).column("value").to_numpy())
        interval = _interval(intervals.median_interval(values), 1 / unit)
        return Outcome(result.value, result.n, interval, more=result.more)
    return result


def by_step(
    lake: Lake, facts: ir.Table, metric: Metric, unit: float, steps: Sequence[Span], as_of: date
) -> tuple[Point, ...]:
    """Return the trend of a flow: its facts fall into the step of their day."""
    if not steps or steps[0].start is None:
        return ()
    placed = facts.filter((facts.on >= steps[0].start) & (facts.on < steps[-1].end)).mutate(step=_step(facts.on, steps))
    rows = lake.list(placed.group_by("step").aggregate(**summary(placed, metric.how)))
    return points({row["step"]: row for row in rows}, metric, unit, steps, as_of)


def points(
    rows: dict[int, dict[str, Any]], metric: Metric, unit: float, steps: Sequence[Span], as_of: date
) -> tuple[Point, ...]:
    """Return a point per step from the rows by their place; a step without facts counts 0 or has no value."""
    found = []
    for place, step in enumerate(steps):
        row = rows.get(place)
        result = outcome(row or {"n": 0, "total": 0}, metric.how, unit)
        found.append(Point(step, result.value, result.n, step.end > as_of.fromordinal(as_of.toordinal() + 1)))
    return tuple(found)


def _step(on: ir.DateValue, steps: Sequence[Span]) -> ir.IntegerValue:
    """Return the place of the step a day falls into."""
    first = steps[0].start
    assert first
    if first.day == 1 and all(step.start and step.start.day == 1 for step in steps):
        months = (on.year() - first.year) * 12 + on.month() - first.month
        return months if len(steps) < 2 or _monthly(steps) else _searched(on, steps)
    return _searched(on, steps)


def _monthly(steps: Sequence[Span]) -> bool:
    return all(step.start and (step.end - step.start).days <= 31 for step in steps)


def _searched(on: ir.DateValue, steps: Sequence[Span]) -> ir.IntegerValue:
    places = [(on >= step.start).cast("int64") for step in steps[1:] if step.start]
    return sum(places, ibis.literal(0))


def _interval(found: intervals.Interval | None, factor: float) -> Interval | None:
    if found is None:
        return None
    return Interval(found.low * factor, found.high * factor, found.level)
