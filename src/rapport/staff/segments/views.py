"""The page of a segment: who is in it, how it went, who joined and left, what names it, and why somebody is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from rapport.customers.models import Customer
from rapport.customers.permissions import EXPORT
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import ConditionError
from rapport.kernel.conditions.kept import Mention
from rapport.marketing import queries
from rapport.marketing.models import Segment
from rapport.marketing.permissions import CHANGE, VIEW
from rapport.marketing.queries import Day, Why
from rapport.marketing.services import members, segments
from rapport.staff.customers.choosing import CustomerField, said
from rapport.staff.requests import StaffRequest
from rapport.staff.segments.listings import asks, state
from rapport.team.queries import context_for
from rapport.ui import formats
from rapport.ui.components.charts import Chart, Series, lines
from rapport.ui.toasts import tell

SHOWN = 8


class WhoForm(forms.Form):
    """The customer of whom one asks why they are in a segment or not."""

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["who"] = CustomerField(actor=actor, right=CUSTOMERS, label=gettext_lazy("Customer"))


class MemberForm(forms.Form):
    """A customer to put into a chosen list."""

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["customer"] = CustomerField(actor=actor, right=CUSTOMERS)


@dataclass(frozen=True, slots=True)
class Answer:
    """Why a customer is in a segment or not, or what keeps it from being said."""

    customer: Customer
    why: Why | None
    problem: str = ""


@require_safe
def page(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a segment; `who` asks why that customer is in it or not."""
    row, actor = _one(request, pk), request.actor
    form = WhoForm(request.GET if request.GET.get("who") else None, actor=actor)
    asked = form.cleaned_data["who"] if form.is_bound and form.is_valid() else None
    days = queries.days(row)
    context = {
        "segment": row, "state": state(row), "asks": asks(row, context_for(actor)), "text": queries.as_text(row),
        "chart": chart(days), "week": (sum(one.joined for one in days[-7:]), sum(one.left for one in days[-7:])),
        "joined": queries.joined_lately(row, actor, SHOWN), "left": queries.left_lately(row, actor, SHOWN),
        "used": [(one, _address(one)) for one in queries.used_in(row)], "may_change": actor.may(CHANGE),
        "members_url": customers_url(row),
        "change_url": f"{reverse('staff:segment_draft')}?view={row.pk}",
        "exports": exports(row) if actor.may(EXPORT) else [],
        "who": form, "answer": answer(row, asked, actor) if asked else None,
        "member": MemberForm(actor=actor) if actor.may(CHANGE) and not row.dynamic and not row.archived_at else None,
    }  # fmt: skip
    return render(request, "staff/segments/page.html", context, status=422 if form.is_bound and form.errors else 200)


@require_POST
def act(request: StaffRequest, pk: UUID, act: str) -> HttpResponse:
    """Archive, restore, remove or work out a segment."""
    row = _one(request, pk)
    done = ACTS.get(act)
    if done is None:
        raise Http404
    verb, words = done
    try:
        verb(row, by=request.actor)
    except (segments.InUse, segments.Archived) as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:segment", pk)
    tell(request, str(words) % {"name": row.name})
    return redirect("staff:segments") if act == "remove" else redirect("staff:segment", pk)


@require_POST
def put_in(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Put a customer into a chosen list."""
    row = _one(request, pk)
    request.actor.require(CHANGE)
    form = MemberForm(request.POST, actor=request.actor)
    if not form.is_valid():
        tell(request, " ".join(map(str, form.errors["customer"])), tone="bad")
        return redirect("staff:segment", pk)
    one: Customer = form.cleaned_data["customer"]
    try:
        members.add(row, [one.pk], by=request.actor)
    except members.NotAList as refusal:
        tell(request, str(refusal), tone="bad")
    else:
        tell(request, _("%(who)s is in the list.") % {"who": said(one)})
    return redirect("staff:segment", pk)


@require_POST
def take_out(request: StaffRequest, pk: UUID, customer: UUID) -> HttpResponse:
    """Take a customer out of a chosen list."""
    row = _one(request, pk)
    try:
        members.take_out(row, [customer], by=request.actor)
    except (members.NotAList, members.NotWithinReach) as refusal:
        tell(request, str(refusal), tone="bad")
    else:
        tell(request, _("Taken out of the list."))
    return redirect("staff:segment", pk)


def answer(row: Segment, customer: Customer, actor: Actor) -> Answer:
    """Return why a customer is in a segment or not."""
    try:
        return Answer(customer, queries.why(row, customer, actor))
    except ConditionError as error:
        return Answer(customer, None, error.message)


def chart(days: list[Day]) -> Chart | None:
    """Return how large a segment was at the end of each day; None before its second one."""
    if len(days) < 2:
        return None
    text = _("The segment went from %(before)s customers on %(first)s to %(now)s on %(last)s.") % {
        "before": formats.number(days[0].size),
        "first": formats.day(days[0].on),
        "now": formats.number(days[-1].size),
        "last": formats.day(days[-1].on),
    }
    name = _("Customers in the segment")
    labels = [formats.day(one.on) for one in days]
    return lines(name, labels, [Series(name, [one.size for one in days])], text, height="short", area=True)


def customers_url(row: Segment) -> str:
    """Return the address of the list of customers, filtered to a segment."""
    return f"{reverse('staff:customers')}?{urlencode({'f': queries.condition_on(row)})}"


def exports(row: Segment) -> list[tuple[str, str]]:
    """Return the formats in which the members can be taken out, with their addresses."""
    query = urlencode({"f": queries.condition_on(row)})
    return [
        (label, f"{reverse('staff:customers_export', args=[kind])}?{query}")
        for label, kind in ((_("Export as CSV"), "csv"), (_("Export as Excel"), "xlsx"))
    ]


def _one(request: StaffRequest, pk: UUID) -> Segment:
    request.actor.require(VIEW)
    row = Segment.objects.visible_to(request.actor).select_related("owner").filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _address(one: Mention) -> str:
    """Return the page of what names a segment, "" for one that others may not open."""
    if one.model == "marketing.Segment":
        return reverse("staff:segment", args=[one.key])
    if one.model == "service.SlaPolicy":
        return reverse("staff:sla_policy", args=[one.key])
    return reverse("staff:survey", args=[one.key]) if one.model == "feedback.Survey" else ""


ACTS: dict[str, tuple[Callable[..., object], Any]] = {
    "archive": (segments.archive, gettext_lazy("Segment %(name)s is in the archive.")),
    "restore": (segments.restore, gettext_lazy("Segment %(name)s is back. Who is in it is worked out in a moment.")),
    "remove": (segments.remove, gettext_lazy("Segment %(name)s removed.")),
    "ask": (segments.ask, gettext_lazy("Who is in %(name)s is worked out in a moment.")),
}
