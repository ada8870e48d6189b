"""Customers over the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1.access import actor_of, context_of, one
from rapport.api.v1.answers import straight
from rapport.api.v1.cursors import MAX_LIMIT, Page, after, cut, mark, order_of
from rapport.api.v1.duplicates import PossibleOut
from rapport.api.v1.duplicates import possible as told
from rapport.api.v1.filters import chosen
from rapport.api.v1.idempotency import once
from rapport.customers import queries
from rapport.customers.models import Customer, Identity
from rapport.customers.permissions import CHANGE, DELETE, MERGE, VIEW
from rapport.customers.queries import Sought
from rapport.customers.services import consents, customers, identities, merges
from rapport.customers.services.customers import MergedAway, NewIdentity
from rapport.customers.twins.pool import portraits
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.kernel.written import KEY, MORE, WORDS, Written
from rapport.timeline.queries import Touchpoint, of_customer

router = Router(tags=["customers"])
OWN = (
    "id", "number", "kind", "name", "stage", "city", "country", "owner_id", "tags", "created_at", "updated_at",
    "given_name", "family_name", "language", "zone", "preferred_channel", "birthday", "street", "region", "postcode",
    "source", "custom", "since", "deleted_at",
)  # fmt: skip
IDENTITY = ("id", "kind", "namespace", "value", "normal", "label", "primary")
TOTALS = ("totals__orders", "totals__net_minor", "totals__last_at")
NAMES = (*OWN[:11], "orders", "value_minor", "last_order_at")
LINE = (*NAMES, "email", "phone")
WHOLE = (*OWN, *NAMES[11:])
COLUMNS = (*OWN[:11], *TOTALS)
SORTS = {
    "name": "name",
    "number": "number",
    "created_at": "created_at",
    "orders": "totals__orders",
    "value": "totals__net_minor",
    "last_order_at": "totals__last_at",
}
_lists, _one = Written(), Written()


class TouchpointOut(Schema):
    """One line of a timeline; `direction` is in, out or none, `sentence` tells it in words."""

    id: UUID
    type: str
    group: str
    direction: str
    at: datetime
    sentence: str
    text: str
    by: str
    via: str
    data: dict[str, Any]


class IdentityOut(Schema):
    """An address, number or handle: as it was given, and in its one true spelling."""

    id: UUID
    kind: str
    namespace: str
    value: str
    normal: str
    label: str
    primary: bool


class CustomerLine(Schema):
    """A customer as lists show them; money in minor units of the organisation's currency."""

    id: UUID
    number: int
    kind: str
    name: str
    stage: str
    email: str
    phone: str
    city: str
    country: str
    owner_id: UUID | None
    tags: list[str]
    orders: int
    value_minor: int
    last_order_at: datetime | None
    created_at: datetime
    updated_at: datetime


class CustomerOut(CustomerLine):
    """A customer whole."""

    given_name: str
    family_name: str
    language: str
    zone: str
    preferred_channel: str
    birthday: date | None
    street: str
    region: str
    postcode: str
    source: str
    custom: dict[str, Any]
    since: datetime
    deleted_at: datetime | None
    identities: list[IdentityOut]


class CustomerWithTimeline(CustomerOut):
    """A customer whole, and the newest touchpoints where they were asked for."""

    timeline: Page[TouchpointOut] | None = None


class CustomerMade(CustomerOut):
    """A customer whole, and who may be the same where that was asked for: nothing is refused for it."""

    possible_duplicates: list[PossibleOut] | None = None


class IdentityMade(IdentityOut):
    """An identity that was added, and who may be the same as its customer where that was asked for."""

    possible_duplicates: list[PossibleOut] | None = None


class MergeIn(Schema):
    """Into whom a customer is merged. `take` names the fields whose value comes from the merged one where both have
    one: name, stage, owner, language, zone, preferred_channel, quiet_hours, birthday, address, source, custom.KEY."""

    into: UUID
    take: list[str] | None = None


class IdentityIn(Schema):
    """An identity to add: kind is email, phone, handle or external (a number in another system, its namespace)."""

    kind: str
    value: str = Field(max_length=254)
    namespace: str = Field("", max_length=40)
    label: str = Field("", max_length=40)


