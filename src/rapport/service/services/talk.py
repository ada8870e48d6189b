"""What a ticket knows of its talk: whether the customer waits, how often and since when they were answered."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from rapport.conversations.models import Message, Thread
from rapport.service.models import Ticket, TicketThread

PUBLIC_ANSWER = Q(direction="out", sender_kind="agent", automatic="", sent_at__isnull=False)
"""A message that a person of the staff sent to the customer."""


def of(thread: Thread | object) -> Ticket | None:
    """Return the ticket that a thread (or the thread of this id) belongs to."""
    key = thread.pk if isinstance(thread, Thread) else thread
    found = TicketThread.objects.select_related("ticket").filter(thread_id=str(key)).first()
    return found.ticket if found else None


def messages(ticket: Ticket) -> QuerySet[Message]:
    """Return everything said in the threads of a ticket, oldest first."""
    return Message.objects.filter(thread__ticket_thread__ticket=ticket).order_by("at", "id")


def recount(ticket: Ticket, *, keep_first: bool = False) -> None:
    """Work out anew from its talk since when a customer waits, how often they were answered, and when first.

    A ticket without talk stays as it is. With `keep_first`, one that was answered keeps when that was first; no answer
    counts as given before the ticket was opened.
    """
    if not ticket.talk.exists():
        return
    answered = messages(ticket).filter(PUBLIC_ANSWER).aggregate(n=Count("pk"), first=Min("sent_at"))
    live = Thread.objects.live().filter(ticket_thread__ticket=ticket)
    ticket.answers, ticket.waiting_since = answered["n"], live.aggregate(since=Min("waiting_since"))["since"]
    if not (keep_first and ticket.first_response_at):
        first = answered["first"]
        ticket.first_response_at = max(first, ticket.opened_at) if first else None
    Ticket.objects.filter(pk=ticket.pk).update(
        answers=ticket.answers, first_response_at=ticket.first_response_at, waiting_since=ticket.waiting_since
    )


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
