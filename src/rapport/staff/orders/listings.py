"""How orders are listed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from rapport.commerce.models import Order
from rapport.commerce.permissions import CHANGE, VIEW
from rapport.customers import searching
from rapport.customers.models import Customer
from rapport.customers.permissions import EXPORT
from rapport.kernel import search as kernel_search
from rapport.kernel.actors import Actor
from rapport.kernel.clock import today
from rapport.kernel.money import Money
from rapport.staff.addresses import address
from rapport.staff.listing.nouns import Action, Column, Empty, Listing, Look, Preset, Rows, Sort, listed
from rapport.staff.orders import verbs
from rapport.ui import formats
from rapport.ui.components import leaves

NOTHING = leaves.EMPTY
TONES = {Order.Status.DELIVERED: "good", Order.Status.CANCELLED: "bad", Order.Status.SHIPPED: "accent"}
OPEN = (Order.Status.PLACED, Order.Status.PAID, Order.Status.SHIPPED)
MOST_BUYERS = 2_000


def rows(actor: Actor) -> Rows:
    """Return the orders within reach."""
    return Order.objects.visible_to(actor)


def load(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Order]:
    """Return the orders of `ids` in that order, with their customers."""
    fields = ("customer__name", "customer__number", "customer__kind")
    found = Order.objects.filter(pk__in=ids).select_related("customer")
    by_id = found.only(*(one.attname for one in Order._meta.concrete_fields if one.name != "note"), *fields).in_bulk()
    return [by_id[key] for key in ids if key in by_id]


def search(found: Rows, typed: str) -> Rows:
    """Return those of `found` whose number begins with what was typed, or whose customer's name or address fits it."""
    number = typed.strip().removeprefix("#")
    matching = Q(number__startswith=number) | Q(number__startswith=number.upper())
    query = searching.query(typed)
    if query is not None and len(kernel_search.fold(number)) > 2:
        buyers = Customer.objects.filter(search=query).values_list("pk", flat=True)[:MOST_BUYERS]
        matching |= Q(customer_id__in=list(buyers))
    return found.filter(matching)


def total(order: Order) -> Money:
    """Return what the customer has to pay."""
    return Money(order.gross_minor - order.discount_minor, order.currency)


def late(order: Order, look: Look) -> bool:
    """Return whether the order should be there by now and is not."""
    return order.promised_on is not None and order.status in OPEN and order.promised_on < today(look.zone)


def _href(order: Order) -> str:
    return address("staff:order", order.pk)


def _number(order: Order, look: Look) -> object:
    return format_html('<a href="{}" data-open>{}</a>', _href(order), order.number)


def _customer(order: Order, look: Look) -> object:
    if order.customer is None:
        return NOTHING
    return leaves.who(order.customer.label, address("staff:customer", order.customer.pk), order.customer.kind)


def status_pill(order: Order) -> object:
    """Return the status as a pill; a credit note says that it is one."""
    if order.kind != Order.Kind.SALE:
        return leaves.pill(order.get_kind_display())
    return leaves.pill(order.get_status_display(), TONES.get(Order.Status(order.status), "neutral"))


def _promised(order: Order, look: Look) -> object:
    if order.promised_on is None:
        return NOTHING
    day = formats.day(order.promised_on)
    return leaves.pill(day, "bad", "alert-triangle") if late(order, look) else day


def _day(at: datetime | None) -> object:
    return leaves.when(at, "day") if at else NOTHING


def _moment(name: str) -> dict[str, Any]:
    """Return cell and export of a column that shows a moment of the order."""
    return {"cell": lambda order, look: _day(getattr(order, name)), "plain": lambda order, look: getattr(order, name)}


def _counted(number: int) -> str:
    return ngettext("%(n)s order", "%(n)s orders", number) % {"n": formats.number(number)}


def _base(minor: int, look: Look) -> str:
    return formats.money(Money(minor, look.currency), "short")


ORDERS = listed(
    Listing(
        name="orders",
        root="order",
        title=_("Orders"),
        url_name="staff:orders",
        right=VIEW,
        rows=rows,
        load=load,
        columns=(
            Column("number", _("Number"), _number, lambda order, look: order.number, "main"),
            Column("customer", _("Customer"), _customer,
                   lambda order, look: order.customer.label if order.customer else "", clip=True),
            Column("status", _("Status"), lambda order, look: status_pill(order),
                   lambda order, look: order.get_status_display()),
            Column("placed", _("Placed"), lambda order, look: leaves.when(order.placed_at, "moment"),
                   lambda order, look: order.placed_at, "muted", sort=Sort("placed_at")),
            Column("promised", _("Promised for"), _promised, lambda order, look: order.promised_on, "muted"),
            Column("lines", _("Lines"), lambda order, look: formats.number(order.lines_count),
                   lambda order, look: order.lines_count, "num"),
            Column("total", _("Total"), lambda order, look: formats.money(total(order)),
                   lambda order, look: total(order).amount, "num"),
            Column("value", _("Net"), lambda order, look: formats.money(Money(order.net_base_minor, look.currency)),
                   lambda order, look: Money(order.net_base_minor, look.currency).amount, "num",
                   sort=Sort("net_base_minor"), total="net_base_minor", sum_text=_base,
                   definition=_("Without tax, shipping and discount, in your own currency at the rate of the day.")),
            Column("refunded", _("Refunded"),
                   lambda order, look: formats.money(Money(order.refunded_minor, order.currency))
                   if order.refunded_minor else NOTHING,
                   lambda order, look: Money(order.refunded_minor, order.currency).amount, "num", shown=False),
            Column("currency", _("Currency"), lambda order, look: order.currency, lambda order, look: order.currency,
                   "muted", shown=False),
            Column("country", _("Country"), lambda order, look: order.country, lambda order, look: order.country,
                   "muted", shown=False),
            Column("channel", _("Channel"), lambda order, look: order.channel, lambda order, look: order.channel,
                   "muted", shown=False),
            Column("shop", _("Shop"), lambda order, look: order.namespace, lambda order, look: order.namespace,
                   "muted", shown=False),
            Column("paid", _("Paid"), kind="muted", shown=False, **_moment("paid_at")),
            Column("shipped", _("Shipped"), kind="muted", shown=False, **_moment("shipped_at")),
            Column("delivered", _("Delivered"), kind="muted", shown=False, **_moment("delivered_at")),
        ),
        sort="-placed",
        counted=_counted,
        href=_href,
        label=str,
        search=search,
        search_hint=_("Order number or customer"),
        empty=Empty(
            _("No orders yet"),
            _("Every sale stands here, with what was paid, sent and sent back. Place one, or import those you have."),
            "shopping-cart", _("Place an order"), "staff:order_add", CHANGE,
        ),
        presets=(
            Preset("all", _("All")),
            Preset("open", _("To ship"), 'status in ("placed", "paid")'),
            Preset("sent", _("On the way"), 'status = "shipped"'),
            Preset("late", _("Late"), 'status in ("placed", "paid", "shipped") and promised < today'),
        ),
        verbs=verbs.ORDERS,
        export=EXPORT,
        suggested=("status", "placed", "value", "country", "promised", "customer.stage"),
        actions=(Action(_("Order"), "staff:order_add", "plus", CHANGE, "primary", "n"),),
        faded=lambda order, look: order.status == Order.Status.CANCELLED,
    )
)  # fmt: skip
