"""How many customers there are, who came, who stayed and who left.

Source of retention, churn and the mistakes to avoid: CRR = (E - N) / S over a period; who joined and left inside it
appears in neither and is told apart as early loss; who had left before and came back is neither kept nor new.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.figures import Span
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

GROUP = "customers"
CUSTOMERS = ("customers.customer", "customer_id")
YEAR = 365


def activity(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Return a row per customer and window with what they did around it.

    Columns: customer_id, window; `at_start` and `at_end` say whether they were active then, `new` whether their first
    order lies in the window, `orders` how many orders do, `before` whether there were orders before it.
    """
    days = timedelta(days=scope.policy.active_days)
    purchases = scope.purchases.select("customer_id", "on")
    marks = {}
    for place, window in enumerate(windows):
        inside = purchases.on < window.end
        if window.start:
            inside &= purchases.on >= window.start
            marks[f"start_{place}"] = _bought(purchases, window.start - days, window.start)
        marks[f"end_{place}"] = _bought(purchases, window.end - days, window.end)
        marks[f"orders_{place}"] = inside.cast("int32").sum()
    each = purchases.group_by("customer_id").aggregate(first=purchases.on.min(), **marks)
    parts = [_of_window(each, place, window) for place, window in enumerate(windows)]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


def _bought(purchases: ir.Table, start: date, end: date) -> ir.BooleanValue:
    return ((purchases.on < end) & (purchases.on >= start)).any()


def _of_window(each: ir.Table, place: int, window: Span) -> ir.Table:
    orders = each[f"orders_{place}"]
    start = each[f"start_{place}"] if window.start else orders < 0
    return each.select(
        "customer_id",
        window=place,
        at_start=start,
        at_end=each[f"end_{place}"],
        orders=orders,
        new=(each.first < window.end) & ((each.first >= window.start) if window.start else True),
        before=(each.first < window.start) if window.start else orders < 0,
    )


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
    parts = [
        rows.filter(rows.since < window.end).select("customer_id", window=place, value=1)
        for place, window in enumerate(windows)
    ]
    return parts[0].union(*parts[1:]) if len(parts) > 1 else parts[0]


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
    rows = activity(scope, windows)
    return rows.filter(rows.orders > 0).select("customer_id", "window", value=1)


@metric(
    "new_customers",
    _("New customers"),
    definition=_("Customers whose first order lies in the period."),
    unit="count",
    how="count",
    drill=CUSTOMERS,
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
    rows = activity(scope, windows)
    return rows.filter(rows.at_start).select("customer_id", "window", value=rows.at_end.cast("int64"))


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
    rows = activity(scope, windows)
    return rows.filter(rows.at_start).select("customer_id", "window", value=(~rows.at_end).cast("int64"))


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
    rows = activity(scope, windows)
    return rows.filter(rows.new).select("customer_id", "window", value=(~rows.at_end).cast("int64"))


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
