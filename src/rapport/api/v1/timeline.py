"""The timeline over the API: reading it, logging on it, and reporting touchpoints from outside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, P, QueryEx, Router, Schema, Status
from ninja.errors import HttpError

from rapport.api.v1.access import actor_of
from rapport.api.v1.answers import straight
from rapport.api.v1.cursors import MAX_LIMIT, Page, read
from rapport.api.v1.customers import TouchpointOut, touchpoint, touchpoints
from rapport.api.v1.customers import find as find_customer
from rapport.api.v1.idempotency import once
from rapport.customers.models import Customer
from rapport.customers.queries import same_identity
from rapport.kernel.actors import Actor
from rapport.kernel.events import EVENTS
from rapport.kernel.models import EventRecord
from rapport.team.queries import home_country
from rapport.timeline import queries
from rapport.timeline.models import Activity
from rapport.timeline.permissions import LOG, REPORT
from rapport.timeline.services import activities
from rapport.timeline.services import touchpoints as outside

router = Router(tags=["timeline"])


class NoteIn(Schema):
    """A note to write."""

    text: str = Field(min_length=1, max_length=10_000)
    at: datetime | None = None


class CallIn(Schema):
    """A call to log."""

    text: str = Field("", max_length=10_000)
    direction: str = Field(Activity.Direction.OUT, pattern="^(in|out)$")
    outcome: str = Field(Activity.Outcome.REACHED, pattern="^(reached|no_answer|left_message)$")
    minutes: int | None = Field(None, ge=0)
    at: datetime | None = None


class TouchpointIn(Schema):
    """A touchpoint from outside, of a customer named by id or by an identity of theirs."""

    customer_id: UUID | None = None
    identity_kind: str = Field("email", pattern="^(email|phone|handle|external)$")
    identity: str = Field("", max_length=254)
    channel: str = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=120)
    inbound: bool = True
    text: str = Field("", max_length=10_000)
    extra: dict[str, Any] = {}
    at: datetime | None = None


@router.get("/customers/{customer_id}/timeline", response=Page[TouchpointOut], summary="Read a timeline")
def read_timeline(
    request: HttpRequest,
    customer_id: UUID,
    group: str = "",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 30,
) -> HttpResponse:
    """Return the touchpoints of a customer, the newest first, of one group or all."""
    actor = actor_of(request)
    customer = find_customer(customer_id, actor)
    return straight(touchpoints(customer.pk, actor, group=group, before=_before(cursor), limit=limit))


@router.post("/customers/{customer_id}/notes", response={201: TouchpointOut}, summary="Write a note")
@once
def write_note(request: HttpRequest, customer_id: UUID, payload: NoteIn) -> Status[dict[str, Any]]:
    """Write a note about a customer."""
    actor = actor_of(request)
    customer = find_customer(customer_id, actor, LOG)
    note = activities.write_note(customer, payload.text, by=actor, at=payload.at)
    return Status(201, _told(note.pk))


@router.post("/customers/{customer_id}/calls", response={201: TouchpointOut}, summary="Log a call")
@once
def log_call(request: HttpRequest, customer_id: UUID, payload: CallIn) -> Status[dict[str, Any]]:
    """Log a call with a customer."""
    actor = actor_of(request)
    customer = find_customer(customer_id, actor, LOG)
    call = activities.log_call(customer, by=actor, **payload.model_dump())
    return Status(201, _told(call.pk))


@router.post("/touchpoints", response={201: TouchpointOut}, summary="Report a touchpoint")
@once
def report_touchpoint(request: HttpRequest, payload: TouchpointIn) -> Status[dict[str, Any]]:
    """Put something that happened elsewhere on a customer's timeline."""
    actor = actor_of(request)
    customer = _whose(payload, actor)
    record = outside.report(
        customer,
        payload.channel,
        payload.name,
        by=actor,
        inbound=payload.inbound,
        text=payload.text,
        extra=payload.extra,
        at=payload.at,
    )
    return Status(201, touchpoint(queries.touchpoint(record, EVENTS[record.type])))


def _whose(payload: TouchpointIn, actor: Actor) -> Customer:
    if payload.customer_id:
        return find_customer(payload.customer_id, actor, REPORT)
    actor.require(REPORT)
    found = list(same_identity(payload.identity_kind, payload.identity, home_country(), actor)[:2])
    if len(found) != 1:
        raise HttpError(*((409, "several customers have this") if found else (404, "no customer has this")))
    return found[0]


def _told(subject_id: UUID) -> dict[str, Any]:
    """Return the touchpoint of what was just logged."""
    record = EventRecord.objects.get(subject_id=subject_id)
    return touchpoint(queries.touchpoint(record, EVENTS[record.type]))


def _before(cursor: str) -> tuple[datetime, UUID] | None:
    if not cursor:
        return None
    value, key = read(cursor)
    return datetime.fromisoformat(str(value)), key
