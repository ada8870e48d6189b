"""The panel of calls: the newest, with how they ended, their recording and what was said."""

from __future__ import annotations

from typing import Any

from rapport.calls.models import Call
from rapport.staff.record.known import Known

SHOWN = 5
TONES = {Call.State.MISSED: "bad", Call.State.VOICEMAIL: "warn", Call.State.RINGING: "accent"}


def load(known: Known) -> dict[str, Any] | None:
    """Return the newest calls, None when the telephone system told of none."""
    rows = Call.objects.visible_to(known.actor).filter(customer=known.customer).select_related("agent")
    found = list(rows.order_by("-started_at", "-id")[:SHOWN])
    if not found:
        return None
    return {"calls": [(one, TONES.get(Call.State(one.state), "neutral")) for one in found]}
