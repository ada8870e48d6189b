"""Orders over the API. Amounts are in minor units of the order's currency."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, P, QueryEx, Router, Schema, Status
from pydantic import PlainSerializer

from rapport.api.v1.access import actor_of, context_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Page, order_of, page_of
from rapport.api.v1.customers import find as find_customer
from rapport.api.v1.filters import chosen
from rapport.api.v1.idempotency import once
from rapport.commerce.models import Order, OrderLine
from rapport.commerce.permissions import CHANGE, REFUND
from rapport.commerce.services import orders, returns
from rapport.commerce.services.orders import NewLine
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right

router = Router(tags=["orders"])
Price = Annotated[Decimal, PlainSerializer(lambda price: f"{price.normalize():f}", return_type=str)]
"""Minor units with up to four decimals, as text: a price of one can be below a penny."""
SORTS = {"placed_at": "placed_at", "number": "number", "net": "net_base_minor"}
FIELDS = (
    "id", "number", "namespace", "kind", "status", "customer_id", "placed_at", "paid_at", "shipped_at", "delivered_at",
    "cancelled_at", "promised_on", "country", "channel", "currency", "gross_minor", "discount_minor", "tax_minor",
    "shipping_minor", "net_minor", "net_base_minor", "refunded_minor", "lines_count", "updated_at",
)  # fmt: skip


class OrderRow(Schema):
    """An order without its lines; net = gross - discount - tax - shipping."""

    id: UUID
    number: str
    namespace: str
    kind: str
    status: str
    customer_id: UUID | None
    placed_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    cancelled_at: datetime | None
    promised_on: date | None
    country: str
    channel: str
    currency: str
    gross_minor: int
    discount_minor: int
    tax_minor: int
    shipping_minor: int
    net_minor: int
    net_base_minor: int
    refunded_minor: int
    lines_count: int
    updated_at: datetime


class LineOut(Schema):
    """One line of an order."""

    id: UUID
    position: int
    sku: str
    name: str
    quantity: Decimal
    unit_price_minor: Price
    discount_minor: int
    total_minor: int


class OrderOut(OrderRow):
    """An order whole."""

    note: str
    lines: list[LineOut]


class LineIn(Schema):
    """A line to order."""

    sku: str = Field("", max_length=80)
    name: str = Field("", max_length=300)
    quantity: Decimal = Field(gt=0, max_digits=14, decimal_places=3)
    unit_price_minor: Decimal = Field(ge=0, max_digits=20, decimal_places=4)
    discount_minor: int = Field(0, ge=0)


class OrderIn(Schema):
    """An order to place; without `currency` it is in the organisation's."""

    customer_id: UUID
    lines: list[LineIn] = Field(min_length=1, max_length=1000)
    number: str = Field("", max_length=80)
    namespace: str = Field("", max_length=40)
    currency: str = Field("", max_length=3)
    rate: Decimal | None = Field(None, gt=0, max_digits=20, decimal_places=10)
    placed_at: datetime | None = None
    promised_on: date | None = None
    discount_minor: int = Field(0, ge=0)
    tax_minor: int = Field(0, ge=0)
    shipping_minor: int = Field(0, ge=0)
    channel: str = Field("", max_length=40)
    note: str = Field("", max_length=10_000)


class PaymentIn(Schema):
    """Money received."""

    amount_minor: int = Field(gt=0)
    method: str = Field("", max_length=40)
    reference: str = Field("", max_length=80)
    at: datetime | None = None


class ShipmentIn(Schema):
    """A parcel that left."""

    carrier: str = Field("", max_length=80)
    tracking: str = Field("", max_length=120)
    at: datetime | None = None


class MomentIn(Schema):
    """When it happened; without `at`, now."""

    at: datetime | None = None


class ReasonIn(Schema):
    """Why."""

    reason: str = Field("", max_length=200)


class RefundIn(Schema):
    """Money to give back."""

    amount_minor: int = Field(gt=0)
    reason: str = Field("", max_length=200)
    at: datetime | None = None


