"""The wallboard: how service stands at this moment, in large type, for a screen that everybody sees."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.feedback.models import Answer
from rapport.feedback.permissions import VIEW as FEEDBACK
from rapport.insight.permissions import VIEW
from rapport.kernel import clock, live
from rapport.kernel.actors import Actor
from rapport.service.permissions import VIEW as TICKETS
from rapport.service.wall import wall
from rapport.staff.requests import StaffRequest
from rapport.team.queries import organisation
from rapport.ui import formats

LONG_WAIT, VERY_LONG = 60, 240
"""Minutes after which a wait is told in amber and in red."""


@dataclass(frozen=True, slots=True)
class Said:
    """How content the customers of today are: the share in the top two boxes, over how many."""

    share: float | None
    n: int


@require_safe
def wallboard(request: StaffRequest) -> HttpResponse:
    """Show who waits, what is late, who is there and how today goes."""
    request.actor.require(VIEW)
    request.actor.require(TICKETS)
    zone = organisation().zone
    midnight = clock.day_start(clock.today(zone), zone)
    now = wall(request.actor, midnight)
    context: dict[str, Any] = {
        "now": now,
        "queues": [(one, one.name or _("Other tickets"), *_wait(one.oldest, now.at)) for one in now.queues],
        "oldest": _wait(now.oldest, now.at),
        "said": _said(request.actor, midnight) if request.actor.may(FEEDBACK) else None,
        "live": live.stream(request, [live.DESK]),
        "zone": zone,
    }
    return render(request, "staff/insight/wall.html", context)


def _wait(since: datetime | None, at: datetime) -> tuple[str, str]:
    """Return how long somebody has waited, and the tone to say it in."""
    if since is None:
        return "", ""
    minutes = (at - since).total_seconds() / 60
    tone = "bad" if minutes >= VERY_LONG else "warn" if minutes >= LONG_WAIT else ""
    return formats.duration(at - since), tone


def _said(actor: Actor, midnight: datetime) -> Said:
    """Return the satisfaction that customers said today of tickets within reach."""
    rows = Answer.objects.visible_to(actor).filter(kind="csat", answered_at__gte=midnight, score__isnull=False)
    asked = Count("pk", filter=Q(score__gte=F("scale_high") - 1))
    row = rows.filter(ticket__isnull=False).aggregate(n=Count("pk"), good=asked)
    return Said(row["good"] / row["n"] if row["n"] else None, row["n"])
