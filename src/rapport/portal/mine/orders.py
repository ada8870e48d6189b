"""Orders: where they are, and sending something back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rapport.commerce.models import Order, OrderLine, ReturnLine
from rapport.commerce.services import returns
from rapport.commerce.services.returns import TooMany
from rapport.kernel.money import Money
from rapport.portal import reach
from rapport.portal.gates import members_only
from rapport.portal.mine.forms import ReturnForm
from rapport.portal.requests import MemberRequest
from rapport.ui.navigation import Text
from rapport.ui.toasts import tell

OPEN = (Order.Status.PLACED, Order.Status.PAID, Order.Status.SHIPPED)
A_PAGE = 20
WORDS: dict[str, tuple[str, Text]] = {
    Order.Status.PLACED: ("accent", gettext_lazy("Received")),
    Order.Status.PAID: ("accent", gettext_lazy("Being packed")),
    Order.Status.SHIPPED: ("accent", gettext_lazy("On its way")),
    Order.Status.DELIVERED: ("good", gettext_lazy("Delivered")),
    Order.Status.CANCELLED: ("neutral", gettext_lazy("Cancelled")),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an order's way: its name, when it was done (None: not yet), and whether it is the one we are at."""

    label: Text
    at: datetime | None
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """An order as its customer sees it."""

    order: Order
    tone: str
    words: Text
    total: Money
    things: str


@members_only
@require_safe
def orders(request: MemberRequest) -> HttpResponse:
    """List the orders, the newest first."""
    rows = reach.orders(request.member).prefetch_related("lines")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "orders": [shown(one) for one in page],
        "page": page,
        "returns": reach.returns(request.member)[:10],
        "whose": reach.companies(request.member),
    }
    return render(request, "portal/mine/orders.html", context)


@members_only
@require_safe
def order(request: MemberRequest, pk: object) -> HttpResponse:
    """Show one order: where it is, what is in it, what it cost, what may go back."""
    row = get_object_or_404(reach.orders(request.member).prefetch_related("shipments", "refunds"), pk=pk)
    own = row.customer_id == request.member.customer_id
    context = {
        "order": row,
        "shown": shown(row),
        "steps": steps(row),
        "lines": [(line, Money(line.total_minor, row.currency)) for line in row.lines.order_by("position")],
        "sums": sums(row),
        "returns": row.returns.prefetch_related("lines__line").order_by("-asked_at"),
        "may_return": own and bool(returnable(row)),
        "promises": reach.promises(request.member).filter(source_id=row.pk) if own else [],
    }
    return render(request, "portal/mine/order.html", context)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: MemberRequest, pk: object) -> HttpResponse:
    """Ask to send something back."""
    row = get_object_or_404(reach.own_orders(request.member), pk=pk)
    left = returnable(row)
    if not left:
        raise Http404
    form = ReturnForm(left, request.POST or None)
    if form.is_valid():
        try:
            returns.ask(row, form.quantities(), by=request.writer, reason=form.why()[:200])
        except TooMany as refusal:
            form.add_error(None, str(refusal))
        else:
            tell(request, _("We have your return. You will hear from us how to send it."))
            return HttpResponseRedirect(reverse("my:order", args=[row.pk]))
    context = {"order": row, "form": form, "rows": form.rows()}
    return render(request, "portal/mine/send_back.html", context, status=422 if form.is_bound else 200)


def under_way(rows: QuerySet[Order]) -> list[Shown]:
    """Return those of `rows` that are still to arrive."""
    return [shown(one) for one in rows.filter(status__in=OPEN).prefetch_related("lines")[:10]]


def shown(row: Order) -> Shown:
    """Return an order in the words of its customer."""
    tone, words = WORDS[row.status]
    names = [line.name or line.sku for line in row.lines.all()]
    things = ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
    return Shown(row, tone, words, paid(row), things)


def paid(row: Order) -> Money:
    """Return what the customer pays in all: net with tax and shipping."""
    return Money(row.net_minor + row.tax_minor + row.shipping_minor, row.currency)


def sums(row: Order) -> list[tuple[str, Money]]:
    """Return the lines below an order that are not nothing, the total last."""
    parts = [
        (_("Goods"), row.net_minor + row.discount_minor),
        (_("Discount"), -row.discount_minor),
        (_("Shipping"), row.shipping_minor),
        (_("Tax"), row.tax_minor),
        (_("Refunded"), -row.refunded_minor),
    ]
    found = [(label, Money(minor, row.currency)) for label, minor in parts if minor]
    return found if len(found) > 1 else []


def steps(row: Order) -> list[Step]:
    """Return the way of an order, each step with its moment; a cancelled one has none."""
    if row.status == Order.Status.CANCELLED:
        return []
    named = [
        (gettext_lazy("Received"), row.placed_at),
        (gettext_lazy("Packed and paid"), row.paid_at),
        (gettext_lazy("On its way"), row.shipped_at),
        (gettext_lazy("Delivered"), row.delivered_at),
    ]
    reached = list(Order.Status.values).index(row.status)
    return [Step(label, at, place <= reached, place == reached) for place, (label, at) in enumerate(named)]


def returnable(row: Order) -> list[tuple[OrderLine, Decimal]]:
    """Return the lines of a delivered order of which something can still go back, with how many."""
    if row.status not in {Order.Status.SHIPPED, Order.Status.DELIVERED}:
        return []
    lines = list(row.lines.order_by("position"))
    back = ReturnLine.objects.filter(line__in=lines).values_list("line_id").annotate(all=Sum("quantity"))
    gone = {key: Decimal(count) for key, count in back}
    left = [(line, line.quantity - gone.get(line.pk, Decimal(0))) for line in lines]
    return [(line, count) for line, count in left if count > 0]
