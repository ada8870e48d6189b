"""Finding out afterwards whom threads are with, when an address becomes known to be a customer's."""

from __future__ import annotations

from uuid import UUID

from rapport.conversations.events import ThreadCustomerSet
from rapport.conversations.models import Participant
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import threads
from rapport.conversations.services.senders import WRITTEN_BY_THEMSELVES
from rapport.customers.models import Customer, Identity
from rapport.kernel.actors import Actor
from rapport.kernel.verbs import verb

MOST = 1_000


@verb(ANSWER, publishes=(ThreadCustomerSet,))
def recognise(customer_id: UUID, *, by: Actor) -> int:
    """Give a customer the threads that somebody at one of their addresses asked in, and return how many.

    Threads that are with somebody already stay with them, as do chats: an address typed there proves nothing.
    """
    held = Identity.objects.filter(customer_id=customer_id, kind=Identity.Kind.EMAIL)
    addresses = list(held.values_list("match_key", flat=True))
    parts = Participant.objects.filter(address__in=addresses, customer__isnull=True)
    if not addresses or not parts.exists():
        return 0
    asked = parts.filter(role=Participant.Role.REQUESTER, thread__channel__in=WRITTEN_BY_THEMSELVES)
    found = list(asked.filter(thread__customer__isnull=True).select_related("thread")[:MOST])
    parts.filter(role=Participant.Role.CC).update(customer_id=customer_id)
    if not found:
        return 0
    customer = Customer.objects.get(pk=customer_id)
    for part in sorted(found, key=lambda part: part.thread_id):
        threads.set_customer_locked(threads.locked(part.thread), customer, by=by)
    return len(found)
