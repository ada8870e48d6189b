"""Part of what was said becomes a ticket of its own."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations.models import Thread
from rapport.conversations.services import splitting
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.events import TicketOpened, TicketSplit
from rapport.service.models import Ticket, TicketLink
from rapport.service.permissions import MERGE
from rapport.service.services import talk, tickets
from rapport.service.services.arrivals import attach
from rapport.service.services.locking import locked


class NotItsTalk(ValueError):
    """The messages do not all belong to one thread of this ticket."""


@verb(MERGE, publishes=(TicketSplit, TicketOpened), offer=("mcp",))
def split(ticket: Ticket, message_ids: Collection[UUID], *, by: Actor, subject: str = "") -> Ticket:
    """Move messages of one thread of a ticket into a new ticket, linked to the old one, and return it.

    The new ticket is about `subject` (else what the first message says it is about), of whoever wrote that. Raises
    `NotItsTalk`, `splitting.NothingToSplit`, and as `tickets.change`.
    """
    thread = _thread(ticket, frozenset(message_ids))
    row = locked(ticket)
    if not row.talk.filter(thread=thread).exists():
        raise NotItsTalk(_("Choose messages of one conversation of %(number)s.") % {"number": row.code})
    new_thread = splitting.split(thread, message_ids, by=by.with_everything(), subject=subject)
    made = tickets.open(
        subject or new_thread.subject or row.subject,
        by=by.with_everything(),
        requester=_who(new_thread.customer_id) or row.requester,
        queue=row.queue if row.queue and row.queue.archived_at is None else None,
        channel=row.channel,
        priority=row.priority,
        type=row.type,
        opened_at=talk.first_moment(new_thread),
    )
    attach(new_thread.pk, made)
    talk.recount(row)
    talk.recount(made)
    TicketLink.objects.create(ticket=made, other=row, kind=TicketLink.Kind.SPLIT, created_at=clock.now())
    happening = TicketSplit(number=row.code, made=made.code, made_id=made.pk, messages=len(message_ids))
    publish(happening, by=by, subject=row, customer=row.requester_id)
    made.refresh_from_db()
    return made


def _thread(ticket: Ticket, keys: frozenset[UUID]) -> Thread:
    """Return the one thread of a ticket that all messages are in, locked before the ticket is. Raises `NotItsTalk`."""
    found = talk.messages(ticket).filter(pk__in=keys).values_list("thread_id", flat=True)
    threads = list(found)
    if not keys or len(threads) != len(keys) or len(set(threads)) != 1:
        raise NotItsTalk(_("Choose messages of one conversation of %(number)s.") % {"number": ticket.code})
    return Thread.objects.select_for_update(of=("self",)).get(pk=threads[0])


def _who(customer_id: UUID | None) -> Customer | None:
    return Customer.objects.get(pk=customer_id) if customer_id else None
