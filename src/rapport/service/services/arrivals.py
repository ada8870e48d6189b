"""What news of conversations does to tickets: opening one, opening it again or following it up, and being answered.

Whoever publishes such news holds the thread, so the order of locks is the thread first and the ticket after it.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations.models import Message, Thread
from rapport.conversations.services import splitting, threads
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.ids import new_id
from rapport.kernel.sending import send
from rapport.kernel.verbs import verb
from rapport.service.events import (
    CustomerWaits,
    FirstAnswered,
    OfferEnded,
    StatusChanged,
    TicketAnswered,
    TicketAssigned,
    TicketOpened,
    TicketReopened,
)
from rapport.service.models import Offer, Status, Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services import desks, queues, statuses, talk, tickets
from rapport.service.services.assigning import end_offer, give
from rapport.service.services.locking import check_standing, locked
from rapport.team.models import User

_ATTACH = """
INSERT INTO service_ticketthread (id, ticket_id, thread_id, added_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (thread_id) DO UPDATE SET ticket_id = EXCLUDED.ticket_id
"""


@verb(CHANGE, publishes=(TicketOpened,))
def open_for(thread: Thread, *, by: Actor) -> Ticket:
    """Open a ticket for a thread that has none, in the queue of its mailbox or channel; else return the one it has."""
    return talk.of(thread) or _open(thread, None, by)


@verb(CHANGE, publishes=(CustomerWaits, TicketOpened, TicketReopened, StatusChanged))
def heard(ticket: Ticket, message: Message, *, by: Actor) -> Ticket:
    """Take note that a customer wrote in the talk of a ticket: it is open (again) and they wait for an answer.

    The ticket is that of `current`, which locks it, or was opened just now. One that ended too long ago stays as it is;
    the message becomes a ticket that follows it, which is returned.
    """
    row = ticket
    check_standing(row)
    if row.ended and not tickets.can_reopen(row, clock.now()):
        return _follow_up(row, message, by)
    if row.ended:
        row = tickets.reopen(row, by=by.with_everything(), because="message")
    elif row.category == Status.Category.WAITING:
        row = tickets.set_status(row, statuses.standard(Status.Category.OPEN), by=by.with_everything())
    waited = row.waiting_since
    talk.recount(row, keep_first=True)
    _tell_waiting(row, waited, by)
    return row


@verb(CHANGE, publishes=(FirstAnswered, TicketAnswered, StatusChanged, TicketAssigned, OfferEnded))
def answered(ticket: Ticket, message: Message, *, by: Actor) -> Ticket:
    """Take note that a person of the staff answered: nobody waits, and what was new is open.

    A ticket that nobody looks after is theirs from now on; one that was offered to them is accepted.
    """
    row = locked(ticket)
    first, waited = row.first_response_at, row.waiting_since
    talk.recount(row, keep_first=True)
    at = message.sent_at or clock.now()
    if first is None and row.first_response_at is not None:
        seconds = int((row.first_response_at - row.opened_at).total_seconds())
        publish(FirstAnswered(number=row.code, seconds=seconds), by=by, subject=row, customer=row.requester_id, at=at)
    seconds_waited = int((at - waited).total_seconds()) if waited else None
    happening = TicketAnswered(number=row.code, seconds_waited=seconds_waited)
    publish(happening, by=by, subject=row, customer=row.requester_id, at=at)
    if row.category == Status.Category.NEW:
        row = tickets.set_status(row, statuses.standard(Status.Category.OPEN), by=by.with_everything())
    return _theirs(row, message.author_id, by)


@verb(CHANGE, publishes=(OfferEnded,))
def noted(ticket: Ticket, author_id: UUID, *, by: Actor) -> Ticket:
    """Take note that a colleague wrote a note: what was offered to them is accepted."""
    row = locked(ticket)
    _accept(row, author_id, by)
    return row


def current(thread_id: UUID) -> Ticket | None:
    """Return the ticket that a thread belongs to now, locked; a merge that is under way is waited for."""
    while row := talk.locked(thread_id):
        if talk.key_of(thread_id) == row.pk:
            return row
    return None


def hand_thread(thread: Thread, user: User | None, *, by: Actor) -> None:
    """Let a thread know who answers it now; somebody who may not see conversations answers none."""
    with suppress(threads.CannotSee):
        threads.assign(thread, user, by=by)


def attach(thread_id: UUID, ticket: Ticket) -> None:
    """Make the messages of a thread the talk of a ticket, whichever ticket had them before."""
    send(_ATTACH, [new_id(), ticket.pk, thread_id, clock.now()])


def _theirs(row: Ticket, author_id: UUID | None, by: Actor) -> Ticket:
    if author_id is None:
        return row
    if row.owner_id is None and not row.ended:
        author = User.objects.select_related("role").get(pk=author_id)
        if author.deactivated_at is None and CHANGE.name in author.role.grants:
            return give(row, author_id, "answered", by)
    _accept(row, author_id, by)
    return row


def _accept(row: Ticket, user_id: UUID, by: Actor) -> None:
    if row.offers.filter(ended_at__isnull=True, user_id=user_id).exists():
        end_offer(row, Offer.End.ACCEPTED, by)


def _open(thread: Thread, follows: Ticket | None, by: Actor) -> Ticket:
    queue = follows.queue if follows and follows.queue and follows.queue.archived_at is None else None
    made = tickets.begin(
        thread.subject or _("Message by %(channel)s") % {"channel": thread.get_channel_display()},
        by=by,
        requester=thread.customer,
        queue=queue or desks.queue_of(thread) or queues.queue_for(thread.channel, thread.mailbox_id),
        channel=thread.channel,
        follows=follows,
        sample=thread.sample,
        type=follows.type if follows else Ticket.Type.QUESTION,
        priority=follows.priority if follows else Ticket.Priority.NORMAL,
    )
    attach(thread.pk, made)
    return made


def _follow_up(old: Ticket, message: Message, by: Actor) -> Ticket:
    """Open a ticket that follows one that ended long ago, with the message in a thread of its own.

    When nothing else was ever said in the thread, it goes over as it is.
    """
    thread = message.thread
    with suppress(splitting.NothingToSplit):
        thread = splitting.split(thread, [message.pk], by=by.with_everything())
    message.thread = thread
    made = _open(thread, old, by)
    talk.recount(made)
    _tell_waiting(made, None, by)
    return made


def _tell_waiting(row: Ticket, before: datetime | None, by: Actor) -> None:
    if row.waiting_since is not None and before is None:
        publish(CustomerWaits(number=row.code), by=by, subject=row, customer=row.requester_id, at=row.waiting_since)
