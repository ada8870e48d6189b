"""“We'll call you back”: a promise like any other, made on a ticket and kept by the call."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.conversations.models import Thread
from rapport.conversations.services import messages, threads
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.promises.services.promises import Source
from rapport.service.models import Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services.arrivals import attach
from rapport.service.services.pledges import SOURCE
from rapport.team.models import User


class NobodyToCall(ValueError):
    """The ticket has no customer, so there is nobody to call back."""


@verb(CHANGE, offer=("rules", "mcp"))
def promise_call(
    ticket: Ticket, *, by: Actor, due_at: datetime | None = None, due_on: date | None = None, about: str = ""
) -> Promise:
    """Promise the customer of a ticket to call them back by a moment or on a day, and return the promise.

    Raises `NobodyToCall`, `promises.NoDueDate`.
    """
    if ticket.requester is None:
        raise NobodyToCall(_("%(number)s has no customer to call back.") % {"number": ticket.code})
    words = {"number": ticket.code, "about": about.strip() or ticket.subject}
    return promises.make(
        ticket.requester,
        _("Call back about %(number)s: %(about)s") % words,
        by=by.with_everything(),
        kind=Promise.Kind.CALL,
        due_at=due_at,
        due_on=due_on,
        source=Source(SOURCE, ticket.pk, ticket.code),
    )


def called(
    customer_id: UUID, *, by: Actor, at: datetime | None = None, caller: User | None = None, text: str = ""
) -> Promise | None:
    """Keep the call back that a customer was promised on a ticket, the one that is due first, and return it.

    The call by `caller` is an answer like any other: it stands in the talk of the ticket, and its clocks hear of it.
    """
    waiting = Promise.objects.open().filter(customer_id=customer_id, kind=Promise.Kind.CALL, source_type=SOURCE)
    promise = waiting.order_by("due_until", "pk").first()
    if promise is None:
        return None
    moment = at or clock.now()
    if caller is not None:
        _answer(promise, caller, text, moment, by)
    return promises.fulfil(promise, by=by.with_everything(), at=moment)


def _answer(promise: Promise, caller: User, text: str, at: datetime, by: Actor) -> None:
    """Let the call stand in the talk by telephone of the ticket that it was promised on."""
    ticket = Ticket.objects.filter(pk=str(promise.source_id)).first()
    while ticket is not None and ticket.merged_into is not None:
        ticket = ticket.merged_into
    if ticket is None or ticket.deleted_at is not None:
        return
    thread = _by_phone(ticket, by)
    if thread.spam_at is None and thread.deleted_at is None:
        speaker = replace(by.with_everything(), name=caller.name, user_id=caller.pk)
        messages.spoke(thread, text.strip() or _("Called back."), by=speaker, at=at)


def _by_phone(ticket: Ticket, by: Actor) -> Thread:
    """Return the newest talk by telephone of a ticket; the first one begins now."""
    rows = Thread.objects.filter(ticket_thread__ticket=ticket, channel=Thread.Channel.PHONE)
    found = rows.order_by("-last_message_at", "-id").first()
    if found is None:
        found = threads.start(Thread.Channel.PHONE, ticket.subject, by=by.with_everything(), customer=ticket.requester)
        attach(found.pk, ticket)
    return found
