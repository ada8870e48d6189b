"""Whether we did what we said."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

GROUP = "promises"
PROMISES = ("promises.promise", "id")


@metric(
    "kept_promises",
    _("Kept promises"),
    definition=_(
        "Of the promises due in the period, the share kept in time: kept / (kept + late + broken). Open ones that are "
        "overdue count as late, released ones don't count. A promise for a day has until the end of that day where the "
        "customer lives."
    ),
    unit="%",
    how="share",
    drill=PROMISES,
    group=GROUP,
)
def kept_promises(scope: Scope) -> ir.Table:
    """Facts: every promise that fell due, on the day it was due; 1 when kept."""
    rows = due(scope)
    return rows.select("id", "customer_id", "on", value=(rows.outcome == "kept").cast("int64"))


@metric(
    "broken_promises",
    _("Late or broken promises"),
    definition=_("Promises due in the period that were late or broken, open overdue ones included."),
    unit="count",
    how="count",
    good="down",
    drill=PROMISES,
    group=GROUP,
)
def broken_promises(scope: Scope) -> ir.Table:
    """Facts: every promise that was late or broken, on the day it was due."""
    rows = due(scope)
    return rows.filter(rows.outcome != "kept").select("id", "customer_id", "on", value=1)


def due(scope: Scope) -> ir.Table:
    """Return the promises that fell due up to the day, with `on` and their outcome as it was known then."""
    rows = scope.table("promises_promise")
    rows = rows.filter((rows.due_day < scope.tomorrow) & (rows.outcome != "released"))
    late = (rows.outcome == "") | (rows.fulfilled_on >= scope.tomorrow).fill_null(False)
    outcome = (late & (rows.outcome != "broken")).ifelse("late", rows.outcome)
    if scope.segment is not None:
        rows = scope.of_segment(rows)
    return rows.mutate(on=rows.due_day, outcome=outcome)


@metric(
    "on_time_delivery",
    _("On-time delivery"),
    definition=_(
        "Of the orders delivered in the period that had a promised day, the share delivered on that day or before, by "
        "calendar day in the organisation's zone."
    ),
    unit="%",
    how="share",
    drill=("commerce.order", "id"),
    group=GROUP,
)
def on_time_delivery(scope: Scope) -> ir.Table:
    """Facts: every delivered order with a promised day, on the day of delivery; 1 when in time."""
    rows = scope.of_segment(scope.table("commerce_order"))
    rows = rows.filter(
        (rows.kind == "sale")
        & (rows.status != "cancelled")
        & rows.promised_on.notnull()
        & (rows.delivered_on < scope.tomorrow)
    )
    in_time = rows.delivered_on <= rows.promised_on
    return rows.select("id", "customer_id", on=rows.delivered_on, value=in_time.cast("int64"))


@metric(
    "delivery_days",
    _("Days to delivery"),
    definition=_(
        "Median days from order to delivery, of the orders delivered in the period; beside it the 75th percentile."
    ),
    unit="days",
    how="median",
    good="down",
    drill=("commerce.order", "id"),
    group=GROUP,
)
def delivery_days(scope: Scope) -> ir.Table:
    """Facts: the days from order to delivery of every delivered order, on the day of delivery."""
    rows = scope.of_segment(scope.table("commerce_order"))
    rows = rows.filter((rows.kind == "sale") & (rows.delivered_on < scope.tomorrow))
    days = rows.delivered_on.delta(rows.placed_on, unit="day")
    return rows.select("id", "customer_id", on=rows.delivered_on, value=days)
