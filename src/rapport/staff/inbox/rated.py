"""How a ticket was rated, beside its talk: the score with its reasons, or whether its customer is still to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rapport.feedback.models import Answer, Invitation
from rapport.feedback.permissions import CHANGE, VIEW
from rapport.feedback.queries import about
from rapport.kernel.actors import Actor
from rapport.service.models import Ticket
from rapport.staff.feedback.listings import score_pill


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer about a ticket, as the page shows it."""

    answer: Answer
    score: object
    waits: bool


def of(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """Return what the page of a ticket shows of its ratings, to somebody who may see feedback."""
    if not actor.may(VIEW):
        return {}
    given = [Rated(one, score_pill(one), not one.replied_at and not one.closed_at) for one in about(ticket, actor)[:3]]
    invited = Invitation.objects.visible_to(actor).standing().filter(ticket=ticket, answered_at__isnull=True).first()
    return {"rated": given, "invited": invited, "may_reply": actor.may(CHANGE)}
