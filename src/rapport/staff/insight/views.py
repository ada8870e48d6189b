"""The owner's dashboard, its cards, and a page for each metric."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from rapport.insight import queries
from rapport.insight.permissions import VIEW
from rapport.kernel.conditions import ConditionError
from rapport.service.permissions import VIEW as TICKETS
from rapport.staff.insight import asked as asking
from rapport.staff.insight import metric as pages
from rapport.staff.insight import slices
from rapport.staff.insight.cards import BY_NAME, CARDS, Card
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui.components.parts import Tab
from rapport.ui.toasts import tell


@require_safe
def dashboard(request: StaffRequest) -> HttpResponse:
    """Show how the relationships are; `whole` brings all cards at once, for browsers without scripts."""
    request.actor.require(VIEW)
    asked = asking.of(request, request.actor)
    whole = "whole" in request.GET
    context = {
        **frame(request, asked),
        "cards": {card.name: (card, _load(card, asked, request) if whole else None) for card in CARDS},
    }
    return render(request, "staff/insight/dashboard.html", context)


@require_safe
def card(request: StaffRequest, name: str) -> HttpResponse:
    """Show one card by itself."""
    request.actor.require(VIEW)
    found = BY_NAME.get(name)
    if found is None:
        raise Http404
    asked = asking.of(request, request.actor)
    context = {"card": found, "it": _load(found, asked, request), "asked": asked}
    if request.htmx:
        return render(request, "staff/insight/card.html", context)
    return render(request, "staff/insight/card_page.html", {**context, **frame(request, asked)})


@require_safe
def metrics(request: StaffRequest) -> HttpResponse:
    """List all metrics with what they mean."""
    request.actor.require(VIEW)
    asked = asking.of(request, request.actor)
    return render(request, "staff/insight/metrics.html", {**frame(request, asked), "groups": pages.by_group()})


@require_safe
def metric(request: StaffRequest, name: str) -> HttpResponse:
    """Show a metric: value, interval, trend, definition, and the rows behind it."""
    request.actor.require(VIEW)
    known = {one.name: one for one in queries.metrics()}
    if name not in known:
        raise Http404
    one = known[name]
    asked = replace(asking.of(request, request.actor), live=one.live, only=asking.sliced(request, one.by))
    context = {
        **frame(request, asked),
        **tried(lambda: pages.shown(name, asked, request.actor)),
        "chips": slices.chips(asked) if asked.only else (),
    }
    return render(request, "staff/insight/metric.html", context)


@require_POST
def refresh(request: StaffRequest) -> HttpResponse:
    """Bring the numbers up to date with what happened since; the first time it takes a job."""
    request.actor.require(VIEW)
    if queries.lake_as_of() is None:
        tell(request, _("The numbers are being worked out. It takes a moment."), tone="neutral")
    else:
        from rapport.insight.lake.refresh import refresh as bring

        bring()
        tell(request, _("The numbers are up to date."))
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task("insight.recompute", queue="insight", queueing_lock="insight.recompute").defer()
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(back if safe else reverse("staff:insight"))


def frame(request: StaffRequest, asked: asking.Asked) -> dict[str, Any]:
    """Return what the head of every page of insight shows."""
    firm = organisation()
    return {
        "tabs": tabs(request),
        "asked": asked,
        "as_of": queries.lake_as_of(),
        "periods": [
            (label, asked.asking(period=key), key == asked.period) for key, (label, _n) in asking.PERIODS.items()
        ],
        "views": [
            (one, asked.asking(segment=str(one.pk)), one == asked.view)
            for one in (*asking.segments(request.actor), *asking.views(request.actor))
        ],
        "everyone": asked.asking(segment=""),
        "firm": firm,
    }


def tabs(request: StaffRequest) -> list[Tab]:
    """Return the dashboards that the reader may open."""
    pages = [("insight", _("Relationships"), VIEW), ("service", _("Service"), TICKETS)]
    here = (request.resolver_match.url_name if request.resolver_match else "") or ""
    return [
        Tab(label, reverse(f"staff:{name}"), current=here.startswith(name))
        for name, label, right in pages
        if request.actor.may(right)
    ]


def _load(card: Card, asked: asking.Asked, request: StaffRequest) -> dict[str, Any]:
    return tried(lambda: dict(card.load(asked, request.actor)))


def tried(load: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what `load` returns, or under "problem" why there is nothing to show."""
    from rapport.insight.lake.reader import NoLake

    try:
        return load()
    except NoLake:
        return {"problem": _("The numbers have not been worked out yet.")}
    except ConditionError as refusal:
        return {"problem": str(refusal)}
