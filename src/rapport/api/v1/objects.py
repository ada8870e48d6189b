"""Records of custom objects over the API: `/objects/vehicle` are the records of the type with the key vehicle."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1.access import actor_of, colleague, context_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Order, Page, order_of, page_of
from rapport.api.v1.customers import TouchpointOut, touchpoint
from rapport.api.v1.customers import find as find_customer
from rapport.api.v1.filters import chosen
from rapport.api.v1.idempotency import once
from rapport.kernel.actors import Actor
from rapport.kernel.events import EVENTS
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Right
from rapport.kernel.remembered import steady
from rapport.objects import queries
from rapport.objects.models import Link, ObjectType, Record
from rapport.objects.permissions import CHANGE, DELETE, VIEW
from rapport.objects.services import records
from rapport.timeline.queries import touchpoint as told

router = Router(tags=["custom objects"])
SORTS = {"name": "name", "number": "number", "created_at": "created_at"}
NAMES = (
    "id", "number", "name", "reference", "customer_id", "owner_id", "custom", "created_at", "updated_at", "deleted_at",
)  # fmt: skip


class RecordOut(Schema):
    """A record: `type` is the key of its type, `code` its number as people say it, `custom` its fields by key.

    `reference` is its number in another system. `links` has the record that each link leads to, null where to none.
    """

    id: UUID
    type: str
    number: int
    code: str
    name: str
    reference: str
    customer_id: UUID | None
    owner_id: UUID | None
    custom: dict[str, Any]
    links: dict[str, UUID | None]
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class RecordFields(Schema):
    """What to set of a record; what is left out stays. Null empties a field, a link, the customer or the owner."""

    name: str | None = Field(None, max_length=200)
    customer_id: UUID | None = None
    owner_id: UUID | None = None
    custom: dict[str, Any] | None = None
    links: dict[str, UUID | None] | None = None


class RecordIn(RecordFields):
    """A record whole or in part, its number in another system among it."""

    reference: str | None = Field(None, max_length=80)


@router.get("/{key}", response=Page[RecordOut], summary="List records")
def list_records(
    request: HttpRequest,
    key: str,
    filter: str = "",  # noqa: A002
    search: str = "",
    customer_id: UUID | None = None,
    trashed: bool = False,
    sort: str = "-created_at",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return records of a type, of one customer or all: filtered by a condition (`custom.make = Saab`), found by
    `search`, sorted by name, number or created_at. `trashed=true` gives those in the trash.
    """
    context = context_of(request)
    with steady():
        kind = queries.type_of(key, context.actor)
        links = queries.links_for(kind, context.actor)
        rows = Record.objects.visible_to(context.actor).filter(type=kind, deleted_at__isnull=not trashed)
        rows = rows.filter(customer_id=customer_id) if customer_id else rows
        rows = rows.filter(chosen(filter, kind.noun, context)) if filter else rows
        found = queries.looked_for(rows, search) if search else rows
    return page_of(found.defer("search"), order_of(sort, SORTS), cursor, limit, lambda row: shown(row, kind, links))


@router.post("/{key}", response={201: RecordOut}, summary="Add a record")
@once
def add_record(request: HttpRequest, key: str, payload: RecordIn) -> Status[dict[str, Any]]:
    """Add a record of a type."""
    actor = actor_of(request)
    kind = writable(key, actor, CHANGE)
    return Status(201, whole(records.add(kind, by=actor, **_given(payload, kind, actor)), actor))


@router.put(
    "/{key}/by-reference/{path:reference}",
    response={200: RecordOut, 201: RecordOut},
    summary="Add or change a record by its reference",
)
@once
def put_record(request: HttpRequest, key: str, reference: str, payload: RecordFields) -> Status[dict[str, Any]]:
    """Change the record with this number in another system, or add it (201); what is left out stays as it is."""
    actor = actor_of(request)
    kind = writable(key, actor, CHANGE)
    given = _given(payload, kind, actor)
    known = Record.objects.visible_to(actor, CHANGE).filter(type=kind)
    there = known.filter(reference=records.reference_of(reference)).first()
    if there is None:
        return Status(201, whole(records.add(kind, by=actor, reference=reference, **given), actor))
    return Status(200, whole(records.change(there, by=actor, **given), actor))


@router.get("/{key}/{uuid:record_id}", response=RecordOut, summary="Get a record")
def get_record(request: HttpRequest, key: str, record_id: UUID) -> dict[str, Any]:
    """Return one record, one in the trash too."""
    actor = actor_of(request)
    return whole(find(key, record_id, actor), actor)


@router.patch("/{key}/{uuid:record_id}", response=RecordOut, summary="Change a record")
@once
def change_record(request: HttpRequest, key: str, record_id: UUID, payload: RecordIn) -> dict[str, Any]:
    """Set fields of a record; what is left out stays as it is."""
    actor = actor_of(request)
    row = find(key, record_id, actor, CHANGE)
    return whole(records.change(row, by=actor, **_given(payload, row.kind, actor)), actor)


