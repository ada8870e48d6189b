"""The panel of calls: the newest, with how they ended, their recording and what was said."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from rapport.calls.models import Call
from rapport.calls.permissions import VIEW
from rapport.kernel.actors import Actor
from rapport.kernel.written import KEY, Written
from rapport.staff.record.known import Known

SHOWN = 5
_calls = Written()
TONES = {Call.State.MISSED: "bad", Call.State.VOICEMAIL: "warn", Call.State.RINGING: "accent"}


def load(known: Known) -> dict[str, Any] | None:
    """Return the newest calls, None when the telephone system told of none."""
    actor = known.actor
    found = _calls.objects(actor.scope(VIEW), lambda: _asking(actor), {KEY: known.customer.pk})
    if not found:
        return None
    return {"calls": [(one, TONES.get(Call.State(one.state), "neutral")) for one in found]}


def _asking(actor: Actor) -> QuerySet[Call]:
    rows = Call.objects.visible_to(actor).filter(customer=KEY).select_related("agent")
    return rows.order_by("-started_at", "-id")[:SHOWN]
