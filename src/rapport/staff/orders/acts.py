"""What may be done with an order: each act is a form, a verb, and the named errors at their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order
from rapport.commerce.permissions import CHANGE, REFUND
from rapport.commerce.services import orders, returns
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.staff.orders.forms import PaymentForm, ReasonForm, RefundForm, ReturnForm, ShipForm, minor
from rapport.staff.orders.page import OrderPage
from rapport.ui.navigation import Text

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """Something to do with an order: `form` makes its form, `run` calls the verb, `fits` says whether it is offered."""

    name: str
    label: Text
    icon: str
    right: Right
    form: Callable[[Any, OrderPage], forms.Form]
    run: Callable[[OrderPage, forms.Form, Actor], object]
    done: Text
    refusals: Mapping[type[Exception], str | None]
    fits: Callable[[OrderPage], bool]
    danger: bool = False


def _pay(page: OrderPage, form: forms.Form, actor: Actor) -> object:
    given, order = form.cleaned_data, page.order
    amount = minor(given["amount"], order.currency)
    return orders.receive_payment(order, amount, by=actor, method=given["method"], reference=given["reference"])


def _ship(page: OrderPage, form: forms.Form, actor: Actor) -> object:
    return orders.ship(page.order, by=actor, **form.cleaned_data)


def _deliver(page: OrderPage, form: forms.Form, actor: Actor) -> object:
    return orders.deliver(page.order, by=actor)


def _cancel(page: OrderPage, form: forms.Form, actor: Actor) -> object:
    return orders.cancel(page.order, by=actor, reason=form.cleaned_data["reason"])


def _send_back(page: OrderPage, form: forms.Form, actor: Actor) -> object:
    assert isinstance(form, ReturnForm)
    return returns.ask(page.order, form.quantities(), by=actor, reason=form.cleaned_data["reason"])


def _refund(page: OrderPage, form: forms.Form, actor: Actor) -> object:
    amount = minor(form.cleaned_data["amount"], page.order.currency)
    return returns.refund(page.order, amount, by=actor, reason=form.cleaned_data["reason"])


NOT_OPEN: Mapping[type[Exception], str | None] = {orders.NotOpen: None}
ACTS = {
    act.name: act
    for act in (
        Act("pay", _("Receive a payment"), "credit-card", CHANGE,
            lambda data, page: PaymentForm(data, order=page.order, open_minor=page.unpaid.minor), _pay,
            _("Payment recorded."), {orders.NumberTaken: "reference"},
            lambda page: page.order.kind == "sale" and page.order.status != "cancelled" and page.unpaid.minor > 0),
        Act("ship", _("Ship"), "send", CHANGE, lambda data, page: ShipForm(data), _ship, _("Marked as shipped."),
            NOT_OPEN, lambda page: page.is_open),
        Act("deliver", _("Delivered"), "truck-delivery", CHANGE, lambda data, page: forms.Form(data), _deliver,
            _("Marked as delivered."), NOT_OPEN, lambda page: page.is_open),
        Act("return", _("Take back"), "truck-return", REFUND,
            lambda data, page: ReturnForm(data, lines=[one for one in page.lines if one.quantity > 0]), _send_back,
            _("Return recorded."), {returns.TooMany: None},
            lambda page: page.order.kind == "sale" and page.order.status != "cancelled"),
        Act("refund", _("Refund"), "receipt-refund", REFUND,
            lambda data, page: RefundForm(data, order=page.order, left_minor=page.refundable.minor), _refund,
            _("Refund recorded."), {returns.TooMuch: "amount"},
            lambda page: page.order.kind == "sale" and page.refundable.minor > 0),
        Act("cancel", _("Cancel the order"), "ban", REFUND, lambda data, page: ReasonForm(data), _cancel,
            _("Cancelled; what was promised with it is released."), NOT_OPEN, lambda page: page.is_open, danger=True),
    )
}  # fmt: skip


NEXT = {Order.Status.PLACED: ("pay", "ship"), Order.Status.PAID: ("ship",), Order.Status.SHIPPED: ("deliver",)}


def next_of(page: OrderPage, acts: list[Act]) -> Act | None:
    """Return the act of `acts` that usually comes next."""
    names = NEXT.get(Order.Status(page.order.status), ())
    return next((act for name in names for act in acts if act.name == name), None)


def offered(page: OrderPage) -> list[Act]:
    """Return what the reader may do with the order as it is."""
    may = {CHANGE: page.may_change, REFUND: page.may_refund}
    return [act for act in ACTS.values() if may[act.right] and act.fits(page)]
