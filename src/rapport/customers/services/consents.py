"""What customers allow: consent per channel and topic, added to and never overwritten."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from rapport.customers.events import ConsentGiven, ConsentWithdrawn
from rapport.customers.models import Consent, Customer
from rapport.customers.permissions import CHANGE
from rapport.customers.queries import consent_state
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb


class NoSuchChannel(ValueError):
    """Consent is for one of the known channels."""


@verb(CHANGE, publishes=(ConsentGiven,))
def give(
    customer: Customer,
    channel: str,
    *,
    by: Actor,
    topic: str = "marketing",
    basis: str = "",
    proof: str = "",
    at: datetime | None = None,
) -> None:
    """Record that the customer allowed `topic` on `channel`, on which basis and with which proof."""
    if _set(customer, channel, topic, Consent.State.GRANTED, basis, proof, at):
        happening = ConsentGiven(channel=channel, topic=topic, basis=basis)
        publish(happening, by=by, subject=customer, customer=customer.pk, at=at)


@verb(CHANGE, publishes=(ConsentWithdrawn,))
def withdraw(
    customer: Customer,
    channel: str,
    *,
    by: Actor,
    topic: str = "marketing",
    proof: str = "",
    at: datetime | None = None,
) -> None:
    """Record that the customer withdrew `topic` on `channel`."""
    if _set(customer, channel, topic, Consent.State.WITHDRAWN, "", proof, at):
        happening = ConsentWithdrawn(channel=channel, topic=topic)
        publish(happening, by=by, subject=customer, customer=customer.pk, at=at)


def _set(customer: Customer, channel: str, topic: str, state: str, basis: str, proof: str, at: datetime | None) -> bool:
    """Add the row unless the state is that already; return whether anything changed."""
    if channel not in Customer.Channel.values:
        raise NoSuchChannel(_("There is no channel %(channel)s.") % {"channel": channel})
    Customer.objects.select_for_update().get(pk=customer.pk)
    if consent_state(customer, channel, topic) == state:
        return False
    moment = at or clock.now()
    customer.consents.filter(channel=channel, topic=topic, replaced_at__isnull=True).update(replaced_at=moment)
    Consent.objects.create(
        customer=customer,
        channel=channel,
        topic=topic,
        state=state,
        basis=basis,
        proof=proof,
        at=moment,
    )
    return True
