"""The panel of what is open: promises to the customer that have not ended, the most overdue first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE
from rapport.staff.record.known import Known
from rapport.ui import formats

SHOWN = 6


@dataclass(frozen=True, slots=True)
class Owed:
    """An open promise, its state in a word and the colour of it."""

    promise: Promise
    state: str
    tone: str
    by: str

    @property
    def movable(self) -> bool:
        """Whether a new date may still be agreed on."""
        return clock.now() < self.promise.due_until


def owed(promise: Promise) -> Owed:
    """Return an open promise as lists show it."""
    state, tone = state_of(promise)
    by = formats.day(promise.due_on, "week") if promise.due_on else formats.moment(promise.due_at)
    return Owed(promise, state, tone, by)


def state_of(promise: Promise) -> tuple[str, str]:
    """Return how urgent an open promise is, in a word, and the tone of it."""
    at = clock.now()
    if at >= promise.due_until:
        return _("late"), "bad"
    days = (_last_day(promise) - clock.today(promise.zone)).days
    if days <= 0:
        return _("today"), "warn"
    if days == 1:
        return _("tomorrow"), "neutral"
    return formats.ago(_last_day(promise)), "neutral"


def load(known: Known) -> dict[str, Any]:
    """Return the open promises, how many there are beyond those shown, and whether the reader may end them."""
    found = [owed(row) for row in known.open_promises]
    return {
        "customer": known.customer,
        "owed": found[:SHOWN],
        "more": max(len(found) - SHOWN, 0),
        "may_change": known.actor.may(CHANGE) and not known.customer.deleted_at,
    }


def _last_day(promise: Promise) -> date:
    return promise.due_on or promise.due_until.astimezone(ZoneInfo(promise.zone)).date()