@router.get("", response=Page[OrderRow], summary="List orders")
def list_orders(
    request: HttpRequest,
    customer_id: UUID | None = None,
    filter: str = "",  # noqa: A002
    number: str = "",
    sort: str = "-placed_at",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return orders, of one customer or all, filtered by a condition (`status = "delivered"`), sorted."""
    actor = actor_of(request)
    rows = Order.objects.visible_to(actor)
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    if number:
        rows = rows.filter(number__startswith=number)
    if filter:
        rows = rows.filter(chosen(filter, "order", context_of(request)))
    return page_of(rows, order_of(sort, SORTS), cursor, limit, row_of)


@router.post("", response={201: OrderOut}, summary="Place an order")
@once
def place_order(request: HttpRequest, payload: OrderIn) -> Status[dict[str, Any]]:
    """Place an order for a customer; a delivery day becomes a promise."""
    actor = actor_of(request)
    values = payload.model_dump(exclude={"customer_id", "lines"})
    lines = [NewLine(**new.model_dump()) for new in payload.lines]
    made = orders.place(find_customer(payload.customer_id, actor, CHANGE), lines, by=actor, **values)
    return Status(201, whole(made))


@router.get("/{order_id}", response=OrderOut, summary="Get an order")
def get_order(request: HttpRequest, order_id: UUID) -> dict[str, Any]:
    """Return one order with its lines."""
    return whole(find(order_id, actor_of(request)))


@router.post("/{order_id}/payments", response={201: OrderOut}, summary="Receive a payment")
@once
def receive_payment(request: HttpRequest, order_id: UUID, payload: PaymentIn) -> Status[dict[str, Any]]:
    """Record money received for an order."""
    actor = actor_of(request)
    order = find(order_id, actor, CHANGE)
    orders.receive_payment(order, by=actor, **payload.model_dump())
    return Status(201, whole(find(order_id, actor)))


@router.post("/{order_id}/ship", response=OrderOut, summary="Ship an order")
@once
def ship_order(request: HttpRequest, order_id: UUID, payload: ShipmentIn) -> dict[str, Any]:
    """Record that a parcel left."""
    actor = actor_of(request)
    orders.ship(find(order_id, actor, CHANGE), by=actor, **payload.model_dump())
    return whole(find(order_id, actor))


@router.post("/{order_id}/deliver", response=OrderOut, summary="Deliver an order")
@once
def deliver_order(request: HttpRequest, order_id: UUID, payload: MomentIn) -> dict[str, Any]:
    """Record that an order arrived; its delivery promise is kept or late by that fact."""
    actor = actor_of(request)
    return whole(orders.deliver(find(order_id, actor, CHANGE), by=actor, at=payload.at))


@router.post("/{order_id}/cancel", response=OrderOut, summary="Cancel an order")
@once
def cancel_order(request: HttpRequest, order_id: UUID, payload: ReasonIn) -> dict[str, Any]:
    """Cancel an order that has not been delivered."""
    actor = actor_of(request)
    return whole(orders.cancel(find(order_id, actor, REFUND), by=actor, reason=payload.reason))


@router.post("/{order_id}/refunds", response={201: OrderOut}, summary="Refund an order")
@once
def refund_order(request: HttpRequest, order_id: UUID, payload: RefundIn) -> Status[dict[str, Any]]:
    """Give money back, at its own date."""
    actor = actor_of(request)
    returns.refund(find(order_id, actor, REFUND), by=actor, **payload.model_dump())
    return Status(201, whole(find(order_id, actor)))


def find(order_id: UUID, actor: Actor, right: Right | None = None) -> Order:
    """Return an order within the actor's reach, or answer 404; 403 when they lack `right` altogether."""
    if right:
        actor.require(right)
    return one(Order.objects.visible_to(actor).filter(pk=order_id))


def row_of(order: Order) -> dict[str, Any]:
    """Return an order as an `OrderRow`."""
    return {name: getattr(order, name) for name in FIELDS}


def whole(order: Order) -> dict[str, Any]:
    """Return an order as an `OrderOut`."""
    lines = [_line(row) for row in order.lines.order_by("position")]
    return {**row_of(order), "note": order.note, "lines": lines}


def _line(row: OrderLine) -> dict[str, Any]:
    names = ("id", "position", "sku", "name", "quantity", "unit_price_minor", "discount_minor", "total_minor")
    return {name: getattr(row, name) for name in names}
