"""“We'll call you back”: a promise like any other, made on a ticket and kept by the call."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.promises.services.promises import Source
from rapport.service.models import Ticket
from rapport.service.permissions import CHANGE
from rapport.service.services.pledges import SOURCE


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


def called(customer_id: UUID, *, by: Actor, at: datetime | None = None) -> Promise | None:
    """Keep the call back that a customer was promised on a ticket, the one that is due first, and return it."""
    waiting = Promise.objects.open().filter(customer_id=customer_id, kind=Promise.Kind.CALL, source_type=SOURCE)
    promise = waiting.order_by("due_until", "pk").first()
    return promises.fulfil(promise, by=by.with_everything(), at=at or clock.now()) if promise else None
