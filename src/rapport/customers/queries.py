"""Questions about customers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from rapport.customers import searching
from rapport.customers.identities import BadIdentity, email, external, handle, phone
from rapport.customers.models import Consent, Customer, Identity
from rapport.kernel.actors import Actor
from rapport.kernel.doors import Door


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """The present state of one topic on one channel."""

    channel: str
    topic: str
    state: str
    at: datetime


def search(text: str, actor: Actor) -> QuerySet[Customer]:
    """Return the live customers within reach that match what was typed: part of a name, address or number."""
    rows = Customer.objects.visible_to(actor).live()
    query = searching.query(text)
    return rows.filter(search=query) if query else rows.none()


def consent_state(customer: Customer, channel: str, topic: str) -> str:
    """Return granted, withdrawn, or nothing when it was never asked."""
    newest = Consent.objects.filter(customer=customer, channel=channel, topic=topic).order_by("-at", "-id")
    return newest.values_list("state", flat=True).first() or ""


def consents(customer: Customer) -> list[ConsentLine]:
    """Return the present consent of a customer for each channel and topic that was ever asked."""
    newest = (
        Consent.objects.filter(customer=customer)
        .order_by("channel", "topic", "-at", "-id")
        .distinct("channel", "topic")
    )
    return [ConsentLine(row.channel, row.topic, row.state, row.at) for row in newest]


def same_identity(kind: str, value: str, country: str, actor: Actor) -> QuerySet[Customer]:
    """Return the customers within reach whose address or number is the same line as `value`; none for a bad one."""
    forms = {"email": email, "handle": handle, "external": external}
    rows: Door[Customer] = Customer.objects.visible_to(actor).live()
    try:
        form = phone(value, country or None) if kind == "phone" else forms[kind](value)
    except (BadIdentity, KeyError):
        return rows.none()
    held = Identity.objects.filter(kind=kind, match_key=form.match_key).values("customer_id")
    return rows.filter(pk__in=held)