class CustomerChange(Schema):
    """The fields to set; what is left out stays as it is."""

    kind: str | None = Field(None, pattern="^(person|company)$")
    name: str | None = Field(None, max_length=200)
    given_name: str | None = Field(None, max_length=100)
    family_name: str | None = Field(None, max_length=100)
    language: str | None = Field(None, max_length=8)
    zone: str | None = Field(None, max_length=64)
    preferred_channel: str | None = Field(None, max_length=8)
    birthday: date | None = None
    street: str | None = Field(None, max_length=200)
    city: str | None = Field(None, max_length=120)
    region: str | None = Field(None, max_length=120)
    postcode: str | None = Field(None, max_length=20)
    country: str | None = Field(None, max_length=2)
    source: str | None = Field(None, max_length=80)
    tags: list[str] | None = None
    owner_id: UUID | None = None
    custom: dict[str, Any] | None = None


class CustomerIn(CustomerChange):
    """A customer to add; a name or one identity is needed."""

    stage: str = Customer.Stage.LEAD
    identities: list[IdentityIn] = []


class ConsentIn(Schema):
    """Consent given or withdrawn."""

    channel: str
    topic: str = Field("marketing", max_length=40)
    granted: bool
    basis: str = Field("", max_length=40)
    proof: str = Field("", max_length=300)
    at: datetime | None = None


