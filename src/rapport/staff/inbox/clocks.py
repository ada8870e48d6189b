"""How a ticket's clocks are said: what is due next, how much time is left, what was missed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.service.models import Ticket


@dataclass(frozen=True, slots=True)
class Due:
    """One target: what is due until when, and the tone it is said in."""

    label: str
    at: datetime
    tone: str


def clocks_of(ticket: Ticket) -> list[Due]:
    """Return the running targets of a ticket, the soonest first."""
    now = clock.now()
    found = [
        (_("first answer"), ticket.first_due_at),
        (_("next answer"), ticket.next_due_at),
        (_("solution"), ticket.solve_due_at),
    ]
    due = [Due(label, at, tone_of(at, now)) for label, at in found if at]
    return sorted(due, key=lambda one: one.at)


def tone_of(at: datetime, now: datetime) -> str:
    """Return bad for what is overdue, a warning for what is due within the hour."""
    if at <= now:
        return "bad"
    return "warn" if (at - now).total_seconds() < 3600 else "neutral"
