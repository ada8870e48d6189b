"""Questions about promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.promises.models import Promise


@dataclass(frozen=True, slots=True)
class Kept:
    """Promises that fell due in a period, by how they ended; `rate` runs from 0 to 1, None when none fell due."""

    kept: int
    late: int
    broken: int

    @property
    def due(self) -> int:
        """How many fell due."""
        return self.kept + self.late + self.broken

    @property
    def rate(self) -> float | None:
        """The share that was kept."""
        return self.kept / self.due if self.due else None


def of_customer(customer: Customer, actor: Actor) -> QuerySet[Promise]:
    """Return the promises made to a customer, open ones first, by when they are due."""
    return Promise.objects.visible_to(actor).filter(customer=customer).order_by("outcome", "due_until", "id")


def of_source(source_id: UUID) -> QuerySet[Promise]:
    """Return the open promises that come from one order, call or ticket."""
    return Promise.objects.filter(source_id=source_id, outcome="")


def due_before(day: date, zone: str, actor: Actor) -> QuerySet[Promise]:
    """Return the open promises within reach that fall due by the end of `day` in `zone`, the most overdue first."""
    rows = Promise.objects.visible_to(actor).open().filter(due_until__lte=clock.day_end(day, zone))
    return rows.select_related("customer", "maker").order_by("due_until", "id")


def kept_in(period: clock.Period, actor: Actor) -> Kept:
    """Count the promises within reach that fell due in `period`; open ones that are overdue count as late."""
    rows = Promise.objects.visible_to(actor).filter(due_until__gte=period.start, due_until__lt=period.end)
    counts = rows.aggregate(
        kept=Count("pk", filter=Q(outcome=Promise.Outcome.KEPT)),
        late=Count("pk", filter=Q(outcome=Promise.Outcome.LATE) | Q(outcome="", due_until__lte=clock.now())),
        broken=Count("pk", filter=Q(outcome=Promise.Outcome.BROKEN)),
    )
    return Kept(**counts)
