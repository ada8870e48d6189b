"""Everything that the page of an order shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from rapport.commerce.models import Order, OrderLine, Payment, Refund, Return, Shipment
from rapport.commerce.permissions import CHANGE, REFUND
from rapport.kernel.actors import Actor
from rapport.kernel.money import Money, Price
from rapport.kernel.permissions import Right
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE as CHANGE_PROMISES
from rapport.promises.permissions import VIEW as PROMISES
from rapport.staff.listing.nouns import Look
from rapport.staff.orders.listings import OPEN, TONES
from rapport.staff.promises.listings import state_pill
from rapport.staff.record.facts import own
from rapport.ui import formats
from rapport.ui.components.parts import Fact


@dataclass(frozen=True, slots=True)
class Amounts:
    """A line of the page with an amount: of the order, of a payment, of a refund."""

    label: str
    amount: Money
    note: str = ""
    quantity: Decimal | None = None
    price: Price | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class OrderPage:
    """An order with its lines, money, parcels, returns and promises, and what the reader may do with it."""

    order: Order
    look: Look
    lines: list[OrderLine]
    payments: list[Payment]
    shipments: list[Shipment]
    returns: list[Return]
    refunds: list[Refund]
    promises: list[Promise]
    facts: list[Fact]
    may_change: bool
    may_refund: bool
    may_promise: bool

    @property
    def is_open(self) -> bool:
        """Whether it can still be shipped, delivered or cancelled."""
        return self.order.kind == Order.Kind.SALE and self.order.status in OPEN

    @property
    def tone(self) -> str:
        """The tone of its status."""
        return TONES.get(Order.Status(self.order.status), "neutral")

    @property
    def total(self) -> Money:
        """What the customer has to pay."""
        return Money(self.order.gross_minor - self.order.discount_minor, self.order.currency)

    @property
    def paid(self) -> Money:
        """What came in."""
        return Money(sum(one.amount_minor for one in self.payments), self.order.currency)

    @property
    def unpaid(self) -> Money:
        """What is still to come in."""
        return self.total - self.paid

    @property
    def refundable(self) -> Money:
        """What can still go back."""
        return self.total - Money(self.order.refunded_minor, self.order.currency)

    @property
    def line_rows(self) -> list[Amounts]:
        """The lines with their amounts."""
        code = self.order.currency
        return [
            Amounts(
                one.name or one.sku, Money(one.total_minor, code), note=one.sku if one.name else "",
                quantity=one.quantity, price=Price(one.unit_price_minor, code),
            )
            for one in self.lines
        ]  # fmt: skip

    @property
    def sums(self) -> list[Amounts]:
        """The parts of the total that differ from nothing: tax, shipping, discount."""
        order = self.order
        parts = (
            (_("Tax"), order.tax_minor),
            (_("Shipping"), order.shipping_minor),
            (_("Discount"), -order.discount_minor),
        )
        return [Amounts(label, Money(minor, order.currency)) for label, minor in parts if minor]

    @property
    def payment_rows(self) -> list[Amounts]:
        """The payments with their amounts."""
        return [Amounts(one.method, Money(one.amount_minor, one.currency), at=one.paid_at) for one in self.payments]

    @property
    def refund_rows(self) -> list[Amounts]:
        """The refunds with their amounts, which went out."""
        return [Amounts(one.reason, Money(-one.amount_minor, one.currency), at=one.refunded_at) for one in self.refunds]

    @property
    def unpaid_text(self) -> str:
        """What is still to come in, in words; "" when nothing is."""
        if self.unpaid.minor <= 0 or self.order.kind != Order.Kind.SALE:
            return ""
        return _("%(amount)s to come") % {"amount": formats.money(self.unpaid)}

    def promise_rows(self) -> list[tuple[Promise, object, bool]]:
        """The promises, each with its state and whether another day can still be agreed on."""
        now = self.look.now
        return [(one, state_pill(one, self.look), now < one.due_until) for one in self.promises]


def page_of(order: Order, look: Look) -> OrderPage:
    """Return the page of an order."""
    actor = look.actor
    promises: list[Promise] = []
    if actor.may(PROMISES):
        promises = list(Promise.objects.visible_to(actor).filter(source_id=order.pk).order_by("due_until", "id"))
    may_change, may_refund = (within(order, actor, right) for right in (CHANGE, REFUND))
    return OrderPage(
        order=order,
        look=look,
        lines=list(order.lines.order_by("position")),
        payments=list(order.payments.order_by("paid_at", "id")),
        shipments=list(order.shipments.order_by("shipped_at", "id")),
        returns=list(order.returns.order_by("asked_at", "id").prefetch_related("lines__line")),
        refunds=list(order.refunds.order_by("refunded_at", "id")),
        promises=promises,
        facts=own("order", order.custom, order.currency),
        may_change=may_change,
        may_refund=may_refund,
        may_promise=actor.may(CHANGE_PROMISES),
    )


def within(order: Order, actor: Actor, right: Right) -> bool:
    """Return whether the actor may use `right` on this very order."""
    return Order.objects.visible_to(actor, right).filter(pk=order.pk).exists()
