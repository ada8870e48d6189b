"""Questions to insight: figures, dashboards, and what was worked out about a customer.

The engine of the lake takes memory and half a second to load, so what needs it is imported when it is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from rapport.insight.models import Target
from rapport.insight.permissions import VIEW
from rapport.insight.policy import Policy
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.team.models import Organisation
from rapport.team.queries import organisation

if TYPE_CHECKING:
    from rapport.insight.lake.reader import Lake
    from rapport.insight.metrics.figures import Figure
    from rapport.insight.metrics.registry import Metric
    from rapport.insight.metrics.run import Ask


def metrics() -> list[Metric]:
    """Return all metrics in the order of their registration."""
    from rapport.insight.metrics import run

    return list(run.METRICS.values())


def figures(
    names: Sequence[str] = (),
    *,
    as_of: date | None = None,
    start: date | None = None,
    end: date | None = None,
    segment: str = "",
    trend: bool = True,
    actor: Actor = SYSTEM,
) -> list[Figure]:
    """Return the figures of the metrics named (none: all), for the days from `start` up to but not including `end`.

    as_of: the last day that counts (none: today, see `present_day`); segment: a condition on customers in its text
    form. Raises `UnknownMetric`, `ConditionError` for the segment, `NoLake` before the first refresh, `Forbidden`.
    """
    from rapport.insight.lake import reader
    from rapport.insight.metrics import run

    actor.require(VIEW)
    firm, lake = organisation(), reader.open()
    ask = _ask(lake, firm, as_of, start, end, segment, trend=trend, actor=actor)
    targets = dict(Target.objects.values_list("metric", "value"))
    return run.figures(
        lake,
        names or list(run.METRICS),
        ask,
        policy=Policy.of(firm.policy),
        currency=firm.currency,
        targets=targets,
    )


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
    ask = _ask(lake, firm, as_of, start, end, segment, trend=False, actor=actor)
    rows = run.rows_behind(lake, metric, ask, policy=Policy.of(firm.policy), currency=firm.currency)
    if "value" in rows.columns and metric.how == "share":
        rows = rows.filter(rows.value == (1 if metric.good == "down" else 0)) if metric.good else rows
    ids = lake.arrow(rows.select(key=rows[column]).distinct().limit(limit)).column("key").to_pylist()
    return noun, ids


def present_day(firm: Organisation | None = None) -> date:
    """Return the day from which numbers are seen: today; with sample data alone, the last day of the sample.

    Raises `NoLake` before the first refresh.
    """
    from rapport.insight.lake import reader

    return _present_day(reader.open(), firm or organisation())


def lake_as_of() -> datetime | None:
    """Return the moment as of which the lake is true; None before the first refresh. Loads no engine."""
    from django.conf import settings

    from rapport.insight.lake import manifest

    return manifest.current(settings.HOME.lake)[1]


def _ask(
    lake: Lake,
    firm: Organisation,
    as_of: date | None,
    start: date | None,
    end: date | None,
    segment: str,
    *,
    trend: bool,
    actor: Actor,
) -> Ask:
    from rapport.insight.metrics.run import Ask
    from rapport.insight.segments import members

    day = as_of or _present_day(lake, firm)
    if end is not None and as_of is None:
        day = min(day, end - timedelta(days=1))
    chosen = members(lake, segment, day, currency=firm.currency, actor=actor) if segment else None
    return Ask(day, start, end, chosen, segment, trend)


def _present_day(lake: Lake, firm: Organisation) -> date:
    today = clock.today(firm.zone)
    if firm.sample_since is None:
        return today
    found: date | None = lake.keep("last day of the sample", lambda: _last_day_of_sample(lake))
    return min(found, today) if found else today


def _last_day_of_sample(lake: Lake) -> date | None:
    """Return the day of the last order when all orders are sample data."""
    orders = lake.table("commerce_order")
    found = lake.one(orders.aggregate(last=orders.placed_on.max(), sample=orders.sample.all()))
    last: date | None = found["last"] if found["sample"] else None
    return last
