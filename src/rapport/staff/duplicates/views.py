"""Two customers side by side, merging them, and taking them apart again."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.customers.models import Customer, CustomerMerge, Duplicate
from rapport.customers.permissions import MERGE
from rapport.customers.queries import pair_of
from rapport.customers.services import comparing, duplicates, merges
from rapport.customers.services.customers import Trashed
from rapport.customers.services.merging import values
from rapport.kernel.permissions import OutOfReach
from rapport.staff.customers.choosing import CustomerField
from rapport.staff.duplicates import beside
from rapport.staff.duplicates.words import reasons
from rapport.staff.record.reach import customer_of, one
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui import formats
from rapport.ui.toasts import tell

REFUSED = (merges.IntoItself, merges.DifferentKinds, merges.NoChoice, Trashed)


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask with whom a customer is to be merged."""
    row = customer_of(request.actor, pk)
    form = _OtherForm(request, row)
    if form.is_valid():
        return HttpResponseRedirect(reverse("staff:customer_merge", args=[row.pk, form.cleaned_data["other"].pk]))
    context = {"form": form, "customer": row, "pairs": beside.suspected(row, request.actor)}
    return render(request, "staff/duplicates/choose.html", context, status=422 if form.is_bound else 200)


class _OtherForm(forms.Form):
    """The other customer."""

    def __init__(self, request: StaffRequest, row: Customer) -> None:
        super().__init__(request.POST or None)
        self.row = row
        self.fields["other"] = CustomerField(
            actor=request.actor, right=MERGE, label=_("The other customer"), help_text=_("Name, address or number.")
        )

    def clean_other(self) -> Customer:
        other: Customer = self.cleaned_data["other"]
        if other.pk == self.row.pk:
            raise forms.ValidationError(_("A customer cannot be merged into itself."))
        if other.kind != self.row.kind:
            raise forms.ValidationError(_("A person and a company cannot be one."))
        return other


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Show two customers side by side, and merge them as the form says."""
    request.actor.require(MERGE)
    left, right = (_mergeable(request, key) for key in (pk, other))
    if left.pk == right.pk:
        raise OutOfReach
    if left.number > right.number:
        left, right = right, left
    if request.method == "POST":
        return _merge(request, left, right)
    return _page(request, left, right)


@require_http_methods(["GET", "HEAD", "POST"])
def unmerge(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show what taking a merged customer out again gives back, and do it."""
    request.actor.require(MERGE)
    source = one(Customer.objects.visible_to(request.actor, MERGE).select_related("merged_into"), pk)
    step = CustomerMerge.objects.filter(source=source, undone_at=None).select_related("survivor").first()
    if step is None or source.merged_into is None:
        return HttpResponseRedirect(reverse("staff:customer", args=[source.pk]))
    survivor = one(Customer.objects.visible_to(request.actor, MERGE), source.merged_into.pk)
    if request.method == "POST":
        return _unmerge(request, source, survivor)
    context = {"source": source, "survivor": survivor, "step": step, "back": beside.given_back(step)}
    return render(request, "staff/duplicates/unmerge.html", context)


@require_POST
def keep_apart(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Note that the two of a pair are not the same."""
    pair = duplicates.keep_apart(one(Duplicate.objects.visible_to(request.actor), pk), by=request.actor)
    tell(request, _("They are not suggested again."), undo=reverse("staff:duplicate_suspect", args=[pair.pk]))
    return HttpResponseRedirect(reverse("staff:duplicates"))


@require_POST
def suspect(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a pair be asked about again."""
    duplicates.suspect(one(Duplicate.objects.visible_to(request.actor), pk), by=request.actor)
    tell(request, _("The pair is back in the list."))
    return HttpResponseRedirect(reverse("staff:duplicates"))


@require_POST
def compare_all(request: StaffRequest) -> HttpResponse:
    """Ask for all customers to be compared with each other."""
    request.actor.require(MERGE)
    comparing.mark_everybody()
    tell(request, _("All customers are being compared; what is found stands here in a few minutes."), tone="neutral")
    return HttpResponseRedirect(reverse("staff:duplicates"))


def _mergeable(request: StaffRequest, pk: UUID) -> Customer:
    """Return a customer within reach of merging. Raises `OutOfReach`, `MergedAway`."""
    customer_of(request.actor, pk)
    return one(Customer.objects.visible_to(request.actor, MERGE).select_related("owner"), pk)


def _page(request: StaffRequest, left: Customer, right: Customer, refused: str = "") -> HttpResponse:
    currency = organisation().currency
    posted = request.POST if refused else {}
    chosen = [name for name, side in posted.items() if side == "right"] or values.preferred(right, left)
    pair = pair_of(left, right)
    context = {
        "left": left, "right": right, "refused": refused, "pair": pair, "why": reasons(pair.reasons) if pair else "",
        "rows": beside.rows(left, right, currency, chosen), "added": beside.added(left, right),
        "moving": beside.moving(left, right, request.actor), "two_kinds": left.kind != right.kind,
        "sides": (("left", left), ("right", right)), "survivor": posted.get("survivor", "left"),
        "likely": formats.percent(pair.score / 100, 0) if pair else "",
    }  # fmt: skip
    return render(request, "staff/duplicates/merge.html", context, status=422 if refused else 200)


def _merge(request: StaffRequest, left: Customer, right: Customer) -> HttpResponse:
    stays_left = request.POST.get("survivor", "left") != "right"
    survivor, source = (left, right) if stays_left else (right, left)
    offered = beside.rows(left, right, organisation().currency)
    try:
        kept = merges.merge(source, survivor, by=request.actor, take=beside.taken(request.POST, stays_left, offered))
    except REFUSED as refusal:
        return _page(request, left, right, str(refusal))
    words = _("%(source)s was merged into %(survivor)s.") % {"source": source.label, "survivor": kept.label}
    tell(request, words, undo=reverse("staff:customer_unmerge", args=[source.pk]))
    return HttpResponseRedirect(reverse("staff:customer", args=[kept.pk]))


def _unmerge(request: StaffRequest, source: Customer, survivor: Customer) -> HttpResponse:
    try:
        apart = merges.unmerge(source, by=request.actor)
    except (merges.NotMerged, Trashed) as refusal:
        tell(request, str(refusal), tone="warn")
        return HttpResponseRedirect(reverse("staff:customer", args=[survivor.pk]))
    pair = pair_of(apart, survivor)
    if request.POST.get("apart") and pair is not None:
        duplicates.keep_apart(pair, by=request.actor)
    words = _("%(source)s stands by itself again.") % {"source": apart.label}
    tell(request, words)
    return HttpResponseRedirect(reverse("staff:customer", args=[apart.pk]))
