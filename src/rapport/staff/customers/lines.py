"""What a row of the customers list shows, read for a page of ids by a constant number of queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from rapport.commerce.models import CustomerTotals
from rapport.commerce.permissions import VIEW as ORDERS
from rapport.customers.models import Affiliation, Customer, Identity
from rapport.insight.models import Score
from rapport.insight.permissions import VIEW as INSIGHT
from rapport.kernel.postgresql.lookups import array
from rapport.kernel.written import KEYS, Written
from rapport.promises.models import Promise
from rapport.promises.permissions import VIEW as PROMISES
from rapport.staff.listing.nouns import OWN as CUSTOM
from rapport.staff.listing.nouns import Look
from rapport.timeline.models import Touch

OWN = ("name", "number", "kind", "since", "stage", "tags", "city", "country", "source", "created_at", "owner_id")
BESIDE = {
    "touch": ("last_at",),
    "owner": ("name",),
    "totals": ("orders", "net_minor", "first_at", "last_at"),
    "score": ("index", "trend", "kind", "kind_override", "stage", "cltv_minor"),
}
SCORED = frozenset({"relationship", "kind", "journey", "predicted", "active"})
BOUGHT = frozenset({"orders", "value", "first_order", "last_order"})
_rows, _employers, _open = Written(), Written(), Written()


@dataclass(frozen=True, slots=True)
class Line:
    """A customer with what the list shows beside them; what was not asked for is None or empty."""

    customer: Customer
    company: str = ""
    company_id: UUID | None = None
    promise: Promise | None = None
    email: str = ""
    phone: str = ""
    score: Score | None = None
    totals: CustomerTotals | None = None
    touch: Touch | None = None

    @property
    def pk(self) -> UUID:
        """The customer's id."""
        return self.customer.pk

    @property
    def kind(self) -> str:
        """The kind of relationship: what somebody decided, else what insight worked out."""
        return (self.score.kind_override or self.score.kind) if self.score else ""


def lines(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Line]:
    """Return the customers of `ids` in that order, with what the columns of `keys` show."""
    wanted = set(keys)
    scored = bool(SCORED & wanted) and look.actor.may(INSIGHT)
    bought = bool(BOUGHT & wanted) and look.actor.may(ORDERS)
    beside = [*(["score"] if scored else []), *(["totals"] if bought else []), "touch", "owner"]
    own = [*OWN, "custom"] if any(key.startswith(CUSTOM) for key in wanted) else OWN
    found = _customers(ids, [one for one in beside if one != "owner" or "owner" in wanted], own)
    companies = _companies(ids) if "company" in wanted else {}
    promises = _promises(ids) if "open" in wanted and look.actor.may(PROMISES) else {}
    addresses = _identities(ids, wanted)
    made = []
    for customer in (found[key] for key in ids if key in found):
        company = companies.get(customer.pk)
        made.append(
            Line(
                customer,
                company=company[1] if company else "",
                company_id=company[0] if company else None,
                promise=promises.get(customer.pk),
                email=addresses.get((customer.pk, "email"), ""),
                phone=addresses.get((customer.pk, "phone"), ""),
                score=getattr(customer, "score", None) if scored else None,
                totals=getattr(customer, "totals", None) if bought else None,
                touch=getattr(customer, "touch", None),
            )
        )
    return made


def _customers(ids: Sequence[UUID], beside: Sequence[str], own: Sequence[str]) -> Mapping[UUID, Customer]:
    def ask() -> QuerySet[Customer]:
        joined = (f"{table}__{column}" for table in beside for column in BESIDE[table])
        return Customer.objects.filter(pk__any=KEYS).select_related(*beside).only(*own, *joined)

    found = _rows.objects((*beside, *own), ask, {KEYS: array(ids)})
    return {customer.pk: customer for customer in found}


def _companies(ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Return id and label of the company of each person: the primary one of those that they belong to."""
    found = _employers.rows("all", _asking_companies, {KEYS: array(ids)})
    return {person: (key, name or Customer(number=number).code) for person, key, name, number in found}


def _asking_companies() -> QuerySet[Affiliation, tuple[Any, ...]]:
    rows = Affiliation.objects.filter(person__pk__any=KEYS, until__isnull=True, company__deleted_at__isnull=True)
    rows = rows.order_by("person_id", "-primary", "id").distinct("person_id")
    return rows.values_list("person_id", "company_id", "company__name", "company__number")


def _promises(ids: Sequence[UUID]) -> dict[UUID, Promise]:
    """Return the open promise of each customer that is due first."""
    found = _open.objects("all", _asking_promises, {KEYS: array(ids)})
    return {one.customer_id: one for one in found if one.customer_id}


def _asking_promises() -> QuerySet[Promise]:
    rows = Promise.objects.open().filter(customer__pk__any=KEYS).order_by("customer_id", "due_until", "id")
    fields = ("customer_id", "kind", "what", "due_on", "due_at", "due_until", "zone", "outcome")
    return rows.distinct("customer_id").only(*fields)


def _identities(ids: Sequence[UUID], wanted: Collection[str]) -> dict[tuple[UUID, str], str]:
    """Return the primary e-mail address and phone number of each customer, as far as they are asked for."""
    kinds = [kind for kind in ("email", "phone") if kind in wanted]
    if not kinds:
        return {}
    rows: Any = Identity.objects.filter(customer_id__in=ids, kind__in=kinds).order_by("primary", "-created_at")
    return {(customer, kind): value for customer, kind, value in rows.values_list("customer_id", "kind", "value")}
