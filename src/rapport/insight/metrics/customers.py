"""How many customers there are, who came, who stayed and who left.

Source of retention, churn and the mistakes to avoid: CRR = (E - N) / S over a period; who joined and left inside it
appears in neither and is told apart as early loss; who had left before and came back is neither kept nor new.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import ibis
import numpy as np
import pyarrow as pa
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

GROUP = "customers"
CUSTOMERS = ("customers.customer", "customer_id")
YEAR = 365
EPOCH = 719_163
"""Ordinal of 1970-01-01."""


def activity(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Return a row per customer who bought and window: customer_id, window, at_start, at_end, new, before.

    at_start and at_end say whether they were active then, `new` whether their first order lies in the window, `before`
    whether there were orders before it. One pass over the orders: whether a customer was active at each of the
    moments is a bit of a number, looked up by the day of the order.
    """
    moments = sorted({moment for window in windows for moment in (window.start, window.end) if moment})
    each = scope.lake.held(_bits(scope, moments), ("activity", scope.question, tuple(moments)))
    return in_each(windows, lambda place, window: _of_window(each, place, window, moments))


def in_each(windows: Sequence[Span], rows: Callable[[int, Span], ir.Table]) -> ir.Table:
    """Return the rows of all windows together: those of each by its place and its span."""
    parts = [rows(place, window) for place, window in enumerate(windows)]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


def _bits(scope: Scope, moments: Sequence[date]) -> ir.Table:
    """Return per customer: first (day), and active, with bit i set when they were active at the i-th moment."""
    first, last = moments[0] - timedelta(days=scope.policy.active_days), moments[-1]
    days = np.arange(first.toordinal(), last.toordinal())
    bits = np.zeros(days.size, np.int64)
    for place, moment in enumerate(moments):
        until = moment.toordinal()
        bits |= ((days < until) & (days >= until - scope.policy.active_days)).astype(np.int64) << place
    table = pa.table({"day": pa.array((days - EPOCH).astype(np.int32)).view(pa.date32()), "bits": bits})
    lookup = scope.lake.hold(table, ("active days", scope.policy.active_days, tuple(moments)))
    purchases = scope.purchases.select("customer_id", "on")
    joined = purchases.left_join(lookup, purchases.on == lookup.day)
    return joined.group_by("customer_id").aggregate(first=joined.on.min(), active=joined.bits.bit_or().fill_null(0))


def _of_window(each: ir.Table, place: int, window: Span, moments: Sequence[date]) -> ir.Table:
    def active(moment: date | None) -> ir.BooleanValue:
        if moment is None:
            return ibis.literal(False)
        return ((each.active >> moments.index(moment)) & 1) == 1

    started = (each["first"] < window.start) if window.start else ibis.literal(False)
    return each.select(
        "customer_id",
        window=place,
        at_start=active(window.start),
        at_end=active(window.end),
        new=(each["first"] < window.end) & ~started,
        before=started,
    )


