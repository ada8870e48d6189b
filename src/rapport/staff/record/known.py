"""What several parts of the customer page need to know, asked of the database once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from rapport.customers.models import Affiliation, Customer, Identity
from rapport.insight.models import Score
from rapport.insight.permissions import VIEW as INSIGHT
from rapport.kernel.actors import Actor
from rapport.kernel.written import KEY, Written
from rapport.promises.models import Promise
from rapport.promises.permissions import VIEW
from rapport.team.models import Organisation
from rapport.team.queries import organisation

AROUND = 8
PROMISES = 100
OF_AFFILIATION = (
    "role", "since", "until", "person_id", "company_id", "person__name", "person__number", "company__name",
    "company__number",
)  # fmt: skip
_identities, _around, _promises = Written(), Written(), Written()


@dataclass(frozen=True)
class Known:
    """A customer as one reader sees them."""

    customer: Customer
    actor: Actor

    @cached_property
    def identities(self) -> list[Identity]:
        """Addresses, numbers and handles, the main one of each kind first."""
        return _identities.objects("all", _asking_identities, {KEY: self.customer.pk})

    @cached_property
    def around(self) -> list[Affiliation]:
        """The people of a company or the companies of a person, those who left last; one more than are shown."""
        return _around.objects("all", _asking_around, {KEY: self.customer.pk})

    @cached_property
    def open_promises(self) -> list[Promise]:
        """The promises that have not ended, the most overdue first."""
        actor = self.actor
        return _promises.objects(actor.scope(VIEW), lambda: _asking_promises(actor), {KEY: self.customer.pk})

    @cached_property
    def score(self) -> Score | None:
        """What insight worked out, for those who may see it."""
        return getattr(self.customer, "score", None) if self.actor.may(INSIGHT) else None

    @cached_property
    def firm(self) -> Organisation:
        """The organisation."""
        return organisation()

    def main(self, kind: str) -> str:
        """Return the main address or number of a kind, "" for none."""
        return next((one.normal for one in self.identities if one.kind == kind), "")


def _asking_identities() -> QuerySet[Identity]:
    return Identity.objects.filter(customer=KEY).order_by("kind", "-primary", "created_at")


def _asking_around() -> QuerySet[Affiliation]:
    rows = Affiliation.objects.filter(Q(person=KEY) | Q(company=KEY)).select_related("person", "company")
    return rows.only(*OF_AFFILIATION).order_by("until", "-primary", "id")[: AROUND + 1]


def _asking_promises(actor: Actor) -> QuerySet[Promise]:
    rows = Promise.objects.visible_to(actor).filter(customer=KEY, outcome="")
    return rows.order_by("due_until", "id")[:PROMISES]
