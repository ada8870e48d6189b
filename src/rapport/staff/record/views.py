"""The customer page and its parts, to look at."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rapport.staff.record import page
from rapport.staff.record.composer import composer
from rapport.staff.record.known import Known
from rapport.staff.record.panels import Shown
from rapport.staff.record.reach import customer_of
from rapport.staff.requests import StaffRequest


@require_safe
def customer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a customer; htmx gets the composer alone, or older touchpoints alone."""
    row = customer_of(request.actor, pk)
    if request.htmx.target == "composer":
        opened = composer(row, request.actor, request.GET.get("compose", "note"))
        return render(request, "staff/record/composer.html", {"composer": opened})
    if request.htmx.target == "older":
        return render(request, "staff/record/events.html", page.events(request, row, page.chosen_group(request)))
    return page.show(request, row)


@require_safe
def panel(request: StaffRequest, pk: UUID, name: str) -> HttpResponse:
    """Show one panel by itself: a slow one comes this way, or nothing when it has nothing to say."""
    row = customer_of(request.actor, pk)
    found = next((one for one in page.PANELS if one.name == name), None)
    if found is None:
        raise Http404
    request.actor.require(found.needs)
    known = Known(row, request.actor)
    loaded = found.load(known)
    if loaded is None and request.htmx:
        return HttpResponse()
    context = {"shown": Shown(found, loaded or {}), **page.head(known)}
    return render(request, "staff/record/panel.html" if request.htmx else "staff/record/panel_page.html", context)
