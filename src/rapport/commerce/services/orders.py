"""What may happen to an order, until it is delivered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.commerce import money
from rapport.commerce.events import (
    OrderCancelled,
    OrderDelivered,
    OrderPlaced,
    OrderShipped,
    PaymentReceived,
)
from rapport.commerce.models import Order, OrderLine, Payment, Product, Shipment
from rapport.commerce.permissions import CHANGE, REFUND
from rapport.commerce.services import totals as customer_totals
from rapport.customers.models import Customer
from rapport.kernel import clock, numbering
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.money import Money, check_currency
from rapport.kernel.verbs import verb
from rapport.promises.events import PromiseKept, PromiseLate, PromiseMade, PromiseReleased
from rapport.promises.models import Promise
from rapport.promises.queries import of_source
from rapport.promises.services import promises
from rapport.team.queries import organisation

OPEN = (Order.Status.PLACED, Order.Status.PAID, Order.Status.SHIPPED)


class NumberTaken(ValueError):
    """The shop has an order of this number already."""


class NoLines(ValueError):
    """An order has at least one line."""


class NotOpen(ValueError):
    """The order is delivered or cancelled, so this can no longer happen."""


class RateMissing(ValueError):
    """An order in another currency needs the rate of its day."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line as it is ordered; price and discount in minor units of the order's currency, the price with fractions."""

    sku: str
    quantity: Decimal
    unit_price_minor: Decimal | int
    name: str = ""
    discount_minor: int = 0


@verb(CHANGE, publishes=(OrderPlaced, PromiseMade), offer=("mcp",))
def place(
    customer: Customer,
    lines: Sequence[NewLine],
    *,
    by: Actor,
    currency: str = "",
    number: str = "",
    namespace: str = "",
    placed_at: datetime | None = None,
    promised_on: date | None = None,
    discount_minor: int = 0,
    tax_minor: int = 0,
    shipping_minor: int = 0,
    rate: Decimal | None = None,
    channel: str = "",
    note: str = "",
) -> Order:
    """Place an order of `lines` and return it; a delivery day becomes a promise.

    Amounts are in minor units of `currency` (the organisation's). Raises `NoLines`, `NumberTaken`, `RateMissing`,
    `MoneyError`.
    """
    if not lines:
        raise NoLines(_("An order needs at least one line."))
    sums = [money.line_total(line.quantity, line.unit_price_minor, line.discount_minor) for line in lines]
    extra = {"discount_minor": discount_minor, "tax_minor": tax_minor, "shipping_minor": shipping_minor}
    order = _drafted(customer, lines, money.totals(sums, **extra), currency, rate)
    order.number = number or f"R-{numbering.next_number('order')}"
    order.namespace, order.channel, order.note, order.promised_on = namespace, channel, note, promised_on
    order.placed_at = placed_at or order.created_at
    _insert(order)
    _insert_lines(order, lines, sums)
    customer_totals.recount(customer.pk)
    happening = OrderPlaced(
        number=order.number,
        net_minor=order.net_minor,
        currency=order.currency,
        total=Money(order.gross_minor, order.currency).text(),
        lines=len(lines),
    )
    publish(happening, by=by, subject=order, customer=customer.pk, at=order.placed_at)
    if promised_on:
        _promise_delivery(order, customer, promised_on, by)
    return order


@verb(CHANGE, publishes=(PaymentReceived,), offer=("mcp",))
def receive_payment(
    order: Order, amount_minor: int, *, by: Actor, method: str = "", reference: str = "", at: datetime | None = None
) -> Payment:
    """Record money received for an order; once it is all there the order is paid. Raises `NumberTaken`."""
    row = _locked(order)
    moment = at or clock.now()
    key = reference or f"p{row.payments.count() + 1}"
    if row.payments.filter(reference=key).exists():
        raise NumberTaken(_("The payment %(reference)s is recorded already.") % {"reference": key})
    payment = Payment.objects.create(
        order=row, amount_minor=amount_minor, currency=row.currency, method=method, reference=key, paid_at=moment
    )
    received = sum(row.payments.values_list("amount_minor", flat=True))
    if row.paid_at is None and received >= row.gross_minor - row.discount_minor:
        row.paid_at = moment
        row.status = Order.Status.PAID if row.status == Order.Status.PLACED else row.status
    _touch(row)
    happening = PaymentReceived(
        number=row.number,
        amount_minor=amount_minor,
        currency=row.currency,
        total=Money(amount_minor, row.currency).text(),
        method=method,
    )
    publish(happening, by=by, subject=row, customer=row.customer_id, at=moment)
    return payment


