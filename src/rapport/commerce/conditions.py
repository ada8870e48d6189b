"""What conditions can ask of orders, their lines and products, and of customers about what they bought."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order
from rapport.commerce.permissions import VIEW
from rapport.customers.conditions import countries
from rapport.kernel.conditions import Field, News, Relation, Type, register

BUYING = _("Buying")
MONEY = _("Money")
DATES = _("Dates")

register(
    "order",
    model="commerce.Order",
    label=_("Order"),
    custom="custom",
    news=News(there="subject_id"),
    fields=[
        Field("number", _("Number"), Type.TEXT),
        Field("status", _("Status"), Type.CHOICE, choices=Order.Status.choices),
        Field("kind", _("Kind"), Type.CHOICE, choices=Order.Kind.choices),
        Field("placed", _("Placed"), Type.DATETIME, orm="placed_at", group=DATES),
        Field("paid", _("Paid"), Type.DATETIME, orm="paid_at", group=DATES),
        Field("shipped", _("Shipped"), Type.DATETIME, orm="shipped_at", group=DATES),
        Field("delivered", _("Delivered"), Type.DATETIME, orm="delivered_at", group=DATES),
        Field("cancelled", _("Cancelled"), Type.DATETIME, orm="cancelled_at", group=DATES),
        Field("promised", _("Promised for"), Type.DATE, orm="promised_on", group=DATES),
        Field("net", _("Net"), Type.MONEY, orm="net_minor", currency="currency", group=MONEY),
        Field("gross", _("Gross"), Type.MONEY, orm="gross_minor", currency="currency", group=MONEY),
        Field("value", _("Net in our currency"), Type.MONEY, orm="net_base_minor", group=MONEY),
        Field("refunded", _("Refunded"), Type.MONEY, orm="refunded_minor", currency="currency", group=MONEY),
        Field("currency", _("Currency"), Type.TEXT, group=MONEY),
        Field("country", _("Country"), Type.CHOICE, choices=countries),
        Field("channel", _("Channel"), Type.TEXT),
        Field("shop", _("Shop"), Type.TEXT, orm="namespace"),
        Field("note", _("Note"), Type.TEXT),
    ],
    relations=[
        Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False),
        Relation("lines", _("Lines"), "order_line", there="order_id", attr="lines"),
    ],
)
register(
    "order_line",
    model="commerce.OrderLine",
    label=_("Line of an order"),
    fields=[
        Field("sku", _("Product number"), Type.TEXT),
        Field("name", _("Name"), Type.TEXT),
        Field("quantity", _("Quantity"), Type.NUMBER),
    ],
    relations=[
        Relation("order", _("Order"), "order", here="order_id", attr="order", many=False),
        Relation("product", _("Product"), "product", here="product_id", attr="product", many=False),
    ],
)
register(
    "product",
    model="commerce.Product",
    label=_("Product"),
    custom="custom",
    fields=[
        Field("sku", _("Number"), Type.TEXT),
        Field("name", _("Name"), Type.TEXT),
        Field("category", _("Category"), Type.TEXT),
        Field("price", _("Price"), Type.MONEY, orm="price_minor", currency="currency"),
        Field("archived", _("Archived"), Type.DATETIME, orm="archived_at"),
    ],
)
register(
    "totals",
    model="commerce.CustomerTotals",
    label=_("Totals of a customer"),
    fields=[
        Field("orders", _("Orders"), Type.NUMBER, whole=True, help=_("Sales that were not cancelled.")),
        Field("value", _("Value to date"), Type.MONEY, orm="net_minor", help=_("Net of credit notes and refunds.")),
        Field("first", _("First order"), Type.DATETIME, orm="first_at"),
        Field("last", _("Last order"), Type.DATETIME, orm="last_at"),
    ],
    relations=[Relation("customer", _("Customer"), "customer", here="customer_id", attr="customer", many=False)],
)
register(
    "customer",
    relations=[
        Relation("totals", _("Bought"), "totals", there="customer_id", attr="totals", many=False, group=BUYING,
                 right=VIEW),
        Relation("orders", _("Orders"), "order", there="customer_id", attr="orders", group=BUYING, right=VIEW),
    ],
)  # fmt: skip