def orders_within(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Return a row per customer and window with how many orders they placed in it: customer_id, window, orders."""
    purchases = scope.purchases.select("customer_id", "on")
    counts = {}
    for place, window in enumerate(windows):
        inside = purchases.on < window.end
        if window.start:
            inside &= purchases.on >= window.start
        counts[f"orders_{place}"] = inside.cast("int32").sum()
    counted = purchases.group_by("customer_id").aggregate(**counts)
    each = scope.lake.held(counted, ("orders within", scope.question, tuple(windows)))

    def of(place: int, _window: Span) -> ir.Table:
        orders = each[f"orders_{place}"]
        return each.filter(orders > 0).select("customer_id", window=place, orders=orders)

    return in_each(windows, of)


@metric(
    "customers",
    _("Customer base"),
    definition=_("Customers known by the end of the period, people and companies, those in the trash left out."),
    unit="count",
    how="count",
    kind="state",
    drill=CUSTOMERS,
    group=GROUP,
)
def customers(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer known by the end of a window."""
    rows = scope.live_customers.select(customer_id="id", since="since_on")

    def of(place: int, window: Span) -> ir.Table:
        return rows.filter(rows.since < window.end).select("customer_id", window=place, value=1)

    return in_each(windows, of)


@metric(
    "buyers",
    _("Customers who bought"),
    definition=_("Customers with at least one order in the period."),
    unit="count",
    how="count",
    kind="state",
    drill=CUSTOMERS,
    group=GROUP,
)
def buyers(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer with an order in a window."""
    return orders_within(scope, windows).select("customer_id", "window", value=1)


@metric(
    "new_customers",
    _("New customers"),
    definition=_("Customers whose first order lies in the period."),
    unit="count",
    how="count",
    drill=CUSTOMERS,
    heavy=True,
    group=GROUP,
)
def new_customers(scope: Scope) -> ir.Table:
    """Facts: every customer, on the day of their first order."""
    rows = scope.purchases
    return rows.group_by("customer_id").aggregate(on=rows.on.min()).mutate(value=1)


@metric(
    "active_customers",
    _("Active customers"),
    definition=_("Customers with at least one order in the %(active_days)s days before the end of the period."),
    unit="count",
    how="count",
    kind="state",
    drill=CUSTOMERS,
    group=GROUP,
)
def active_customers(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer active at the end of a window."""
    rows = activity(scope, windows)
    return rows.filter(rows.at_end).select("customer_id", "window", value=1)


@metric(
    "retention",
    _("Retention rate"),
    definition=_(
        "Of the customers active at the start of the period, the share still active at its end. Active: at least one "
        "order in the %(active_days)s days before. New and reactivated customers don't count."
    ),
    source="CRR = (E - N) / S",
    unit="%",
    how="share",
    kind="state",
    last=YEAR,
    drill=CUSTOMERS,
    group=GROUP,
)
def retention(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer active at the start of a window; 1 when still active at its end."""
    return _at_the_end(scope, windows, "at_start", active=True)


def _at_the_end(scope: Scope, windows: Sequence[Span], among: str, *, active: bool) -> ir.Table:
    """Return who is `among` the customers of a window (at_start, new); 1 when active at its end, or not `active`."""
    rows = activity(scope, windows)
    value = rows.at_end if active else ~rows.at_end
    return rows.filter(rows[among]).select("customer_id", "window", value=value.cast("int64"))


@metric(
    "churn",
    _("Churn rate"),
    definition=_(
        "Of the customers active at the start of the period, the share no longer active at its end. Active: at least "
        "one order in the %(active_days)s days before."
    ),
    unit="%",
    how="share",
    kind="state",
    good="down",
    last=YEAR,
    drill=CUSTOMERS,
    group=GROUP,
)
def churn(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer active at the start of a window; 1 when no longer active at its end."""
    return _at_the_end(scope, windows, "at_start", active=False)


@metric(
    "early_loss",
    _("Early loss"),
    definition=_(
        "Of the customers whose first order lies in the period, the share no longer active at its end: they joined "
        "and left inside it, which retention does not see. Shorter periods than the active days have none."
    ),
    unit="%",
    how="share",
    kind="state",
    good="down",
    last=YEAR,
    drill=CUSTOMERS,
    group=GROUP,
)
def early_loss(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer new in a window; 1 when no longer active at its end."""
    return _at_the_end(scope, windows, "new", active=False)


@metric(
    "reactivated",
    _("Reactivated customers"),
    definition=_("Customers with orders before the period who were not active at its start and are at its end."),
    unit="count",
    how="count",
    kind="state",
    last=YEAR,
    drill=CUSTOMERS,
    group=GROUP,
)
def reactivated(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer who came back in a window."""
    rows = activity(scope, windows)
    back = rows.before & ~rows.at_start & rows.at_end
    return rows.filter(back).select("customer_id", "window", value=1)
