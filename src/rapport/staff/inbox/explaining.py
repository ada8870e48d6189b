"""Why a ticket is where it is: who gave it to whom, which policy it fell under, and which targets were missed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import sentence
from rapport.kernel.events.types import EVENTS
from rapport.kernel.models import EventRecord
from rapport.service.models import Clock, StatusSpan, Ticket
from rapport.service.services import rulebook
from rapport.team.queries import context_for
from rapport.ui import formats
from rapport.ui.navigation import Text

STEPS = (
    "service.ticket_opened", "service.ticket_queued", "service.ticket_assigned", "service.offer_ended",
    "service.status_changed", "service.ticket_solved", "service.ticket_reopened", "service.ticket_closed",
    "service.clock_breached", "service.ticket_merged", "service.ticket_unmerged", "service.macro_run",
)  # fmt: skip
MOST = 60
WHY: Mapping[str, Text] = {
    "hand": gettext_lazy("somebody chose that by hand"),
    "taken": gettext_lazy("they took it"),
    "released": gettext_lazy("it was given back"),
    "queue": gettext_lazy("the owner is no member of the queue it went to"),
    "round_robin": gettext_lazy("it was their turn"),
    "least_busy": gettext_lazy("they had the least to do"),
    "last_agent": gettext_lazy("they looked after this customer before"),
    "lapsed": gettext_lazy("it was not accepted in time"),
    "passed": gettext_lazy("it was passed on"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened to a ticket: in words, by whom, and why if that is known."""

    at: datetime
    words: str
    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A policy in the order in which they are asked: what it asks for, and whether the ticket falls under it now."""

    name: str
    asks: str
    chosen: bool
    after: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A clock in words: what it runs for, how it stands, and by how much it was missed."""

    label: str
    policy: str
    minutes: int
    clock: Clock
    missed: str
    stands: str


def steps(ticket: Ticket) -> list[Step]:
    """Return what happened to a ticket, the newest first."""
    rows = EventRecord.objects.filter(subject_id=ticket.pk, type__in=STEPS).order_by("-at", "-id")[:MOST]
    return [
        Step(row.at, EVENTS[row.type].tell(row.data), row.actor_name, str(WHY.get(str(row.data.get("why", "")), "")))
        for row in rows
    ]


def policies(ticket: Ticket) -> list[Asked]:
    """Return the policies as they are asked, with the one that the ticket falls under."""
    found = rulebook.rules()
    chosen = rulebook.choose([ticket.pk], found).get(ticket.pk)
    context, asked, passed = context_for(SYSTEM), [], False
    for rule in found:
        if rule.fallback:
            words = _("for all other tickets")
        elif rule.condition is None:
            words = _("asks for nothing, so it fits nothing")
        else:
            words = sentence(rule.condition, "ticket", context)
        fits = chosen is not None and rule.policy_id == chosen.policy_id
        asked.append(Asked(rule.name, words, fits, passed))
        passed = passed or fits
    return asked


def targets(ticket: Ticket) -> list[Target]:
    """Return the clocks of a ticket in the order in which they began."""
    rows = Clock.objects.filter(ticket=ticket).select_related("policy").order_by("started_at", "aim")
    now = clock.now()
    return [_target(row, now) for row in rows]


def pauses(ticket: Ticket) -> list[StatusSpan]:
    """Return the stretches in which no clock ran."""
    rows = ticket.spans.filter(category__in=("waiting", "solved", "closed")).select_related("status")
    return list(rows.order_by("entered_at", "id"))


def _target(row: Clock, now: datetime) -> Target:
    end = row.stopped_at or now
    late = end - row.due_at if row.due_at and end > row.due_at else timedelta(0)
    missed = _("missed by %(time)s") % {"time": formats.duration(late)} if late else ""
    if row.end == Clock.End.DROPPED:
        stands = _("no longer to be done")
    elif row.end == Clock.End.MET:
        stands = _("done")
    else:
        stands = _("runs") if row.due_at else _("stands still")
    return Target(row.get_aim_display(), row.policy.name if row.policy else "", row.minutes, row, missed, stands)
