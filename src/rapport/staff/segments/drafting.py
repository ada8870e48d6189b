"""Making a segment and changing one: its name, and whom it asks for by the filter of the list of customers.

The condition is put together as in any list. The step that adds a part leads back here, to the part of the page that
says whom the condition finds, so that what is typed beside it stays.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from rapport.customers.models import Customer
from rapport.kernel.conditions import ConditionError, TooSlow, limited
from rapport.marketing.models import Segment
from rapport.marketing.permissions import CHANGE
from rapport.marketing.services import members, segments
from rapport.staff.customers.listings import CUSTOMERS
from rapport.staff.listing import chips, pages, views
from rapport.staff.listing.asked import Asked, asked
from rapport.staff.listing.counting import Count, count, expected
from rapport.staff.listing.nouns import Listing, Preset
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.team.models import User
from rapport.ui.navigation import at
from rapport.ui.toasts import tell

NEW = "new"
SHOWN = 6
PATIENCE = 3.0  # seconds for one question of the database
REFUSALS: Fields = {
    segments.Nameless: "name",
    segments.NameTaken: "name",
    segments.AsksNothing: None,
    segments.Archived: None,
    ConditionError: None,
}
DRAFT = replace(
    CUSTOMERS, name="segment_draft", url_name="staff:segment_draft", presets=(Preset(NEW, _("New")),), verbs=(),
    actions=(), boards=(), keeps=(), export=None,
)  # fmt: skip


class SegmentForm(forms.Form):
    """What a segment is called, whose it is, and how it comes to have members."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("Conditions name it: segment = “Regulars”."))
    description = forms.CharField(label=_("What it is for"), max_length=300, required=False)
    owner = forms.ModelChoiceField(
        User.objects.filter(deactivated_at__isnull=True), label=_("Owner"), required=False, empty_label=_("Nobody")
    )
    kind = forms.ChoiceField(
        label=_("Who is in it"),
        choices=(
            (Segment.Kind.DYNAMIC, _("Always those who meet the condition")),
            (Segment.Kind.STATIC, _("A chosen list, which begins with those who meet it now")),
        ),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, of: Segment | None, **more: Any) -> None:
        super().__init__(*args, **more)
        if of is not None:
            del self.fields["kind"]


@dataclass(frozen=True)
class Found:
    """Whom a condition finds: how many, and some of them."""

    count: Count
    some: list[Customer]


@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: StaffRequest) -> HttpResponse:
    """Make a segment, or change the one that the address names as its view."""
    request.actor.require(CHANGE)
    row = _named(request)
    first = {"kind": Segment.Kind.DYNAMIC, "owner": request.user.pk}
    if row is not None:
        first = {"name": row.name, "description": row.description, "owner": row.owner_id}
    form = SegmentForm(request.POST if request.method == "POST" else None, of=row, initial=first)
    wanted, editor = _asked(request, row), at("staff:segment_draft_filter")
    if request.method == "POST" and form.is_valid():
        with told_by(form, REFUSALS):
            return _kept(request, row, form.cleaned_data, request.POST.get("condition", ""))
    context = {
        "form": form, "segment": row, "asked": wanted, "found": found(wanted), "static": row and not row.dynamic,
        "chips": chips.chips(wanted, editor), "add_url": wanted.url(editor),
        "problem": wanted.problem, "action": request.path + (f"?view={row.pk}" if row else ""),
        "back": reverse("staff:segment", args=[row.pk]) if row else reverse("staff:segments"),
    }  # fmt: skip
    part = request.headers.get("HX-Target") == "list"
    template = "staff/segments/asks.html" if part else "staff/segments/draft.html"
    answer = render(request, template, context, status=422 if form.is_bound else 200)
    patch_vary_headers(answer, ["HX-Target"])
    return answer


@require_safe
def condition(request: StaffRequest) -> HttpResponse:
    """Add a part to the condition or change one, step by step; then lead back."""
    request.actor.require(CHANGE)
    return views.condition(request, listing=_listing(_named(request)))


def found(wanted: Asked) -> Found | None:
    """Return whom the condition finds; None when there is none, or it can't be used."""
    if wanted.problem is not None or not wanted.filtered:
        return None
    rows = wanted.rows()
    try:
        with limited(PATIENCE):
            return Found(Count(rows.count()), list(rows.defer("search").order_by("name", "pk")[:SHOWN]))
    except TooSlow:
        return Found(count(rows, expected(rows, filtered=True)), [])


def _kept(request: StaffRequest, row: Segment | None, given: dict[str, Any], written: str) -> HttpResponse:
    """Make or change the segment, and lead to its page."""
    plain = {name: given[name] for name in ("name", "description", "owner")}
    if row is not None:
        row = segments.change(row, by=request.actor, condition=written if row.dynamic else None, **plain)
        tell(request, _said("Saved."))
    elif given["kind"] == Segment.Kind.DYNAMIC:
        row = segments.create(by=request.actor, condition=written, **plain)
        tell(request, _said("Segment %(name)s made. Who is in it is worked out in a moment.") % {"name": row.name})
    else:
        row = members.choose(written, by=request.actor, **plain)
        tell(request, _said("Segment %(name)s made.") % {"name": row.name})
    return redirect("staff:segment", row.pk)


def _named(request: HttpRequest) -> Segment | None:
    """Return the segment that is being changed, None for a new one; 404 for one that is not there."""
    key = request.GET.get("view", NEW)
    if key == NEW:
        return None
    try:
        pk = UUID(key)
    except ValueError:
        raise Http404 from None
    row = Segment.objects.visible_to(request.actor, CHANGE).filter(pk=pk).first()  # type: ignore[attr-defined]
    if row is None:
        raise Http404
    return row


def _listing(row: Segment | None) -> Listing:
    """Return customers as they are listed while a segment is put together, which stands for a view of them."""
    if row is None:
        return DRAFT
    return replace(DRAFT, presets=(*DRAFT.presets, Preset(str(row.pk), row.name, row.text)))


def _asked(request: StaffRequest, row: Segment | None) -> Asked:
    query = QueryDict(mutable=True)
    query.update(request.GET)
    if "condition" in request.POST:
        query["f"] = request.POST["condition"]
    return asked(_listing(row), pages.look_of(request), query)
