"""Finding an owner for what waits in a queue.

One order of locks everywhere: the ticket, then its queue, then the agents by key. Capacity is counted under these
locks, so two tickets that come at once never both take the last free place, and no ticket gets two owners.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.verbs import verb
from rapport.service.choosing import Candidate, Choice, choose
from rapport.service.events import OfferEnded, TicketAssigned
from rapport.service.models import RUNNING, Agent, Offer, Queue, QueueMember, Status, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services.assigning import end_offer, give
from rapport.service.services.locking import locked

BUSY_WITH = (Status.Category.NEW, Status.Category.OPEN)
"""What counts against somebody's capacity: a ticket that waits for the customer takes no work now."""
REST = timedelta(minutes=30)
"""How long somebody who passed a ticket on is not asked again, in queues that set no time to accept."""
SKILL = "skill:"


class NotOffered(ValueError):
    """The ticket is not offered to this user now."""


@verb(CHANGE, publishes=(TicketAssigned, OfferEnded), offer=("rules", "bulk"))
def route(ticket: Ticket, *, by: Actor) -> Ticket:
    """Find an owner for a ticket that has none; with nobody free it stays in its queue. Raises as `tickets.change`."""
    row = locked(ticket)
    if row.owner_id is not None or row.ended or row.queue_id is None:
        return row
    queue = Queue.objects.select_for_update().get(pk=row.queue_id)
    if queue.mode == Queue.Mode.MANUAL or queue.archived_at is not None:
        return row
    at = clock.now()
    choice = _choice(row, queue, at)
    return row if choice is None else _offer(row, queue, choice, by, at)


@verb(CHANGE, publishes=(OfferEnded,), offer=("bulk", "mcp"))
def accept(ticket: Ticket, *, by: Actor) -> Ticket:
    """Accept a ticket that was offered to one. Raises `NotOffered` and as `route`."""
    row = locked(ticket)
    _offered_to(row, by)
    end_offer(row, Offer.End.ACCEPTED, by)
    return row


@verb(CHANGE, publishes=(TicketAssigned, OfferEnded), offer=("bulk", "mcp"))
def pass_on(ticket: Ticket, *, by: Actor) -> Ticket:
    """Pass on a ticket that was offered to one: the next one gets it, or it waits. Raises `NotOffered`."""
    row = locked(ticket)
    _offered_to(row, by)
    return _next(row, Offer.End.PASSED, by)


@verb(CHANGE, publishes=(TicketAssigned, OfferEnded))
def lapse(ticket: Ticket, *, by: Actor) -> Ticket:
    """Give a ticket that was not accepted in time to the next one; a second time changes nothing."""
    row = locked(ticket)
    running = row.offers.filter(ended_at__isnull=True).first()
    if running is None or running.lapses_at is None or running.lapses_at > clock.now():
        return row
    return _next(row, Offer.End.LAPSED, by)


def offer_waiting(queues: Iterable[UUID] | None = None, *, limit: int = 1000) -> int:
    """Offer what waits in `queues` (all), oldest first and one transaction each; return how many got an owner.

    A ticket that somebody holds right now is left for the next time.
    """
    rows = Queue.objects.live().exclude(mode=Queue.Mode.MANUAL)
    found = rows if queues is None else rows.filter(pk__in=list(queues))
    return sum(_offer_queue(queue, limit) for queue in found)


def lapse_due(limit: int = 1000) -> int:
    """Pass on all offers whose time is over, one transaction each; return how many there were."""
    due = Offer.objects.filter(ended_at__isnull=True, lapses_at__lte=clock.now()).order_by("lapses_at")
    passed = 0
    for ticket_id in list(due.values_list("ticket_id", flat=True)[:limit]):
        ticket = Ticket.objects.standing().filter(pk=ticket_id).first()
        if ticket is not None:
            lapse(ticket, by=SYSTEM)
            passed += 1
    return passed


