"""Statuses: the firm's own words for where a ticket stands."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.service.models import Status
from rapport.service.permissions import MANAGE
from rapport.service.services import statuses as verbs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.ui.toasts import tell


class NameForm(forms.Form):
    """What a status is called."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)


class StatusForm(NameForm):
    """A status and its category."""

    category = forms.ChoiceField(
        label=gettext_lazy("Category"),
        choices=Status.Category.choices,
        help_text=gettext_lazy("Clocks and reports go by it, so it stays. Waiting and ended time does not count."),
    )


@require_safe
def statuses(request: StaffRequest) -> HttpResponse:
    """List the statuses by category."""
    request.actor.require(MANAGE)
    verbs.make_standard()
    rows = list(Status.objects.live())
    shown = [
        (label, found)
        for category, label in Status.Category.choices
        if (found := [row for row in rows if row.category == category])
    ]
    return part(request, "statuses", {"shown": shown})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a status."""
    request.actor.require(MANAGE)
    form = StatusForm(request.POST or None, initial={"category": Status.Category.OPEN})
    if form.is_valid():
        with told_by(form, {verbs.NameTaken: "name"}):
            made = verbs.add(form.cleaned_data["name"], form.cleaned_data["category"], by=request.actor)
            tell(request, _("Status %(name)s added.") % {"name": made.name})
            return redirect("staff:statuses")
    return part(request, "statuses", {"form": form}, template="status", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def status(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Rename a status."""
    request.actor.require(MANAGE)
    row = get_object_or_404(Status.objects.live(), pk=pk)
    form = NameForm(request.POST or None, initial={"name": row.name})
    if form.is_valid():
        with told_by(form, {verbs.NameTaken: "name"}):
            verbs.change(row, name=form.cleaned_data["name"], by=request.actor)
            tell(request, _("Saved."))
            return redirect("staff:statuses")
    context: dict[str, object] = {"form": form, "status": row}
    return part(request, "statuses", context, template="status", status=422 if form.is_bound else 200)


@require_POST
def archive(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Take a status out of the choices."""
    row = get_object_or_404(Status.objects.live(), pk=pk)
    try:
        verbs.archive(row, by=request.actor)
    except verbs.LastOne as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:status", pk)
    tell(request, _("Status %(name)s is out of use. Tickets that have it keep it.") % {"name": row.name})
    return redirect("staff:statuses")
