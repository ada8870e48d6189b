"""The panel of meetings: what is to come first, then what was."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.written import KEY, MOMENT, Written
from rapport.meetings import queries
from rapport.meetings.models import Meeting
from rapport.meetings.permissions import PLAN, VIEW
from rapport.staff.meetings.calendar import TONES, hidden
from rapport.staff.record.known import Known

SHOWN = 4
_ahead, _past = Written(), Written()


def load(known: Known) -> dict[str, Any] | None:
    """Return the next meetings of a customer and the last ones; None when there is nothing to show or to do."""
    actor, values = known.actor, {KEY: known.customer.pk, MOMENT: clock.now()}
    ahead = _ahead.objects(actor.scope(VIEW), lambda: _asking_ahead(actor), values)
    past = _past.objects(actor.scope(VIEW), lambda: _asking_past(actor), values) if len(ahead) < SHOWN else []
    prefetch_related_objects([one for one in (*ahead, *past) if one.private], "attendees")
    found = [one for one in (*ahead, *past) if not hidden(one, actor)][:SHOWN]
    may_plan = known.actor.may(PLAN) and not known.customer.deleted_at
    if not found and not may_plan:
        return None
    meetings = [(one, TONES.get(Meeting.State(one.state), "neutral")) for one in found]
    return {"meetings": meetings, "customer": known.customer, "may_plan": may_plan}


def _asking_ahead(actor: Actor) -> QuerySet[Meeting]:
    return queries.of_customer(KEY, actor).filter(ends_at__gt=MOMENT).order_by("starts_at", "id")[:SHOWN]


def _asking_past(actor: Actor) -> QuerySet[Meeting]:
    return queries.of_customer(KEY, actor).filter(ends_at__lte=MOMENT).order_by("-starts_at", "-id")[:SHOWN]
