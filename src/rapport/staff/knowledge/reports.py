"""How the help centre is used, and the words that mean the same."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel import clock
from rapport.kernel.clock import Period
from rapport.knowledge.models import Synonyms
from rapport.knowledge.permissions import PUBLISH, VIEW, WRITE
from rapport.knowledge.queries import reports
from rapport.knowledge.services import synonyms as verbs
from rapport.staff.knowledge.forms import SynonymsForm
from rapport.staff.knowledge.tabs import tabs
from rapport.staff.refusals import told_by
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui.toasts import tell

DAYS = (7, 30, 90, 365)


@require_safe
def use(request: StaffRequest) -> HttpResponse:
    """Show what is searched for in vain, how many messages articles spare, and which articles do not help."""
    request.actor.require(VIEW)
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in DAYS else 30
    last = clock.today(organisation().zone)
    first = last - timedelta(days=days - 1)
    searched, missed = reports.search_counts(first, last)
    context = {
        "tabs": tabs(request, "knowledge_use"),
        "days": days,
        "choices": DAYS,
        "searched": searched,
        "missed": missed,
        "found_rate": (searched - missed) / searched if searched else None,
        "in_vain": reports.searches(first, last, missed=True, count=20),
        "frequent": reports.searches(first, last, missed=False, count=10),
        "deflection": reports.deflection(Period.of_days(first, last, organisation().zone)),
        "judged": reports.judged(),
        "comments": reports.comments(),
        "may_write": request.actor.may(WRITE),
    }
    return render(request, "staff/knowledge/use.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def synonyms(request: StaffRequest) -> HttpResponse:
    """Show and add words that mean the same."""
    request.actor.require(PUBLISH)
    form = SynonymsForm(request.POST or None)
    if form.is_valid():
        with told_by(form, {verbs.TooFew: "words"}):
            verbs.add(form.cleaned_data["words"].split(","), by=request.actor)
            tell(request, _("Saved."))
            return redirect("staff:synonyms")
    context = {"form": form, "groups": Synonyms.objects.all(), "tabs": tabs(request, "synonyms")}
    return render(request, "staff/knowledge/synonyms.html", context, status=422 if form.is_bound else 200)


@require_POST
def remove_synonyms(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Remove a group of synonyms."""
    verbs.remove(get_object_or_404(Synonyms, pk=pk), by=request.actor)
    tell(request, _("Removed."))
    return redirect("staff:synonyms")
