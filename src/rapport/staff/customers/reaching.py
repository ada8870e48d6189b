"""The e-mail address and the phone number of a customer as cells: the first one is put in, replaced or taken away."""

from __future__ import annotations

from django import forms

from rapport.customers.identities import BadIdentity
from rapport.customers.models import Customer, Identity
from rapport.customers.permissions import CHANGE
from rapport.customers.services import identities
from rapport.customers.services.identities import IdentityTaken
from rapport.kernel.actors import Actor
from rapport.kernel.models import EventRecord
from rapport.staff.listing.nouns import Edit

ADDED, REMOVED = "customers.identity_added", "customers.identity_removed"


def edit(kind: str) -> Edit:
    """Return how the first address or number of a kind is changed."""
    return Edit(
        CHANGE,
        lambda: forms.CharField(max_length=254, required=False),
        lambda row: getattr(first(row, kind), "value", ""),
        lambda row, actor, value: put(row, kind, value, actor),
        unput,
        (BadIdentity, IdentityTaken),
        as_shown=True,
    )


def first(row: Customer, kind: str) -> Identity | None:
    """Return the address or number of a kind that lists show: the primary one, else the oldest."""
    return row.identities.filter(kind=kind).order_by("-primary", "created_at").first()


def put(row: Customer, kind: str, value: str, actor: Actor) -> None:
    """Let `value` be the first address or number of a kind; "" takes away the one that is."""
    there = first(row, kind)
    if there is None:
        if value:
            identities.add(row, kind, value, by=actor)
    elif value:
        identities.replace(row, there, value, by=actor)
    else:
        identities.remove(row, there, by=actor)


def unput(event: EventRecord, actor: Actor) -> None:
    """Take back what one event tells of; of a replacement, which is two, the removal takes back both."""
    customer = Customer.objects.get(pk=str(event.customer_id))
    along = EventRecord.objects.filter(cause_id=event.cause_id, customer_id=event.customer_id)
    if event.type == REMOVED:
        kept = event.data["row"]
        added = along.filter(type=ADDED).first()
        now = _named(customer, added) if added else None
        if now is not None:
            identities.replace(customer, now, kept["value"], by=actor)
        else:
            names = {"namespace": kept["namespace"], "label": kept["label"]}
            identities.add(customer, kept["kind"], kept["value"], by=actor, **names)
    elif event.type == ADDED and not along.filter(type=REMOVED).exists():
        now = _named(customer, event)
        if now is not None:
            identities.remove(customer, now, by=actor)


def _named(customer: Customer, event: EventRecord) -> Identity | None:
    """Return what an event tells of, if the customer has it still or again."""
    return customer.identities.filter(kind=event.data["kind"], normal=event.data["value"]).first()
