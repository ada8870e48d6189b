"""An order: looking at it, placing one, and what is done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.commerce.models import Order, Product
from rapport.commerce.permissions import CHANGE
from rapport.commerce.services import orders, returns
from rapport.customers.models import Customer
from rapport.kernel.doors import pass_through
from rapport.staff.listing.pages import look_of
from rapport.staff.orders.acts import ACTS, Act, next_of, offered
from rapport.staff.orders.forms import OrderForm, line_forms
from rapport.staff.orders.page import OrderPage, page_of
from rapport.staff.record.reach import one
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui.toasts import tell

SUGGESTED = 200


def order_of(request: StaffRequest, pk: UUID) -> Order:
    """Return an order within reach with its customer. Raises `OutOfReach`."""
    return one(Order.objects.visible_to(request.actor).select_related("customer"), pk)


@require_safe
def order(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show an order."""
    return _shown(request, page_of(order_of(request, pk), look_of(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """Do something with an order; what the verb refuses comes back at its field."""
    row, chosen = order_of(request, pk), ACTS.get(name)
    if chosen is None:
        raise Http404
    pass_through(row, request.actor, chosen.right)
    page = page_of(row, look_of(request))
    form = chosen.form(request.POST if request.method == "POST" else None, page)
    if form.is_valid():
        with told_by(form, chosen.refusals):
            chosen.run(page, form, request.actor)
            tell(request, str(chosen.done))
            return HttpResponseRedirect(reverse("staff:order", args=[row.pk]))
    return _shown(request, page, chosen, form, 422 if form.is_bound else 200)


@require_POST
def receive(request: StaffRequest, pk: UUID, goods: UUID) -> HttpResponse:
    """Record that the goods of a return arrived."""
    row = order_of(request, pk)
    found = row.returns.filter(pk=goods).first()
    if found is None:
        raise Http404
    returns.receive(row, found, by=request.actor)
    tell(request, _("The goods are back."))
    return HttpResponseRedirect(reverse("staff:order", args=[row.pk]))


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Place an order."""
    request.actor.require(CHANGE)
    currency = organisation().currency
    data = request.POST if request.method == "POST" else None
    form = OrderForm(data, actor=request.actor, currency=currency, initial={"customer": _customer(request)})
    lines = line_forms(data, currency)
    if data is not None and "more" not in data:
        valid = all([form.is_valid(), *(line.is_valid() for line in lines)])
        if valid and (made := _placed(form, [line.line() for line in lines if not line.blank], request)):
            tell(request, _("Order %(number)s placed.") % {"number": made.number})
            return HttpResponseRedirect(reverse("staff:order", args=[made.pk]))
    status = 422 if data is not None and "more" not in data else 200
    products = Product.objects.visible_to(request.actor).filter(archived_at__isnull=True).order_by("sku")[:SUGGESTED]
    context = {"form": form, "lines": lines, "currency": currency, "products": products}
    return render(request, "staff/orders/add.html", context, status=status)


def _placed(form: OrderForm, lines: list[orders.NewLine], request: StaffRequest) -> Order | None:
    made: Order | None = None
    with told_by(form, {orders.NoLines: None, orders.RateMissing: None, orders.NumberTaken: None}):
        made = orders.place(form.cleaned_data["customer"], lines, by=request.actor, **form.values())
    return made if form.is_valid() else None


def _customer(request: StaffRequest) -> Customer | None:
    """Return the customer that the address names, when they are within reach."""
    try:
        key = UUID(request.GET.get("customer", ""))
    except ValueError:
        return None
    found: Any = Customer.objects.visible_to(request.actor, CHANGE)
    row: Customer | None = found.live().filter(pk=key).first()
    return row


def _shown(
    request: StaffRequest, page: OrderPage, chosen: Act | None = None, form: Any = None, status: int = 200
) -> HttpResponse:
    acts = offered(page)
    first = next_of(page, acts)
    context = {
        "page": page,
        "order": page.order,
        "first": first,
        "acts": [act for act in acts if act is not first],
        "chosen": chosen,
        "form": form,
        "here": request.path,
    }
    return render(request, "staff/orders/order.html", context, status=status)
