"""What several parts of the customer page need to know, asked of the database once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from rapport.customers.models import Affiliation, Customer, Identity
from rapport.insight.models import Score
from rapport.insight.permissions import VIEW as INSIGHT
from rapport.kernel.actors import Actor
from rapport.promises import queries as promises
from rapport.promises.models import Promise
from rapport.team.models import Organisation
from rapport.team.queries import organisation

AROUND = 8
PROMISES = 100
OF_AFFILIATION = (
    "role", "since", "until", "person_id", "company_id", "person__name", "person__number", "company__name",
    "company__number",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """A customer as one reader sees them."""

    customer: Customer
    actor: Actor

    @cached_property
    def identities(self) -> list[Identity]:
        """Addresses, numbers and handles, the main one of each kind first."""
        return list(self.customer.identities.order_by("kind", "-primary", "created_at"))

    @cached_property
    def around(self) -> list[Affiliation]:
        """The people of a company or the companies of a person, those who left last; one more than are shown."""
        either = Q(person=self.customer) | Q(company=self.customer)
        rows = Affiliation.objects.filter(either).select_related("person", "company").only(*OF_AFFILIATION)
        return list(rows.order_by("until", "-primary", "id")[: AROUND + 1])

    @cached_property
    def open_promises(self) -> list[Promise]:
        """The promises that have not ended, the most overdue first."""
        rows = promises.of_customer(self.customer, self.actor).filter(outcome="")
        return list(rows.order_by("due_until", "id")[:PROMISES])

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