@router.delete("/{key}/{uuid:record_id}", response={204: None}, summary="Move a record to the trash")
def trash_record(request: HttpRequest, key: str, record_id: UUID) -> Status[None]:
    """Move a record to the trash, from which it can be restored for 30 days."""
    actor = actor_of(request)
    records.trash(find(key, record_id, actor, DELETE), by=actor)
    return Status(204, None)


@router.post("/{key}/{uuid:record_id}/restore", response=RecordOut, summary="Restore a record")
@once
def restore_record(request: HttpRequest, key: str, record_id: UUID) -> dict[str, Any]:
    """Take a record out of the trash."""
    actor = actor_of(request)
    return whole(records.restore(find(key, record_id, actor, DELETE), by=actor), actor)


@router.get("/{key}/{uuid:record_id}/events", response=Page[TouchpointOut], summary="Read what happened to a record")
def list_events(
    request: HttpRequest,
    key: str,
    record_id: UUID,
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 30,
) -> dict[str, Any]:
    """Return the events of a record, the newest first."""
    row = find(key, record_id, actor_of(request))
    rows = EventRecord.objects.filter(subject_id=row.pk, type__in=EVENTS)
    return page_of(
        rows, Order("at", descending=True), cursor, limit, lambda event: touchpoint(told(event, EVENTS[event.type]))
    )


of_customers = Router(tags=["custom objects"])


@of_customers.get("/{customer_id}/records", response=Page[RecordOut], summary="List records of a customer")
def list_records_of_customer(
    request: HttpRequest,
    customer_id: UUID,
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return the records of all custom objects that are a customer's, the newest first."""
    actor = actor_of(request)
    customer = find_customer(customer_id, actor)
    with steady():
        kinds = {row.pk: row for row in queries.types_for(actor)}
        links = {row.pk: queries.links_for(row, actor) for row in kinds.values()}
        rows = Record.objects.visible_to(actor).live().filter(customer=customer, type__in=list(kinds))
    return page_of(
        rows.defer("search"),
        Order("created_at", descending=True),
        cursor,
        limit,
        lambda row: shown(row, kinds[row.type_id], links[row.type_id]),
    )


def writable(key: str, actor: Actor, right: Right) -> ObjectType:
    """Return the type of this key that the actor may see, or answer 404; 403 when they lack `right` on it."""
    kind = queries.type_of(key, actor)
    actor.require(kind.right_for(right))
    return kind


def find(key: str, record_id: UUID, actor: Actor, right: Right = VIEW) -> Record:
    """Return a record within the actor's reach, or answer 404; 403 when they lack `right` on its type altogether."""
    return one(Record.objects.visible_to(actor).filter(type=writable(key, actor, right), pk=record_id))


def whole(row: Record, actor: Actor) -> dict[str, Any]:
    """Return one record as a `RecordOut`."""
    return shown(row, row.kind, queries.links_for(row.kind, actor))


def shown(row: Record, kind: ObjectType, links: list[Link]) -> dict[str, Any]:
    """Return a record of a type as a `RecordOut`, with those of its links that the caller may follow."""
    return {
        **{name: getattr(row, name) for name in NAMES},
        "type": kind.key,
        "code": f"{kind.prefix}-{row.number}",
        "links": {link.key: getattr(row, f"{link.attr}_id") for link in links},
    }


def _given(payload: RecordFields, kind: ObjectType, actor: Actor) -> dict[str, Any]:
    """Return what was sent as the verbs take it: customer, owner and linked records as the actor can reach them."""
    sent = payload.model_dump(exclude_unset=True)
    given: dict[str, Any] = {name: sent[name] or "" for name in ("name", "reference") if name in sent}
    if "customer_id" in sent:
        given["customer"] = find_customer(sent["customer_id"], actor) if sent["customer_id"] else None
    if "owner_id" in sent:
        given["owner"] = colleague(sent["owner_id"])
    if sent.get("links"):
        given["links"] = _led(sent["links"], kind, actor)
    return given | {"custom": sent.get("custom")}


def _led(links: Mapping[str, UUID | None], kind: ObjectType, actor: Actor) -> dict[str, Record | None]:
    """Return the records that links lead to; one that is not there or beyond reach is refused with the link's key."""
    known = {link.key for link in queries.links_for(kind, actor)}
    there = Record.objects.visible_to(actor).in_bulk([pk for pk in links.values() if pk])
    for key, pk in links.items():
        if key not in known:
            raise records.UnknownField(_("%(things)s have no %(field)s.") % {"things": kind.plural, "field": key})
        if pk and pk not in there:
            raise records.WrongLink(key, _("There is no such record."))
    return {key: there[pk] if pk else None for key, pk in links.items()}
