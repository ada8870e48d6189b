"""Goods that come back, and money that goes back with its own date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db.models import Sum
from django.utils.translation import gettext as _

from rapport.commerce import money
from rapport.commerce.events import Refunded, ReturnAsked, ReturnReceived
from rapport.commerce.models import Order, Refund, Return, ReturnLine
from rapport.commerce.permissions import REFUND
from rapport.commerce.services import totals
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.money import Money
from rapport.kernel.verbs import verb
from rapport.team.queries import organisation


class TooMany(ValueError):
    """More of a line is sent back than was ordered."""


class TooMuch(ValueError):
    """More money goes back than the order came to."""


@verb(REFUND, publishes=(ReturnAsked,))
def ask(order: Order, quantities: Mapping[UUID, Decimal], *, by: Actor, reason: str = "") -> Return:
    """Record that a customer sends back so many of each line (by line id). Raises `TooMany`."""
    row = Order.objects.select_for_update().get(pk=order.pk)
    lines = {line.pk: line for line in row.lines.filter(pk__in=quantities)}
    made = Return.objects.create(order=row, reason=reason, asked_at=clock.now())
    for key, quantity in quantities.items():
        line = lines.get(key)
        before = ReturnLine.objects.filter(line_id=key).aggregate(all=Sum("quantity"))["all"] or Decimal(0)
        if line is None or quantity <= 0 or before + quantity > line.quantity:
            raise TooMany(_("That is more than was ordered."))
        ReturnLine.objects.create(goods_return=made, line=line, quantity=quantity)
    row.updated_at = clock.now()
    row.save(update_fields=["updated_at"])
    happening = ReturnAsked(return_id=made.pk, number=row.number, reason=reason)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return made


@verb(REFUND, publishes=(ReturnReceived,))
def receive(order: Order, goods_return: Return, *, by: Actor) -> Return:
    """Record that the goods of a return arrived; a second time changes nothing."""
    row = Return.objects.select_for_update().get(pk=goods_return.pk, order=order)
    if row.received_at:
        return row
    row.received_at = clock.now()
    row.save(update_fields=["received_at"])
    happening = ReturnReceived(return_id=row.pk, number=order.number)
    publish(happening, by=by, subject=order, customer=order.customer_id)
    return row


@verb(REFUND, publishes=(Refunded,), offer=("mcp",))
def refund(order: Order, amount_minor: int, *, by: Actor, reason: str = "", at: datetime | None = None) -> Refund:
    """Give money back at `at` (now), in minor units of the order's currency. Raises `TooMuch`."""
    row = Order.objects.select_for_update().get(pk=order.pk)
    if amount_minor <= 0 or row.refunded_minor + amount_minor > row.gross_minor - row.discount_minor:
        raise TooMuch(_("That is more than order %(number)s came to.") % {"number": row.number})
    moment = at or clock.now()
    made = Refund.objects.create(
        order=row,
        amount_minor=amount_minor,
        currency=row.currency,
        amount_base_minor=money.in_base(amount_minor, row.currency, organisation().currency, row.rate),
        reason=reason,
        refunded_at=moment,
    )
    row.refunded_minor += amount_minor
    row.refunded_base_minor += made.amount_base_minor
    row.updated_at = clock.now()
    row.save(update_fields=["refunded_minor", "refunded_base_minor", "updated_at"])
    if row.customer_id:
        totals.recount(row.customer_id)
    happening = Refunded(
        number=row.number,
        amount_minor=amount_minor,
        currency=row.currency,
        total=Money(amount_minor, row.currency).text(),
        reason=reason,
    )
    publish(happening, by=by, subject=row, customer=row.customer_id, at=moment)
    return made
