"""How much data there is, counted by a rule each: what a person compares with the file they imported."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope, in_base

GROUP = "data"
ORDERS = ("commerce.order", "id")
CUSTOMERS = ("customers.customer", "id")


@metric(
    "documents",
    _("Documents"),
    definition=_("All orders, credit notes and adjustments by their date, with and without a customer."),
    unit="count",
    how="count",
    good="",
    drill=ORDERS,
    group=GROUP,
)
def documents(scope: Scope) -> ir.Table:
    """Facts: every document."""
    rows = scope.documents
    return rows.select("id", "customer_id", "on", value=1)


@metric(
    "cancellations",
    _("Cancellations"),
    definition=_("Credit notes, and orders that were cancelled."),
    unit="count",
    how="count",
    good="down",
    drill=ORDERS,
    group=GROUP,
)
def cancellations(scope: Scope) -> ir.Table:
    """Facts: every credit note and every cancelled order."""
    rows = scope.documents
    rows = rows.filter((rows.kind == "credit") | (rows.status == "cancelled"))
    return rows.select("id", "customer_id", "on", value=1)


@metric(
    "adjustments",
    _("Adjustments"),
    definition=_("Documents that correct the books and are neither sale nor credit note."),
    unit="count",
    how="count",
    good="",
    drill=ORDERS,
    group=GROUP,
)
def adjustments(scope: Scope) -> ir.Table:
    """Facts: every adjustment."""
    rows = scope.documents
    rows = rows.filter(rows.kind == "adjustment")
    return rows.select("id", "customer_id", "on", value=1)


@metric(
    "lines",
    _("Document lines"),
    definition=_("All lines of all documents by the document's date, duplicates and lines at no price included."),
    unit="count",
    how="sum",
    good="",
    drill=ORDERS,
    group=GROUP,
)
def lines(scope: Scope) -> ir.Table:
    """Facts: the number of lines of every document."""
    rows = scope.documents
    return rows.select("id", "customer_id", "on", value=rows.lines_count)


@metric(
    "cancellation_lines",
    _("Lines of cancellations"),
    definition=_("All lines of credit notes and cancelled orders."),
    unit="count",
    how="sum",
    good="",
    drill=ORDERS,
    group=GROUP,
)
def cancellation_lines(scope: Scope) -> ir.Table:
    """Facts: the number of lines of every credit note and cancelled order."""
    rows = scope.documents
    rows = rows.filter((rows.kind == "credit") | (rows.status == "cancelled"))
    return rows.select("id", "customer_id", "on", value=rows.lines_count)


@metric(
    "lines_without_customer",
    _("Lines without a customer"),
    definition=_("Lines of documents of which we do not know whose they are."),
    unit="count",
    how="sum",
    good="down",
    drill=ORDERS,
    group=GROUP,
)
def lines_without_customer(scope: Scope) -> ir.Table:
    """Facts: the number of lines of every document without a customer."""
    rows = scope.documents
    rows = rows.filter(rows.customer_id.isnull())
    return rows.select("id", "customer_id", "on", value=rows.lines_count)


def _sold_lines(scope: Scope) -> ir.Table:
    """Lines of known customers with quantity and price above 0, with the day and the customer of their order."""
    lines = scope.table("commerce_orderline")
    lines = lines.filter((lines.quantity > 0) & (lines.unit_price_minor > 0))
    lines = lines.select("order_id", "total_minor", line_id="id")
    orders = scope.known(scope.documents).select("id", "customer_id", "on", "rate", "net_minor", "net_base_minor")
    return lines.inner_join(orders, lines.order_id == orders.id)


@metric(
    "sold_lines",
    _("Lines sold to known customers"),
    definition=_("Lines with a quantity and a price above 0 in documents of known customers."),
    unit="count",
    how="count",
    good="up",
    drill=("commerce.order", "id"),
    group=GROUP,
)
def sold_lines(scope: Scope) -> ir.Table:
    """Facts: every line sold to a known customer."""
    return _sold_lines(scope).select("id", "customer_id", "on", value=1)


@metric(
    "sold_to_known",
    _("Sales to known customers"),
    definition=_(
        "Sum of the lines with a quantity and a price above 0 in documents of known customers, before credit notes; "
        "other currencies at the rate of the order's day."
    ),
    unit="money",
    how="sum",
    drill=("commerce.order", "id"),
    group=GROUP,
)
def sold_to_known(scope: Scope) -> ir.Table:
    """Facts: the total of every line sold to a known customer, in minor units."""
    rows = _sold_lines(scope)
    return rows.select("id", "customer_id", "on", value=in_base(rows.total_minor, rows))


@metric(
    "countries",
    _("Countries"),
    definition=_("Different countries that documents name."),
    unit="count",
    how="count",
    good="",
    drill=ORDERS,
    group=GROUP,
)
def countries(scope: Scope) -> ir.Table:
    """Facts: every country, on the day of its first document."""
    rows = scope.documents
    rows = rows.filter(rows.country != "")
    return rows.group_by("country").aggregate(on=rows.on.min(), id=rows.id.first()).mutate(value=1)
