"""The first page of the day."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from rapport.feedback.permissions import VIEW as FEEDBACK
from rapport.insight.permissions import VIEW as INSIGHT
from rapport.kernel import clock
from rapport.promises.permissions import VIEW as PROMISES
from rapport.staff.requests import StaffRequest
from rapport.staff.today import week, work
from rapport.team.queries import organisation
from rapport.ui import formats
from rapport.ui.components.parts import Chip


@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """Show what is owed to whom, who waits, who slips away, and how the week goes."""
    firm, actor = organisation(), request.actor
    mine = request.GET.get("whose") == "mine"
    groups = []
    if actor.may(PROMISES):
        groups.append(work.owing(actor, request.user.zone, mine=mine))
    if actor.may(FEEDBACK):
        groups.append(work.waiting(actor, mine=mine))
    if actor.may(INSIGHT):
        groups.append(work.slipping(actor, firm.currency, mine=mine))
    context = {
        "greeting": greeting(timezone.localtime(clock.now()), request.user.name),
        "subtitle": subtitle(groups),
        "groups": [group for group in groups if group.items],
        "bars": week.bars(actor, request.user.zone),
        "chips": [
            Chip(_("Everybody’s"), href="?", current=not mine),
            Chip(_("Mine"), href="?whose=mine", current=mine),
        ],
        "anybody": any(group.items for group in groups) or work.anybody(actor),
        "firm": firm,
    }
    return render(request, "staff/today/page.html", context)


def greeting(at: datetime, name: str) -> str:
    """Return good morning, afternoon or evening to the first name of the reader."""
    first = {"name": name.split()[0] if name.split() else name}
    if at.hour < 12:
        return _("Good morning, %(name)s") % first
    if at.hour < 18:
        return _("Good afternoon, %(name)s") % first
    return _("Good evening, %(name)s") % first


def subtitle(groups: list[work.Group]) -> str:
    """Return the day, and how many promises are due and late."""
    day = formats.day(timezone.localtime(clock.now()), "full")
    owing = next((group for group in groups if group.name == "owing"), None)
    if owing is None or not owing.count:
        return day
    due = ngettext("%(n)s promise is due or late", "%(n)s promises are due or late", owing.count)
    return f"{day} · {due % {'n': owing.note}}"
