"""Money that came in, and the orders that brought it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope, in_base

GROUP = "revenue"
ORDERS = ("commerce.order", "id")


@metric(
    "revenue",
    _("Net revenue"),
    definition=_(
        "Sales less discounts, tax and shipping, less credit notes and adjustments, less refunds at the day they were "
        "paid; cancelled orders don't count. Other currencies at the rate of the order's day."
    ),
    unit="money",
    how="sum",
    drill=ORDERS,
    group=GROUP,
)
def revenue(scope: Scope) -> ir.Table:
    """Facts: the net of every document that was not cancelled, and every refund as a negative amount."""
    rows = scope.documents
    rows = rows.filter(rows.status != "cancelled")
    booked = rows.select("id", "customer_id", "on", value=rows.net_base_minor)
    paid_back = _refunds(scope)
    return booked.union(paid_back.mutate(value=-paid_back.value)) if scope.lake.rows("commerce_refund") else booked


@metric(
    "gross_revenue",
    _("Gross revenue"),
    definition=_("Sales with tax and shipping, before credit notes and refunds; cancelled orders don't count."),
    unit="money",
    how="sum",
    drill=ORDERS,
    group=GROUP,
)
def gross_revenue(scope: Scope) -> ir.Table:
    """Facts: the gross of every sale that was not cancelled."""
    rows = scope.documents
    rows = rows.filter((rows.kind == "sale") & (rows.status != "cancelled"))
    return rows.select("id", "customer_id", "on", value=in_base(rows.gross_minor, rows))


@metric(
    "credited",
    _("Credited and refunded"),
    definition=_("Credit notes by their date and refunds at the day they were paid, as a positive amount."),
    unit="money",
    how="sum",
    good="down",
    drill=ORDERS,
    group=GROUP,
)
def credited(scope: Scope) -> ir.Table:
    """Facts: every credit note and every refund."""
    rows = scope.documents
    notes = rows.filter((rows.kind == "credit") & (rows.status != "cancelled"))
    return notes.select("id", "customer_id", "on", value=-notes.net_base_minor).union(_refunds(scope))


def _refunds(scope: Scope) -> ir.Table:
    refunds = scope.table("commerce_refund")
    refunds = refunds.filter(refunds.refunded_on < scope.tomorrow)
    orders = scope.of_segment(scope.table("commerce_order").select("id", "customer_id"))
    joined = refunds.select("order_id", "amount_base_minor", "refunded_on").inner_join(
        orders, refunds.order_id == orders.id
    )
    return joined.select("id", "customer_id", on=joined.refunded_on, value=joined.amount_base_minor)


@metric(
    "orders",
    _("Orders"),
    definition=_(
        "Sales with at least one line sold at a price, not cancelled and not refunded in full, with or without a "
        "known customer."
    ),
    unit="count",
    how="count",
    drill=ORDERS,
    group=GROUP,
)
def orders(scope: Scope) -> ir.Table:
    """Facts: every order that counts as bought."""
    return scope.sales.select("id", "customer_id", "on", value=1)


@metric(
    "orders_of_customers",
    _("Orders of known customers"),
    definition=_("Orders, as above, of which we know whose they are."),
    unit="count",
    how="count",
    drill=ORDERS,
    group=GROUP,
)
def orders_of_customers(scope: Scope) -> ir.Table:
    """Facts: every order of a known customer that counts as bought."""
    return scope.purchases.select("id", "customer_id", "on", value=1)


@metric(
    "average_order_value",
    _("Average order value"),
    definition=_("Mean net of the orders that count as bought, after refunds, by the order's date."),
    unit="money",
    how="mean",
    drill=ORDERS,
    group=GROUP,
)
def average_order_value(scope: Scope) -> ir.Table:
    """Facts: the net of every order that counts as bought, in minor units."""
    rows = scope.sales
    return rows.select("id", "customer_id", "on", value=rows.net_base_minor - rows.refunded_base_minor)
