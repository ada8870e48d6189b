"""Who looks after a ticket, and in which queue it is."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.events import OfferEnded, TicketAssigned, TicketQueued
from rapport.service.models import Offer, Queue, QueueMember, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services.locking import locked, touch
from rapport.team.models import User

HAND = "hand"


class CannotWork(ValueError):
    """The user was deactivated or has no right to work on tickets."""


class Taken(ValueError):
    """Somebody else took the ticket first: `owner`."""

    def __init__(self, ticket: Ticket, owner: User) -> None:
        super().__init__(_("%(number)s is with %(owner)s.") % {"number": ticket.code, "owner": owner.name})
        self.owner = owner


class QueueGone(ValueError):
    """The queue is archived."""


@verb(CHANGE, publishes=(TicketAssigned, OfferEnded), offer=("rules", "bulk", "mcp"))
def assign(ticket: Ticket, user: User | None, *, by: Actor) -> Ticket:
    """Give a ticket to a user, or to nobody. Raises `CannotWork`, `Trashed`, `MergedAway`."""
    row = locked(ticket)
    if user is not None:
        check_can_work(user)
    return give(row, user.pk if user else None, HAND if user else "released", by)


@verb(CHANGE, publishes=(TicketAssigned, OfferEnded), offer=("bulk", "mcp"))
def take(ticket: Ticket, *, by: Actor) -> Ticket:
    """Take a ticket that nobody looks after; one's own stays as it is. Raises `Taken`, `CannotWork` and as `assign`."""
    row = locked(ticket)
    me = User.objects.filter(pk=by.user_id).first() if by.user_id else None
    if me is None:
        raise CannotWork(_("Only a colleague can take a ticket."))
    if row.owner_id is not None and row.owner_id != me.pk:
        raise Taken(row, User.objects.get(pk=row.owner_id))
    return give(row, me.pk, "taken", by)


@verb(CHANGE, publishes=(TicketQueued, TicketAssigned, OfferEnded), offer=("rules", "bulk", "mcp"))
def move(ticket: Ticket, queue: Queue | None, *, by: Actor) -> Ticket:
    """Put a ticket into a queue, or into none; an owner who is not of that queue lets go of it.

    Raises `QueueGone`, `Trashed`, `MergedAway`.
    """
    row = locked(ticket)
    if queue is not None and Queue.objects.get(pk=queue.pk).archived_at is not None:
        raise QueueGone(_("The queue %(queue)s is archived.") % {"queue": queue.name})
    if row.queue_id == (queue.pk if queue else None):
        return row
    before = row.queue.name if row.queue else ""
    row.queue = queue
    touch(row, "queue")
    if queue is not None and row.owner_id and not is_member(queue.pk, row.owner_id):
        give(row, None, "queue", by)
    happening = TicketQueued(
        number=row.code, queue=queue.name if queue else "", queue_id=queue.pk if queue else None, before=before
    )
    publish(happening, by=by, subject=row, customer=row.requester_id)
    row.refresh_from_db()
    return row


def give(row: Ticket, user_id: UUID | None, why: str, by: Actor) -> Ticket:
    """Make a user (or nobody) the owner of a locked ticket, end the running offer, and announce it."""
    if row.owner_id == user_id:
        if user_id is not None and user_id == by.user_id:
            end_offer(row, Offer.End.ACCEPTED, by)
        return row
    end_offer(row, Offer.End.ACCEPTED if user_id == by.user_id and why == "taken" else Offer.End.MOVED, by)
    before = row.owner_id
    row.owner_id, row.assigned_at = user_id, clock.now() if user_id else None
    touch(row, "owner", "assigned_at")
    owner = User.objects.get(pk=user_id).name if user_id else ""
    happening = TicketAssigned(number=row.code, owner=owner, owner_id=user_id, before_id=before, why=why)
    publish(happening, by=by, subject=row, customer=row.requester_id)
    return row


def end_offer(row: Ticket, end: str, by: Actor) -> Offer | None:
    """End the running offer of a locked ticket, if there is one, announce how, and return it."""
    running = row.offers.filter(ended_at__isnull=True).select_related("user").first()
    if running is None:
        return None
    running.ended_at, running.end = clock.now(), end
    running.save(update_fields=["ended_at", "end"])
    publish(OfferEnded(number=row.code, user=running.user.name, end=end), by=by, subject=row, customer=row.requester_id)
    return running


def check_can_work(user: User) -> None:
    """Raise `CannotWork` for a user who was deactivated or may not work on tickets."""
    found = User.objects.select_related("role").get(pk=user.pk)
    if found.deactivated_at is not None or CHANGE.name not in found.role.grants:
        raise CannotWork(_("%(name)s cannot work on tickets.") % {"name": found.name})


def is_member(queue_id: UUID, user_id: UUID) -> bool:
    """Return whether a user takes tickets of a queue."""
    return QueueMember.objects.filter(queue_id=queue_id, user_id=user_id).exists()