@router.get("", response=Page[CustomerLine], summary="List customers")
def list_customers(
    request: HttpRequest,
    filter: str = "",  # noqa: A002
    search: str = "",
    sort: str = "-created_at",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> HttpResponse:
    """Return customers: filtered by a condition (`country = "GB" and orders >= 2`), found by `search`, sorted."""
    actor = actor_of(request)
    order = order_of(sort, SORTS)
    where = chosen(filter, "customer", context_of(request)) if filter else Q()
    sought = queries.sought(search) if search else None

    def ask() -> QuerySet[Any, Any]:
        rows = Customer.objects.visible_to(actor).live().filter(where, totals__isnull=False)
        found = Sought(WORDS, MORE if sought.frequent else "").among(rows) if sought else rows
        shown = after(found, order, cursor)
        return shown.values_list(*COLUMNS, _address("email"), _address("phone"))[: limit + 1]

    if search and not sought:
        return straight({"items": [], "next": None})
    values = {WORDS: sought.rare, MORE: sought.frequent} if sought else {}
    way = (actor.scope(VIEW), where, sought and bool(sought.frequent), order, cursor, limit)
    found = _lists.rows(way, ask, values)
    sorts = COLUMNS.index(order.path)
    page = cut(found, limit, lambda row: (row[sorts], row[0]), lambda row: dict(zip(LINE, row, strict=True)))
    return straight(page)


@router.post("", response={201: CustomerMade}, summary="Add a customer")
@once
def create_customer(request: HttpRequest, payload: CustomerIn, duplicates: QueryEx[bool, P()] = False) -> HttpResponse:
    """Add a customer with their identities; 409 when an address is somebody else's.

    With `duplicates=true` the answer's `possible_duplicates` names customers within reach who may be the same; the
    customer is added all the same. Without it they are looked for a moment later, for the list of duplicates.
    """
    values = payload.model_dump(exclude_unset=True, exclude={"identities", "custom", "stage"})
    actor = actor_of(request)
    made = customers.create(
        by=actor,
        identities=[NewIdentity(new.kind, new.value, new.namespace, new.label) for new in payload.identities],
        stage=payload.stage,
        custom=payload.custom,
        **_given(values),
    )
    return straight(whole(made) | _possible(made, actor, asked=duplicates), 201)


@router.get("/{customer_id}", response=CustomerWithTimeline, summary="Get a customer")
def get_customer(
    request: HttpRequest, customer_id: UUID, timeline: QueryEx[int, P(ge=0, le=MAX_LIMIT)] = 0
) -> HttpResponse:
    """Return one customer, and with `timeline=30` the newest thirty touchpoints of theirs.

    Who was merged into another is answered by 307 with the address of that one, and `merged_into` in the problem.
    """
    actor = actor_of(request)
    found = _one.rows(actor.scope(VIEW), lambda: _asking(Customer.objects.visible_to(actor)), {KEY: customer_id})
    if not found or found[0][0]:
        find(customer_id, actor)  # raises what there is to say
    more = {"timeline": touchpoints(customer_id, actor, limit=timeline)} if timeline else {}
    return straight(_whole(found) | more)


@router.patch("/{customer_id}", response=CustomerOut, summary="Change a customer")
@once
def change_customer(request: HttpRequest, customer_id: UUID, payload: CustomerChange) -> dict[str, Any]:
    """Set fields of a customer; what is left out stays as it is."""
    actor = actor_of(request)
    values = payload.model_dump(exclude_unset=True, exclude={"custom"})
    changed = customers.change(find(customer_id, actor, CHANGE), by=actor, custom=payload.custom, **_given(values))
    return whole(changed)


@router.delete("/{customer_id}", response={204: None}, summary="Move a customer to the trash")
def trash_customer(request: HttpRequest, customer_id: UUID) -> Status[None]:
    """Move a customer to the trash, from which they can be restored for 30 days."""
    actor = actor_of(request)
    customers.trash(find(customer_id, actor, DELETE), by=actor)
    return Status(204, None)


@router.post("/{customer_id}/restore", response=CustomerOut, summary="Restore a customer")
def restore_customer(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Take a customer out of the trash."""
    actor = actor_of(request)
    return whole(customers.restore(find(customer_id, actor, DELETE), by=actor))


@router.post("/{customer_id}/merge", response=CustomerOut, summary="Merge into another customer")
@once
def merge_customer(request: HttpRequest, customer_id: UUID, payload: MergeIn) -> dict[str, Any]:
    """Merge a customer into another one, and return that. Everything goes along; the old address leads there."""
    actor = actor_of(request)
    survivor = find(payload.into, actor, MERGE)
    return whole(merges.merge(find(customer_id, actor, MERGE), survivor, by=actor, take=payload.take))


@router.post("/{customer_id}/unmerge", response=CustomerOut, summary="Take a merged customer out again")
@once
def unmerge_customer(request: HttpRequest, customer_id: UUID) -> dict[str, Any]:
    """Take a merged customer out of its survivor, with all that it brought, and return it."""
    actor = actor_of(request)
    actor.require(MERGE)
    return whole(merges.unmerge(one(Customer.objects.visible_to(actor).filter(pk=customer_id)), by=actor))


@router.post("/{customer_id}/stage", response=CustomerOut, summary="Enter a stage")
@once
def enter_stage(request: HttpRequest, customer_id: UUID, stage: str) -> dict[str, Any]:
    """Move a customer to another stage of the life cycle."""
    actor = actor_of(request)
    return whole(customers.enter_stage(find(customer_id, actor, CHANGE), stage, by=actor))


@router.post("/{customer_id}/identities", response={201: IdentityMade}, summary="Add an identity")
@once
def add_identity(
    request: HttpRequest, customer_id: UUID, payload: IdentityIn, duplicates: QueryEx[bool, P()] = False
) -> Status[dict[str, Any]]:
    """Add an address, number or handle to a customer.

    With `duplicates=true` the answer's `possible_duplicates` names who may be the same.
    """
    actor = actor_of(request)
    customer = find(customer_id, actor, CHANGE)
    made = identities.add(
        customer,
        payload.kind,
        payload.value,
        by=actor,
        namespace=payload.namespace,
        label=payload.label,
    )
    added = {name: getattr(made, name) for name in IDENTITY}
    return Status(201, added | _possible(customer, actor, asked=duplicates))


@router.delete("/{customer_id}/identities/{identity_id}", response={204: None}, summary="Remove an identity")
def remove_identity(request: HttpRequest, customer_id: UUID, identity_id: UUID) -> Status[None]:
    """Take an address, number or handle from a customer."""
    actor = actor_of(request)
    customer = find(customer_id, actor, CHANGE)
    identities.remove(customer, one(customer.identities.filter(pk=identity_id)), by=actor)
    return Status(204, None)


@router.post("/{customer_id}/consents", response={204: None}, summary="Give or withdraw consent")
@once
def set_consent(request: HttpRequest, customer_id: UUID, payload: ConsentIn) -> Status[None]:
    """Record what a customer allowed or withdrew."""
    actor = actor_of(request)
    customer = find(customer_id, actor, CHANGE)
    if payload.granted:
        consents.give(
            customer,
            payload.channel,
            by=actor,
            topic=payload.topic,
            basis=payload.basis,
            proof=payload.proof,
            at=payload.at,
        )
    else:
        consents.withdraw(customer, payload.channel, by=actor, topic=payload.topic, proof=payload.proof, at=payload.at)
    return Status(204, None)


def find(customer_id: UUID, actor: Actor, right: Right | None = None) -> Customer:
    """Return a customer within the actor's reach, or answer 404; 403 when they lack `right` altogether.

    Who was merged into another leads there: 307 to readers, 409 to writers, 404 beyond reach.
    """
    if right:
        actor.require(right)
    rows = Customer.objects.visible_to(actor)
    row = one(rows.filter(pk=customer_id))
    if row.merged_into_id is not None:
        one(rows.filter(pk=row.merged_into_id))
        raise MergedAway(row)
    return row


def _possible(customer: Customer, actor: Actor, *, asked: bool) -> dict[str, Any]:
    """Who may be the same as a customer; looking for them takes about as long as adding one, so who wants it asks."""
    drawn = portraits([customer.pk]) if asked else {}
    found = told(queries.possible(drawn[customer.pk], actor, but=customer.pk)) if drawn else []
    return {"possible_duplicates": found if asked else None}


def _address(kind: str) -> Coalesce:
    """Return the primary address of a kind of each customer that is asked for."""
    held = Identity.objects.filter(customer=OuterRef("pk"), kind=kind, primary=True)
    return Coalesce(Subquery(held.values("normal")[:1]), Value(""))


def whole(row: Customer) -> dict[str, Any]:
    """Return a customer as a `CustomerOut`, as the row is now."""
    return _whole(_one.rows("whoever", lambda: _asking(Customer.objects.all()), {KEY: row.pk}))


def _asking(rows: QuerySet[Customer]) -> QuerySet[Any, Any]:
    """Return the question for a customer: a row for each identity, or one without."""
    ordered = rows.filter(pk=KEY).order_by("-identities__primary", "identities__created_at", "identities__id")
    return ordered.values_list("merged_into_id", *OWN, *TOTALS, *(f"identities__{name}" for name in IDENTITY))


def _whole(found: list[tuple[Any, ...]]) -> dict[str, Any]:
    """Return a customer of what `_asking` found."""
    end = 1 + len(WHOLE)
    known = [dict(zip(IDENTITY, row[end:], strict=True)) for row in found if row[end]]
    return {
        **dict(zip(WHOLE, found[0][1:end], strict=True)),
        "email": _first(known, Identity.Kind.EMAIL),
        "phone": _first(known, Identity.Kind.PHONE),
        "identities": known,
    }


def _first(known: Iterable[dict[str, Any]], kind: str) -> str:
    return next((str(identity["normal"]) for identity in known if identity["kind"] == kind), "")


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` with null read as empty for the text fields, as the columns hold it."""
    nullable = {"birthday", "owner_id"}
    return {
        key: ([] if key == "tags" else "") if value is None and key not in nullable else value
        for key, value in values.items()
    }


def touchpoints(customer_id: UUID, actor: Actor, **more: Any) -> dict[str, Any]:
    """Return a page of a customer's timeline as the API writes it; `more` goes to the query."""
    page = of_customer(customer_id, actor, **more)
    return {"items": [touchpoint(item) for item in page.items], "next": mark(*page.next) if page.next else None}


def touchpoint(item: Touchpoint) -> dict[str, Any]:
    """Return one touchpoint as a `TouchpointOut`."""
    return {name: getattr(item, name) for name in TouchpointOut.model_fields}