def load_of(users: Iterable[UUID]) -> dict[UUID, int]:
    """Return how many open tickets each of `users` has to work on now."""
    rows = Ticket.objects.filter(RUNNING, owner_id__in=list(users), category__in=BUSY_WITH)
    return dict(rows.values_list("owner_id").annotate(n=Count("pk")))


def _offer_queue(queue: Queue, limit: int) -> int:
    given = 0
    waiting = Ticket.objects.running().filter(queue=queue, owner__isnull=True).order_by("opened_at", "pk")
    for ticket_id in list(waiting.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            free = Ticket.objects.running().select_for_update(skip_locked=True, of=("self",))
            ticket = free.filter(pk=ticket_id, owner__isnull=True).first()
            if ticket is not None and route(ticket, by=SYSTEM).owner_id is not None:
                given += 1
    return given


def _next(row: Ticket, end: str, by: Actor) -> Ticket:
    """End the offer, let go of the ticket, and look for somebody else."""
    end_offer(row, end, by)
    give(row, None, "queue", by)
    return route(row, by=SYSTEM)


def _offered_to(row: Ticket, by: Actor) -> Offer:
    running = row.offers.filter(ended_at__isnull=True).first()
    if running is None or running.user_id != by.user_id:
        raise NotOffered(_("%(number)s is not offered to you.") % {"number": row.code})
    return running


def _offer(row: Ticket, queue: Queue, choice: Choice, by: Actor, at: datetime) -> Ticket:
    give(row, choice.user_id, choice.why, by)
    lapses = at + timedelta(minutes=queue.offer_minutes) if queue.offer_minutes else None
    Offer.objects.create(ticket=row, user_id=choice.user_id, why=choice.why, offered_at=at, lapses_at=lapses)
    QueueMember.objects.filter(queue=queue, user_id=choice.user_id).update(given_at=at)
    return row


def _choice(row: Ticket, queue: Queue, at: datetime) -> Choice | None:
    members = queue.memberships.filter(user__deactivated_at__isnull=True).values_list("user_id", "given_at")
    given = dict(members)
    held = Agent.objects.select_for_update().filter(user_id__in=given).order_by("pk")
    agents = {agent.user_id: agent for agent in held}
    load = load_of(given)
    candidates = [
        Candidate(
            user_id=user_id,
            load=load.get(user_id, 0),
            capacity=agents[user_id].capacity if user_id in agents else None,
            skills=frozenset(agents[user_id].skills) if user_id in agents else frozenset(),
            away=user_id in agents and agents[user_id].away(at),
            given_at=last_given,
        )
        for user_id, last_given in given.items()
    ]
    needed = frozenset(queue.skills) | {tag.removeprefix(SKILL) for tag in row.tags if tag.startswith(SKILL)}
    last = last_agent(row) if queue.last_agent_first else None
    return choose(queue.mode, candidates, needed=needed, last=last, resting=_resting(row, queue, at))


def last_agent(row: Ticket) -> UUID | None:
    """Return who looked after this ticket last, else after the customer's ticket before it."""
    before = row.offers.exclude(end__in=[Offer.End.PASSED, Offer.End.LAPSED]).order_by("-offered_at")
    found = before.values_list("user_id", flat=True).first()
    if found is not None or row.requester_id is None:
        return found
    others = Ticket.objects.filter(requester_id=row.requester_id, owner__isnull=False).exclude(pk=row.pk)
    return others.order_by("-opened_at", "-pk").values_list("owner_id", flat=True).first()


def _resting(row: Ticket, queue: Queue, at: datetime) -> set[UUID]:
    rest = timedelta(minutes=queue.offer_minutes) if queue.offer_minutes else REST
    ended = Q(end__in=[Offer.End.PASSED, Offer.End.LAPSED], ended_at__gt=at - rest)
    return set(row.offers.filter(ended).values_list("user_id", flat=True))
