"""The news of commerce. Money is in minor units; `total` is it in words, for the sentence."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.kernel.events import Event, event


@event("commerce.order_placed", _("Order placed"), _("ordered {number}, {total}"), group="orders", icon="basket",
       direction="in")  # fmt: skip
@dataclass(frozen=True)
class OrderPlaced(Event):
    """A customer placed an order."""

    number: str
    net_minor: int
    currency: str
    total: str = ""
    lines: int = 0


@event("commerce.credit_booked", _("Credit booked"), _("was credited {number}, {total}"), group="orders",
       icon="receipt-refund", direction="out")  # fmt: skip
@dataclass(frozen=True)
class CreditBooked(Event):
    """A credit note or an adjustment was booked, as shops do that cancel by a document of its own."""

    number: str
    net_minor: int
    currency: str
    total: str = ""
    lines: int = 0


@event("commerce.order_changed", _("Order changed"), _("order {number} changed"), group="orders", icon="pencil",
       timeline=False)  # fmt: skip
@dataclass(frozen=True)
class OrderChanged(Event):
    """An import brought new values for an order. `before` holds what it takes to put the old ones back."""

    number: str
    before: dict[str, str | int | None]


@event("commerce.payment_received", _("Payment received"), _("paid {total} for {number}"), group="orders",
       icon="credit-card", direction="in")  # fmt: skip
@dataclass(frozen=True)
class PaymentReceived(Event):
    """Money came in for an order."""

    number: str
    amount_minor: int
    currency: str
    total: str = ""
    method: str = ""


@event("commerce.order_shipped", _("Order shipped"), _("order {number} left us"), group="orders",
       icon="truck-delivery", direction="out")  # fmt: skip
@dataclass(frozen=True)
class OrderShipped(Event):
    """A parcel of an order left."""

    number: str
    carrier: str = ""
    tracking: str = ""


@event("commerce.order_delivered", _("Order delivered"), _("order {number} arrived"), group="orders",
       icon="package", direction="out")  # fmt: skip
@dataclass(frozen=True)
class OrderDelivered(Event):
    """An order arrived at the customer's."""

    number: str


@event("commerce.order_cancelled", _("Order cancelled"), _("order {number} was cancelled"), group="orders",
       icon="circle-x", personal=("reason",))  # fmt: skip
@dataclass(frozen=True)
class OrderCancelled(Event):
    """An order was cancelled before it was delivered."""

    number: str
    net_minor: int
    reason: str = ""


@event("commerce.return_asked", _("Return asked for"), _("sends back part of {number}"), group="orders",
       icon="arrow-back-up", personal=("reason",), direction="in")  # fmt: skip
@dataclass(frozen=True)
class ReturnAsked(Event):
    """A customer wants to send goods back."""

    return_id: UUID
    number: str
    reason: str = ""


@event("commerce.return_received", _("Return received"), _("the return of {number} is here"), group="orders",
       icon="package-import")  # fmt: skip
@dataclass(frozen=True)
class ReturnReceived(Event):
    """Goods that were sent back arrived."""

    return_id: UUID
    number: str


@event("commerce.refunded", _("Refund paid"), _("was refunded {total} for {number}"), group="orders",
       icon="receipt-refund", personal=("reason",), direction="out")  # fmt: skip
@dataclass(frozen=True)
class Refunded(Event):
    """Money went back to a customer, at the date of the event."""

    number: str
    amount_minor: int
    currency: str
    total: str = ""
    reason: str = ""


@event("commerce.product_changed", _("Product changed"), _("product {sku} changed"), group="products",
       icon="pencil", timeline=False)  # fmt: skip
@dataclass(frozen=True)
class ProductChanged(Event):
    """A product was added or changed. `before` holds what it takes to put the old values back."""

    sku: str
    before: dict[str, str | int | None] | None = None
