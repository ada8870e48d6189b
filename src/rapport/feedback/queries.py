"""Questions about feedback and surveys."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from rapport.customers.models import Customer
from rapport.feedback.models import Answer, Invitation, Survey
from rapport.feedback.models.answer import WAITING
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.conditions import ConditionError, load, to_q
from rapport.service.models import Ticket
from rapport.team.queries import context_for

log = logging.getLogger(__name__)


def of_customer(customer: Customer, actor: Actor) -> QuerySet[Answer]:
    """Return the answers of a customer within reach, the newest first."""
    rows = Answer.objects.visible_to(actor).filter(customer=customer, answered_at__isnull=False)
    return rows.order_by("-answered_at", "-id")


def unanswered(actor: Actor) -> QuerySet[Answer]:
    """Return the feedback within reach that was neither replied to nor closed, the newest first."""
    rows = Answer.objects.visible_to(actor).filter(WAITING)
    return rows.select_related("customer", "order").order_by("-answered_at", "-id")


def about(ticket: Ticket, actor: Actor) -> QuerySet[Answer]:
    """Return the answers about a ticket within reach, the newest first."""
    rows = Answer.objects.visible_to(actor).filter(ticket=ticket, answered_at__isnull=False)
    return rows.select_related("agent").order_by("-answered_at", "-id")


def standing_invitation(ticket: Ticket) -> Invitation | None:
    """Return the invitation of a ticket that was not dropped, if there is one."""
    rows = Invitation.objects.standing().filter(ticket=ticket)
    return rows.select_related("survey", "customer", "answer").first()


def fitting_survey(ticket: Ticket) -> Survey | None:
    """Return the first running survey that asks after a ticket like this, if there is one."""
    context = context_for(SYSTEM)
    for survey in Survey.objects.filter(paused_at__isnull=True):
        if survey.channels and ticket.channel not in survey.channels:
            continue
        if survey.condition is None:
            return survey
        try:
            fits = to_q(load(survey.condition), "ticket", context)
        except ConditionError:
            log.warning("the condition of the survey %s no longer fits tickets", survey.name)
            continue
        if Ticket.objects.filter(fits, pk=ticket.pk).exists():
            return survey
    return None


@dataclass(frozen=True, slots=True)
class Tally:
    """How a survey went: how many were asked, how many answered, and how many were not asked for which reason."""

    asked: int = 0
    answered: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """The share of those asked who answered, None when nobody was asked."""
        return self.answered / self.asked if self.asked else None


def tallies(actor: Actor, since: datetime) -> dict[UUID, Tally]:
    """Return how each survey went, of the invitations within reach that were made since a moment."""
    rows = Invitation.objects.visible_to(actor).filter(created_at__gte=since, survey__isnull=False).order_by()
    sent, given = Q(sent_at__isnull=False, dropped_because=""), Q(answered_at__isnull=False)
    counted = rows.values("survey_id").annotate(
        asked=Count("pk", filter=sent | given), answered=Count("pk", filter=given)
    )
    dropped: dict[UUID, dict[str, int]] = {}
    for one in rows.exclude(dropped_because="").values("survey_id", "dropped_because").annotate(n=Count("pk")):
        dropped.setdefault(one["survey_id"], {})[one["dropped_because"]] = one["n"]
    found = {one["survey_id"]: (one["asked"], one["answered"]) for one in counted}
    return {key: Tally(*numbers, dropped.get(key, {})) for key, numbers in found.items()}
