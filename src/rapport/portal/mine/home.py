"""The overview: what is under way, and what we owe this member."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.kernel import clock
from rapport.portal import reach
from rapport.portal.gates import members_only
from rapport.portal.mine.orders import under_way
from rapport.portal.requests import MemberRequest
from rapport.portal.talks import reach as talking
from rapport.portal.talks.views import shown
from rapport.promises.models import Promise

FEW = 4


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise as the member sees it: what, by when, and how it stands in plain words."""

    promise: Promise
    day: date
    tone: str
    words: str


@members_only
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """Show what is open: orders under way, talks that go on, promises."""
    open_promises = reach.promises(request.member).filter(outcome="")
    context = {
        "orders": under_way(reach.own_orders(request.member))[:FEW],
        "latest": reach.own_orders(request.member).first(),
        "talks": [shown(one) for one in talking.open_tickets(request.member)[:FEW]],
        "promises": [owed(one) for one in open_promises[:FEW]],
    }
    return render(request, "portal/mine/home.html", context)


@members_only
@require_safe
def promises(request: MemberRequest) -> HttpResponse:
    """Show what was promised: what is open, then how the rest ended."""
    rows = reach.promises(request.member)
    context = {
        "open": [owed(one) for one in rows.filter(outcome="")],
        "ended": [owed(one) for one in rows.exclude(outcome="").order_by("-ended_at", "-id")[:50]],
    }
    return render(request, "portal/mine/promises.html", context)


def owed(promise: Promise) -> Owed:
    """Return a promise in the words of who it was made to."""
    day = promise.due_on or timezone.localtime(promise.due_until).date()
    tone, words = {
        "open": ("accent", _("On its way")),
        "kept": ("good", _("Kept")),
        "late": ("warn", _("Kept late") if promise.outcome else _("Late, we are on it")),
        "broken": ("bad", _("We could not keep it")),
        "released": ("neutral", _("You let us off")),
    }[promise.state(clock.now())]
    return Owed(promise, day, tone, words)
