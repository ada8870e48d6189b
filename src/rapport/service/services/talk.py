"""What a ticket knows of its talk: whether the customer waits, how often and since when they were answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from rapport.conversations.models import Message, Thread
from rapport.kernel.written import KEY, Written
from rapport.service.models import Ticket, TicketThread

_locked = Written()
# Of ours, what a person of the staff sent to the customer.
_RECOUNT = """
UPDATE service_ticket t
SET answers = said.answers, waiting_since = said.since,
    first_response_at = CASE
        WHEN %(keep)s AND t.first_response_at IS NOT NULL THEN t.first_response_at
        WHEN said.first IS NOT NULL THEN greatest(said.first, t.opened_at)
    END
FROM (
    SELECT count(m.id) AS answers, min(m.sent_at) AS first, count(*) AS talk,
           min(h.waiting_since) FILTER (WHERE h.spam_at IS NULL AND h.deleted_at IS NULL) AS since
    FROM service_ticketthread tt
    JOIN conversations_thread h ON h.id = tt.thread_id
    LEFT JOIN conversations_message m ON m.thread_id = h.id AND m.direction = 'out' AND m.sender_kind = 'agent'
                                         AND m.automatic = '' AND m.sent_at IS NOT NULL
    WHERE tt.ticket_id = %(ticket)s
) said
WHERE t.id = %(ticket)s AND said.talk > 0
RETURNING t.answers, t.first_response_at, t.waiting_since
"""


def of(thread: Thread | UUID | str) -> Ticket | None:
    """Return the ticket that a thread (or the thread of this id) belongs to."""
    key = key_of(thread.pk if isinstance(thread, Thread) else thread)
    return Ticket.objects.get(pk=key) if key else None


def key_of(thread_id: UUID | str) -> UUID | None:
    """Return the id of the ticket that the thread of this id belongs to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ticket_id FROM service_ticketthread WHERE thread_id = %s", [thread_id])
        found = cursor.fetchone()
    return found[0] if found else None


def locked(thread_id: UUID) -> Ticket | None:
    """Return the ticket that the thread of this id belonged to when its lock was asked for, locked now.

    It may have got another one meanwhile, by a merge.
    """
    return next(iter(_locked.objects("all", _locking, {KEY: thread_id})), None)


def _locking() -> QuerySet[Ticket]:
    return Ticket.objects.select_for_update().filter(pk__in=TicketThread.objects.filter(thread=KEY).values("ticket"))


def messages(ticket: Ticket) -> QuerySet[Message]:
    """Return everything said in the threads of a ticket, oldest first."""
    return Message.objects.filter(thread__ticket_thread__ticket=ticket).order_by("at", "id")


def recount(ticket: Ticket, *, keep_first: bool = False) -> None:
    """Work out anew from its talk since when a customer waits, how often they were answered, and when first.

    A ticket without talk stays as it is. With `keep_first`, one that was answered keeps when that was first; no answer
    counts as given before the ticket was opened.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT, {"ticket": ticket.pk, "keep": keep_first})
        found = cursor.fetchone()
    if found:
        ticket.answers, ticket.first_response_at, ticket.waiting_since = found


def first_moment(thread: Thread) -> datetime:
    """Return when the first message of a thread was written, or when a thread without any was begun."""
    first = thread.messages.order_by("at", "id").values_list("at", flat=True).first()
    return first or thread.created_at


def lock_threads(ticket: Ticket) -> list[Thread]:
    """Lock the threads of a ticket in the order of their keys and return them, the latest talk first.

    To be called before the ticket is locked: whoever brings news of a thread holds that first.
    """
    rows = Thread.objects.select_for_update(of=("self",)).filter(ticket_thread__ticket=ticket).order_by("pk")
    return sorted(rows, key=lambda thread: (thread.last_message_at, thread.pk), reverse=True)
