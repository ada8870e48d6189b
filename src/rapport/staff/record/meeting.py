"""The panel of meetings: what is to come first, then what was."""

from __future__ import annotations

from typing import Any

from rapport.kernel import clock
from rapport.meetings import queries
from rapport.meetings.models import Meeting
from rapport.meetings.permissions import PLAN
from rapport.staff.meetings.calendar import TONES, hidden
from rapport.staff.record.known import Known

SHOWN = 4


def load(known: Known) -> dict[str, Any] | None:
    """Return the next meetings of a customer and the last ones; None when there is nothing to show or to do."""
    rows = queries.of_customer(known.customer, known.actor).prefetch_related("attendees")
    now = clock.now()
    ahead = list(rows.filter(ends_at__gt=now).order_by("starts_at", "id")[:SHOWN])
    past = list(rows.filter(ends_at__lte=now).order_by("-starts_at", "-id")[:SHOWN])
    found = [one for one in (*ahead, *past) if not hidden(one, known.actor)][:SHOWN]
    may_plan = known.actor.may(PLAN) and not known.customer.deleted_at
    if not found and not may_plan:
        return None
    meetings = [(one, TONES.get(Meeting.State(one.state), "neutral")) for one in found]
    return {"meetings": meetings, "customer": known.customer, "may_plan": may_plan}
