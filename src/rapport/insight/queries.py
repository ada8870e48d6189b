"""Questions to insight: figures, dashboards, and what was worked out about a customer.

The engine of the lake takes memory and half a second to load, so what needs it is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from rapport.commerce.models import Order
from rapport.insight.metrics.seen import seen
from rapport.insight.models import BackTest, Score, Target
from rapport.insight.permissions import VIEW
from rapport.insight.policy import Policy
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.team.models import Organisation
from rapport.team.queries import organisation

if TYPE_CHECKING:
    from rapport.insight.lake.reader import Lake
    from rapport.insight.metrics.figures import Figure, Outcome
    from rapport.insight.metrics.registry import Metric
    from rapport.insight.metrics.run import Ask


def metrics() -> list[Metric]:
    """Return all metrics, sorted by group, with the rules as they come in their definitions; asks no database."""
    from rapport.insight.metrics import run

    told = Policy().told
    found = [replace(one, definition=told(str(one.definition))) for one in run.METRICS.values()]
    return sorted(found, key=lambda one: run.GROUPS.index(one.group))


def figures(
    names: Sequence[str] = (),
    *,
    as_of: date | None = None,
    start: date | None = None,
    end: date | None = None,
    segment: str = "",
    only: Mapping[str, str] | None = None,
    trend: bool = True,
    actor: Actor = SYSTEM,
) -> list[Figure]:
    """Return the figures of the metrics named (none: all), for the days from `start` up to but not including `end`.

    as_of: the last day that counts (none: today, see `day_of`); segment: a condition on customers in its text form;
    only: a slice of service, as in `Scope`. Raises `UnknownMetric`, `NotSliced`, `ConditionError` for the segment,
    `NoLake` before the first refresh, `Forbidden`.
    """
    from rapport.insight.lake import reader
    from rapport.insight.metrics import run

    actor.require(VIEW)
    firm, lake = organisation(), reader.open()
    targets = dict(Target.objects.values_list("metric", "value"))
    asks: dict[date, Ask] = {}
    found = []
    for metric in map(run.named, names or run.METRICS):
        day = as_of or day_of(metric, firm)
        if day not in asks:
            asks[day] = _ask(lake, firm, as_of, day, start, end, segment, only, trend=trend, actor=actor)
        rules, target = Policy.of(firm.policy), targets.get(metric.name)
        found.append(run.figure(lake, metric, asks[day], policy=rules, currency=firm.currency, target=target))
    return found


def parts(
    name: str,
    by: str,
    *,
    as_of: date | None = None,
    start: date | None = None,
    end: date | None = None,
    segment: str = "",
    only: Mapping[str, str] | None = None,
    actor: Actor = SYSTEM,
) -> dict[Any, Outcome]:
    """Return a metric for each agent, queue, channel or tag, by its id or name (None: without).

    Raises as `figures` does, and `NotSliced` when the metric is not told apart by `by`.
    """
    from rapport.insight.lake import reader
    from rapport.insight.metrics import run

    actor.require(VIEW)
    firm, lake, metric = organisation(), reader.open(), run.named(name)
    day = as_of or day_of(metric, firm)
    ask = _ask(lake, firm, as_of, day, start, end, segment, only, trend=False, actor=actor)
    return run.parts(lake, metric, ask, by, policy=Policy.of(firm.policy), currency=firm.currency)


def figure(name: str, *, actor: Actor = SYSTEM, segment: str = "", as_of: date | None = None) -> Figure:
    """Return one figure with its trend; raises as `figures` does."""
    return figures([name], as_of=as_of, segment=segment, actor=actor)[0]


def rows_behind(
    name: str,
    *,
    as_of: date | None = None,
    start: date | None = None,
    end: date | None = None,
    segment: str = "",
    only: Mapping[str, str] | None = None,
    limit: int = 1000,
    actor: Actor = SYSTEM,
) -> tuple[str, list[UUID]]:
    """Return the noun ("commerce.order") of the rows behind a figure and the ids of up to `limit` of them."""
    from rapport.insight.lake import reader
    from rapport.insight.metrics import run

    actor.require(VIEW)
    firm, lake, metric = organisation(), reader.open(), run.named(name)
    noun, column = metric.drill
    if not noun or metric.kind == "model":
        return noun, []
    day = as_of or day_of(metric, firm)
    ask = _ask(lake, firm, as_of, day, start, end, segment, only, trend=False, actor=actor)
    rows = run.rows_behind(lake, metric, ask, policy=Policy.of(firm.policy), currency=firm.currency)
    if "value" in rows.columns and metric.how == "share":
        rows = rows.filter(rows.value == (1 if metric.good == "down" else 0)) if metric.good else rows
    ids = lake.arrow(rows.select(key=rows[column]).distinct().limit(limit)).column("key").to_pylist()
    return noun, ids


def present_day(firm: Organisation | None = None) -> date:
    """Return the day from which numbers are seen: today; while all orders are sample data, the day of the last one."""
    firm = firm or organisation()
    today = clock.today(firm.zone)
    if firm.sample_since is None or Order.objects.filter(sample=False).exists():
        return today
    last = Order.objects.order_by("-placed_at").values_list("placed_at", flat=True).first()
    return min(today, last.astimezone(ZoneInfo(firm.zone)).date()) if last else today


def day_of(metric: Metric, firm: Organisation | None = None) -> date:
    """Return the day from which a metric is seen when none is asked for: today for those of service, else as above."""
    firm = firm or organisation()
    return clock.today(firm.zone) if metric.live else present_day(firm)


def lake_as_of() -> datetime | None:
    """Return the moment as of which the lake is true; None before the first refresh. Loads no engine."""
    from rapport.insight.lake import manifest

    return manifest.current(settings.HOME.lake)[1]


def _ask(
    lake: Lake,
    firm: Organisation,
    as_of: date | None,
    day: date,
    start: date | None,
    end: date | None,
    segment: str,
    only: Mapping[str, str] | None,
    *,
    trend: bool,
    actor: Actor,
) -> Ask:
    from rapport.insight.metrics.run import Ask
    from rapport.insight.segments import members

    if end is not None and as_of is None:
        day = min(day, end - timedelta(days=1))
    chosen = members(lake, segment, day, currency=firm.currency, actor=actor) if segment else None
    return Ask(day, start, end, chosen, segment, trend, dict(only or {}), seen(actor), actor.user_id)


def scores(actor: Actor = SYSTEM) -> QuerySet[Score]:
    """Return the scores within reach of customers that are not in the trash. Raises `Forbidden`."""
    actor.require(VIEW)
    return Score.objects.visible_to(actor).filter(customer__deleted_at__isnull=True)


def slipping(actor: Actor = SYSTEM) -> QuerySet[Score]:
    """Return the scores of customers overdue by their own habit, those first who bring most in a year."""
    rows = scores(actor).filter(at_risk_minor__gt=0).select_related("customer")
    return rows.order_by("-at_risk_minor", "customer")


def back_tests(actor: Actor = SYSTEM) -> QuerySet[BackTest]:
    """Return how well the index foretold what happened: buying again, staying away, low reviews."""
    actor.require(VIEW)
    return BackTest.objects.order_by("outcome")
