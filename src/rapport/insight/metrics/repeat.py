"""Whether customers come back, and after how long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import ibis
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.customers import CUSTOMERS, orders_within
from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

GROUP = "loyalty"


@metric(
    "repeat_purchase_rate",
    _("Repeat purchase rate"),
    definition=_(
        "Of the customers with at least one order in the period, the share with two or more. Cancelled and fully "
        "refunded orders don't count; an order with several parcels counts once."
    ),
    unit="%",
    how="share",
    kind="state",
    drill=CUSTOMERS,
    group=GROUP,
)
def repeat_purchase_rate(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer with an order in a window; 1 when there are two or more."""
    rows = orders_within(scope, windows)
    return rows.select("customer_id", "window", value=(rows.orders >= 2).cast("int64"))


@metric(
    "repeat_buyers",
    _("Customers who bought again"),
    definition=_("Customers with two or more orders in the period."),
    unit="count",
    how="count",
    kind="state",
    drill=CUSTOMERS,
    group=GROUP,
)
def repeat_buyers(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer with two orders or more in a window."""
    rows = orders_within(scope, windows)
    return rows.filter(rows.orders >= 2).select("customer_id", "window", value=1)


@metric(
    "early_repeat_rate",
    _("Early repeat purchase"),
    definition=_(
        "Of the customers whose first order lies in the period and is at least %(repeat_days)s days old, the share who "
        "ordered again within these days. Younger ones are left out, not counted as lost."
    ),
    unit="%",
    how="share",
    drill=CUSTOMERS,
    heavy=True,
    group=GROUP,
)
def early_repeat_rate(scope: Scope) -> ir.Table:
    """Facts: every customer old enough, on the day of their first order; 1 when the second came in time."""
    days = scope.policy.repeat_days
    rows = scope.purchases.select("customer_id", "on", "placed_at", "id")
    firsts = ibis.window(group_by="customer_id", order_by=["placed_at", "id"])
    rows = rows.mutate(place=ibis.row_number().over(firsts), second=rows.on.lead().over(firsts))
    rows = rows.filter((rows.place == 0) & (rows.on <= scope.tomorrow - timedelta(days=days)))
    in_time = rows.second.delta(rows.on, unit="day") <= days
    return rows.select("customer_id", "on", value=in_time.fill_null(False).cast("int64"))


@metric(
    "days_between_orders",
    _("Days between orders"),
    definition=_(
        "Median days from one purchase day of a customer to the next, by the day of the later one; several orders on "
        "a day are one purchase. Beside it the 75th percentile."
    ),
    unit="days",
    how="median",
    good="down",
    drill=("customers.customer", "customer_id"),
    heavy=True,
    group=GROUP,
)
def days_between_orders(scope: Scope) -> ir.Table:
    """Facts: the days between two purchase days in a row, on the later one."""
    rows = scope.purchases.select("customer_id", "on").distinct()
    earlier = rows.on.lag().over(ibis.window(group_by="customer_id", order_by="on"))
    rows = rows.mutate(earlier=earlier)
    rows = rows.filter(rows.earlier.notnull())
    return rows.select("customer_id", "on", value=rows.on.delta(rows.earlier, unit="day"))