@verb(CHANGE, publishes=(OrderShipped,), offer=("mcp",))
def ship(order: Order, *, by: Actor, carrier: str = "", tracking: str = "", at: datetime | None = None) -> Shipment:
    """Record that a parcel left. Raises `NotOpen`."""
    row = _still_open(order)
    moment = at or clock.now()
    shipment = Shipment.objects.create(order=row, carrier=carrier, tracking=tracking, shipped_at=moment)
    row.shipped_at, row.status = row.shipped_at or moment, Order.Status.SHIPPED
    _touch(row)
    happening = OrderShipped(number=row.number, carrier=carrier, tracking=tracking)
    publish(happening, by=by, subject=row, customer=row.customer_id, at=moment)
    return shipment


@verb(CHANGE, publishes=(OrderDelivered, PromiseKept, PromiseLate), offer=("bulk", "mcp"))
def deliver(order: Order, *, by: Actor, at: datetime | None = None) -> Order:
    """Record that an order arrived; its delivery promise is kept or late by that fact. Raises `NotOpen`."""
    row = _still_open(order)
    moment = at or clock.now()
    row.delivered_at, row.status = moment, Order.Status.DELIVERED
    row.shipments.filter(delivered_at__isnull=True).update(delivered_at=moment)
    _touch(row)
    publish(OrderDelivered(number=row.number), by=by, subject=row, customer=row.customer_id, at=moment)
    for promise in of_source(row.pk).filter(kind=Promise.Kind.DELIVERY):
        promises.fulfil(promise, by=by.with_everything(), at=moment)
    return row


@verb(REFUND, publishes=(OrderCancelled, PromiseReleased), offer=("bulk", "mcp"))
def cancel(order: Order, *, by: Actor, reason: str = "") -> Order:
    """Cancel an order that has not been delivered; what was promised with it is released. Raises `NotOpen`."""
    row = _still_open(order)
    row.cancelled_at, row.status = clock.now(), Order.Status.CANCELLED
    _touch(row)
    if row.customer_id:
        customer_totals.recount(row.customer_id)
    happening = OrderCancelled(number=row.number, net_minor=row.net_minor, reason=reason)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    for promise in of_source(row.pk):
        promises.release(promise, _("The order was cancelled."), by=by.with_everything())
    return row


def _drafted(
    customer: Customer, lines: Sequence[NewLine], totals: money.Totals, currency: str, rate: Decimal | None
) -> Order:
    """Return an unsaved order with its amounts, in its own currency and in the organisation's."""
    base = organisation().currency
    code = check_currency(currency or base)
    if code != base and rate is None:
        raise RateMissing(_("An order in %(currency)s needs a rate.") % {"currency": code})
    at = clock.now()
    return Order(
        customer=customer,
        country=customer.country,
        currency=code,
        rate=rate or Decimal(1),
        gross_minor=totals.gross_minor,
        discount_minor=totals.discount_minor,
        tax_minor=totals.tax_minor,
        shipping_minor=totals.shipping_minor,
        net_minor=totals.net_minor,
        net_base_minor=money.in_base(totals.net_minor, code, base, rate or Decimal(1)),
        lines_count=len(lines),
        has_sale_line=any(line.quantity > 0 and line.unit_price_minor > 0 for line in lines),
        created_at=at,
        updated_at=at,
    )


def _insert(order: Order) -> None:
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError as error:
        raise NumberTaken(_("There is an order %(number)s already.") % {"number": order.number}) from error


def _insert_lines(order: Order, lines: Sequence[NewLine], sums: Sequence[int]) -> None:
    known = {product.sku: product for product in Product.objects.filter(sku__in={line.sku for line in lines})}
    OrderLine.objects.bulk_create(
        OrderLine(
            order=order,
            position=position,
            product=known.get(line.sku),
            sku=line.sku,
            name=line.name or (known[line.sku].name if line.sku in known else ""),
            quantity=line.quantity,
            unit_price_minor=line.unit_price_minor,
            discount_minor=line.discount_minor,
            total_minor=total,
            cost_minor=known[line.sku].cost_minor if line.sku in known else None,
        )
        for position, (line, total) in enumerate(zip(lines, sums, strict=True), start=1)
    )


def _promise_delivery(order: Order, customer: Customer, day: date, by: Actor) -> None:
    what = _("Order %(number)s delivered") % {"number": order.number}
    source = promises.Source(type="commerce.order", id=order.pk, label=order.number)
    promises.make(customer, what, by=by.with_everything(), kind=Promise.Kind.DELIVERY, due_on=day, source=source)


def _locked(order: Order) -> Order:
    return Order.objects.select_for_update().get(pk=order.pk)


def _still_open(order: Order) -> Order:
    row = _locked(order)
    if row.status not in OPEN:
        raise NotOpen(_("Order %(number)s is %(status)s.") % {"number": row.number, "status": row.get_status_display()})
    return row


def _touch(row: Order) -> None:
    row.updated_at = clock.now()
    row.save()
