"""Finding out afterwards whom threads are with, when an address becomes known to be a customer's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from rapport.conversations.events import ThreadCustomerSet
from rapport.conversations.models import Participant
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import threads
from rapport.conversations.services.senders import WRITTEN_BY_THEMSELVES
from rapport.customers.models import Customer, Identity
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb
from rapport.kernel.written import KEY, Written

MOST = 1_000
_waiting = Written()


def waiting(customer_id: UUID) -> bool:
    """Return whether anybody at an address of a customer takes part in talk without being known as them."""
    return bool(_waiting.rows("all", _waiting_for, {KEY: customer_id}))


def _waiting_for() -> QuerySet[Participant, tuple[Any, ...]]:
    held = Identity.objects.filter(customer_id=KEY, kind=Identity.Kind.EMAIL)
    return Participant.objects.filter(address__in=held.values("match_key"), customer__isnull=True).values_list("pk")[:1]


@verb(ANSWER, publishes=(ThreadCustomerSet,))
def recognise(customer_id: UUID, *, by: Actor) -> int:
    """Give a customer the threads that somebody at one of their addresses asked in, and return how many.

    Threads that are with somebody already stay with them, as do chats: an address typed there proves nothing.
    """
    held = Identity.objects.filter(customer_id=customer_id, kind=Identity.Kind.EMAIL)
    addresses = list(held.values_list("match_key", flat=True))
    parts = Participant.objects.filter(address__in=addresses, customer__isnull=True)
    asked = parts.filter(role=Participant.Role.REQUESTER, thread__channel__in=WRITTEN_BY_THEMSELVES)
    found = list(asked.filter(thread__customer__isnull=True).select_related("thread")[:MOST])
    parts.filter(role=Participant.Role.CC).update(customer_id=customer_id)
    if not found:
        return 0
    customer = Customer.objects.get(pk=customer_id)
    for part in sorted(found, key=lambda part: part.thread_id):
        threads.set_customer_locked(threads.locked(part.thread), customer, by=by)
    return len(found)
