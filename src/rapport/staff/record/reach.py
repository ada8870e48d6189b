"""How the customer page reaches its rows: within the reader's reach, or not at all."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db.models import QuerySet

from rapport.customers.models import Customer
from rapport.customers.permissions import VIEW
from rapport.customers.services.customers import MergedAway
from rapport.kernel.actors import Actor
from rapport.kernel.doors import Noun
from rapport.kernel.permissions import OutOfReach
from rapport.kernel.written import KEY, Written

UNSEEN = ("search", "score__reasons", "score__kinds", "owner__password")
"""What the page does not show."""

Row = TypeVar("Row", bound=Noun)
_found = Written()


def customer_of(actor: Actor, pk: UUID) -> Customer:
    """Return a customer with owner, score and totals, in the trash or not. Raises `OutOfReach`, `MergedAway`."""
    found = _found.objects(actor.scope(VIEW), lambda: _asking(actor), {KEY: pk})
    if not found:
        raise OutOfReach
    row = found[0]
    if row.merged_into_id is not None:
        one(Customer.objects.visible_to(actor), row.merged_into_id)
        raise MergedAway(row)
    return row


def _asking(actor: Actor) -> QuerySet[Customer]:
    rows = Customer.objects.visible_to(actor).filter(pk=KEY)
    return rows.select_related("owner", "score", "totals").defer(*UNSEEN)


def one(rows: QuerySet[Row], pk: UUID) -> Row:
    """Return the row of `rows` with this key. Raises `OutOfReach`."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise OutOfReach
    return found
