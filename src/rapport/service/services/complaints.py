"""Complaints and how they are made good: cause, amends, a promise, and whether the customer came back."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from rapport.commerce.events import Refunded
from rapport.commerce.models import Order
from rapport.commerce.services import returns
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.events import publish
from rapport.kernel.money import Money
from rapport.kernel.verbs import verb
from rapport.promises.events import PromiseMade
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.service.events import AmendsMade, ComplaintRecorded, RecoveryJudged, TicketChanged
from rapport.service.models import ENDED, Amends, Recovery, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.policy import Policy, current
from rapport.service.recovering import Evidence, verdict
from rapport.service.services import tickets
from rapport.service.services.locking import locked


class NotRecorded(ValueError):
    """The complaint has no cause yet; record it first."""


class NoOrder(ValueError):
    """A refund goes to an order, and the ticket has none."""


class NoCustomer(ValueError):
    """A promise is made to a customer, and the ticket has none."""


class NoAmount(ValueError):
    """Amends of this kind say how much: money in minor units, or points."""


class OffScale(ValueError):
    """A score lies between 0 and 100."""


@verb(CHANGE, publishes=(ComplaintRecorded, TicketChanged), offer=("mcp",))
def record(
    ticket: Ticket, cause: str, *, by: Actor, what_happened: str = "", follow_up_on: date | None = None
) -> Recovery:
    """Record what caused a complaint and when to look again, and return it; the ticket becomes a complaint.

    A second time sets them anew. Raises `ValueError` for a cause that there is not, and as `tickets.change`.
    """
    known = Recovery.Cause(cause)
    row = tickets.change(locked(ticket), by=by.with_everything(), type=Ticket.Type.COMPLAINT)
    at = clock.now()
    values = {"cause": known, "what_happened": what_happened, "follow_up_on": follow_up_on, "updated_at": at}
    made, _new = Recovery.objects.update_or_create(
        ticket=row, defaults=values, create_defaults={**values, "created_at": at}
    )
    happening = ComplaintRecorded(number=row.code, subject=row.subject, cause=known.value, cause_label=str(known.label))
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return made


@verb(CHANGE, publishes=(AmendsMade, Refunded), offer=("mcp",))
def make_amends(
    ticket: Ticket,
    kind: str,
    *,
    by: Actor,
    what: str = "",
    amount_minor: int | None = None,
    points: int | None = None,
) -> Amends:
    """Do something to make good and return it: an apology, a refund, points, a gift or a replacement.

    A refund of `amount_minor` (minor units of the order's currency) goes to the ticket's order by the verb of
    commerce, with the right to refund. Raises `NoOrder`, `NoAmount`, `returns.TooMuch`, `Forbidden`, `ValueError` for
    another kind, and as `tickets.change`.
    """
    known = Amends.Kind(kind)
    row = locked(ticket)
    made = Amends(ticket=row, kind=known, what=what.strip()[:300], made_by=by.name, made_at=clock.now())
    if known == Amends.Kind.REFUND:
        _refund(made, row, amount_minor, by)
    elif known == Amends.Kind.POINTS:
        if points is None or points < 1:
            raise NoAmount(_("Say how many points."))
        made.points = points
    made.save(force_insert=True)
    happening = AmendsMade(
        number=row.code,
        kind=known.value,
        what=_in_words(made),
        amount_minor=made.amount_minor or 0,
        currency=made.currency,
        points=made.points or 0,
    )
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return made


@verb(CHANGE, publishes=(PromiseMade,), offer=("mcp",))
def promise(
    ticket: Ticket,
    what: str,
    *,
    by: Actor,
    kind: str = Promise.Kind.OTHER,
    due_on: date | None = None,
    due_at: datetime | None = None,
) -> Promise:
    """Promise the customer of a ticket something by a day or a moment; a complaint remembers its last promise.

    Needs the right to make promises. Raises `NoCustomer`, `promises.NoDueDate`, `Forbidden`, and as `tickets.change`.
    """
    row = locked(ticket)
    if row.requester is None:
        raise NoCustomer(_("%(number)s has no customer to promise to.") % {"number": row.code})
    source = promises.Source(type="service.ticket", id=row.pk, label=row.code)
    made = promises.make(row.requester, what, by=by, kind=kind, due_on=due_on, due_at=due_at, source=source)
    Recovery.objects.filter(ticket=row).update(promise=made, updated_at=clock.now())
    return made


@verb(CHANGE, publishes=(RecoveryJudged,), offer=("bulk", "mcp"))
def judge(ticket: Ticket, outcome: str, *, by: Actor, because: str = "") -> Recovery:
    """Say whether the relationship recovered from a complaint; the last word counts.

    Raises `NotRecorded`, `ValueError` for another outcome, and as `tickets.change`.
    """
    known = Recovery.Outcome(outcome)
    row = locked(ticket)
    recovery = _of(row)
    recovery.outcome, recovery.judged_at, recovery.judged_because = known, clock.now(), because.strip()[:300]
    recovery.updated_at = recovery.judged_at
    recovery.save(update_fields=["outcome", "judged_at", "judged_because", "updated_at"])
    happening = RecoveryJudged(
        number=row.code, outcome=known.value, outcome_label=str(known.label), reason=recovery.judged_because
    )
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return recovery


@verb(CHANGE)
def note_score(ticket: Ticket, score: int, *, by: Actor) -> Recovery | None:
    """Keep the customer's answer about a matter, from 0 to 100, where it was a complaint; else return None.

    Whoever asks customers calls this. Raises `OffScale`.
    """
    if not 0 <= score <= 100:
        raise OffScale(_("A score lies between 0 and 100."))
    recovery = Recovery.objects.select_for_update().filter(ticket=ticket).first()
    if recovery is not None:
        recovery.score, recovery.scored_at = score, clock.now()
        recovery.save(update_fields=["score", "scored_at"])
    return recovery


def judge_due(limit: int = 5000) -> int:
    """Judge what can be told by later orders and scores of complaints that have ended; return how many that were."""
    policy = current()
    open_ones = Recovery.objects.filter(outcome="", ticket__category__in=ENDED, ticket__deleted_at__isnull=True)
    judged = 0
    for recovery in open_ones.select_related("ticket").order_by("ticket__solved_at", "id")[:limit]:
        found = verdict(evidence(recovery.ticket, policy), policy)
        if found is not None:
            judge(recovery.ticket, found.outcome, by=SYSTEM, because=str(found.because))
            judged += 1
    return judged


def evidence(ticket: Ticket, policy: Policy) -> Evidence:
    """Return what the customer did since a complaint ended, as far as orders and scores tell."""
    ended = ticket.solved_at
    recovery = Recovery.objects.filter(ticket=ticket).first()
    score = recovery.score if recovery else None
    if ended is None or ticket.requester_id is None:
        return Evidence(score=score)
    sales = Order.objects.filter(customer_id=ticket.requester_id, kind=Order.Kind.SALE, cancelled_at__isnull=True)
    until = ended + timedelta(days=policy.recovery_days)
    later = sales.filter(placed_at__gt=ended, placed_at__lte=until)
    return Evidence(
        orders_before=sales.filter(placed_at__lt=ticket.opened_at).count(),
        orders_after=later.count(),
        first_after=later.order_by("placed_at").values_list("placed_at", flat=True).first(),
        score=score,
        over=clock.now() >= until,
    )


def _refund(made: Amends, row: Ticket, amount_minor: int | None, by: Actor) -> None:
    if row.order is None:
        raise NoOrder(_("%(number)s has no order to refund.") % {"number": row.code})
    if amount_minor is None or amount_minor < 1:
        raise NoAmount(_("Say how much to refund."))
    reason = made.what or _("Complaint %(number)s") % {"number": row.code}
    made.refund = returns.refund(row.order, amount_minor, by=by, reason=reason)
    made.amount_minor, made.currency = amount_minor, made.refund.currency


def _in_words(made: Amends) -> str:
    """Return the amends as the timeline tells them: "Refund 12.50 GBP", "Points 200", "Gift: a lantern"."""
    label = str(Amends.Kind(made.kind).label)
    if made.amount_minor:
        return f"{label} {Money(made.amount_minor, made.currency).text()}"
    if made.points:
        return f"{label} {made.points}"
    return f"{label}: {made.what}" if made.what else label


def _of(row: Ticket) -> Recovery:
    found = Recovery.objects.select_for_update().filter(ticket=row).first()
    if found is None:
        raise NotRecorded(_("Record first what caused %(number)s.") % {"number": row.code})
    return found
