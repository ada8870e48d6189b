"""The service dashboard: its page, its cards by themselves, and its reports as files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from rapport.insight import desk
from rapport.insight.permissions import VIEW
from rapport.kernel import clock
from rapport.service.permissions import VIEW as TICKETS
from rapport.staff.insight import asked as asking
from rapport.staff.insight import side_by_side, slices
from rapport.staff.insight.reports import REPORTS
from rapport.staff.insight.service_cards import BY_NAME, CARDS
from rapport.staff.insight.views import frame, tried
from rapport.staff.listing import exporting
from rapport.staff.requests import StaffRequest
from rapport.team.services import exports
from rapport.ui.toasts import tell

FIRST = "month"


@require_safe
def service(request: StaffRequest) -> HttpResponse:
    """Show how we serve; `whole` brings all cards at once, for browsers without scripts."""
    asked = _asked(request)
    whole = "whole" in request.GET
    context = {
        **_frame(request, asked),
        "tiles": (CARDS[0], _load(CARDS[0].load, asked, request) if whole else None),
        "cards": [(card, _load(card.load, asked, request) if whole else None) for card in CARDS[1:]],
        "parts": _parts(request, asked) if whole or "by" in request.GET or "sort" in request.GET else None,
        "whole": request.path + asked.asking(whole="1"),
    }
    return render(request, "staff/insight/service/page.html", context)


@require_safe
def service_card(request: StaffRequest, name: str) -> HttpResponse:
    """Show one card by itself."""
    asked = _asked(request)
    if name == "parts":
        return _shown(request, "staff/insight/service/parts.html", {"parts": _parts(request, asked)}, asked)
    card = BY_NAME.get(name)
    if card is None:
        raise Http404
    it = _load(card.load, asked, request)
    return _shown(request, "staff/insight/card.html", {"card": card, "it": it}, asked)


@require_safe
def service_csv(request: StaffRequest, name: str) -> HttpResponseBase:
    """Answer with a report as a file, and put on record who took it."""
    asked = _asked(request)
    make = REPORTS.get(name)
    if make is None:
        raise Http404
    found = tried(lambda: {"lines": make(asked, request.actor)})
    if "problem" in found:
        tell(request, found["problem"], tone="bad")
        return HttpResponseRedirect(reverse("staff:service") + asked.query)
    told = slices.condition(asked)
    columns = [str(one) for one in found["lines"][0]]
    exports.record(f"service-{name}", by=request.actor, condition=told, search="", columns=columns, kind="csv")
    file = f"service-{name}-{timezone.localtime(clock.now()):%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return StreamingHttpResponse(exporting.written(found["lines"]), content_type=exporting.CSV, headers=headers)


def _asked(request: StaffRequest) -> asking.Asked:
    """Return what is asked for. Raises `Forbidden` without the rights to see figures and tickets."""
    request.actor.require(VIEW)
    request.actor.require(TICKETS)
    found = asking.of(request, request.actor)
    period = found.period if "period" in request.GET else FIRST
    return replace(found, period=period, live=True, only=asking.sliced(request, slices.NAMES), first="")


def _frame(request: StaffRequest, asked: asking.Asked) -> dict[str, Any]:
    found = tried(lambda: {"tags": desk.tags(slices.question(asked, request.actor))})
    choices = slices.choices(asked, request.actor, found.get("tags", ()))
    return {**frame(request, asked), "choices": choices, "narrowed": bool(asked.only)}


def _parts(request: StaffRequest, asked: asking.Asked) -> dict[str, Any]:
    by, sort = request.GET.get("by", side_by_side.FIRST), request.GET.get("sort", "")
    return tried(lambda: side_by_side.shown(by, sort, asked, request.actor))


def _load(load: Any, asked: asking.Asked, request: StaffRequest) -> dict[str, Any]:
    return tried(lambda: dict(load(asked, request.actor)))


def _shown(request: StaffRequest, template: str, context: dict[str, Any], asked: asking.Asked) -> HttpResponse:
    """Show a part of the page by itself: bare for htmx, else in the frame."""
    context["asked"] = asked
    if request.htmx:
        return render(request, template, context)
    return render(request, "staff/insight/service/part.html", {**context, **_frame(request, asked), "part": template})
