"""Whether a relationship recovered from a complaint, by what the customer did since: plain values, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rapport.service.policy import Policy

RECOVERED, LOST, UNCLEAR = "recovered", "lost", "unclear"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Sales before the complaint and since its end (within the days that count), and the last score from 0 to 100.

    `over` says that these days are over.
    """

    orders_before: int = 0
    orders_after: int = 0
    first_after: datetime | None = None
    score: int | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome and why."""

    outcome: str
    because: str | Promise


def verdict(found: Evidence, policy: Policy) -> Verdict | None:
    """Return what `found` tells, or None while it is too early to tell.

    Whoever ordered again, or said that they are content, came back. Once the days are over, whoever used to buy or
    was not content is lost, and of the others nothing can be told.
    """
    if found.orders_after:
        return Verdict(RECOVERED, _("Ordered again."))
    if found.score is not None and found.score >= policy.recovery_score:
        return Verdict(RECOVERED, _("Said to be content."))
    if not found.over:
        return None
    if found.score is not None:
        return Verdict(LOST, _("Was not content and did not order again."))
    if found.orders_before:
        return Verdict(LOST, _("Used to order and did not order again."))
    return Verdict(UNCLEAR, _("Never ordered and said nothing."))
