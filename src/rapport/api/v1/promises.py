"""Promises over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1.access import actor_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Page, order_of, page_of
from rapport.api.v1.customers import find as find_customer
from rapport.api.v1.idempotency import once
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE
from rapport.promises.services import promises

router = Router(tags=["promises"])
SORTS = {"due": "due_until", "made_at": "made_at"}
FIELDS = (
    "id", "customer_id", "kind", "what", "maker_id", "maker_name", "made_at", "due_on", "due_at", "zone", "due_until",
    "fulfilled_at", "ended_at", "ended_because", "source_type", "source_id", "source_label",
)  # fmt: skip


class PromiseOut(Schema):
    """A promise; `state` is open, kept, late, broken or released, and late as soon as an open one is overdue."""

    id: UUID
    customer_id: UUID | None
    kind: str
    what: str
    maker_id: UUID | None
    maker_name: str
    made_at: datetime
    due_on: date | None
    due_at: datetime | None
    zone: str
    due_until: datetime
    fulfilled_at: datetime | None
    ended_at: datetime | None
    ended_because: str
    source_type: str
    source_id: UUID | None
    source_label: str
    state: str


class DueIn(Schema):
    """When it falls due: a day, or a moment with its zone."""

    due_on: date | None = None
    due_at: datetime | None = None


class PromiseIn(DueIn):
    """A promise to make."""

    customer_id: UUID
    what: str = Field(min_length=1, max_length=300)
    kind: str = Promise.Kind.OTHER
    zone: str = Field("", max_length=64)


class FulfilIn(Schema):
    """When it was fulfilled; without `at`, now."""

    at: datetime | None = None


class EndIn(Schema):
    """Why it ends."""

    reason: str = Field("", max_length=300)


@router.get("", response=Page[PromiseOut], summary="List promises")
def list_promises(
    request: HttpRequest,
    customer_id: UUID | None = None,
    state: str = "",
    sort: str = "due",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return promises: open, overdue, kept, late, broken or released ones, or all."""
    rows = Promise.objects.visible_to(actor_of(request))
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    if state == "open":
        rows = rows.open()
    elif state == "overdue":
        rows = rows.overdue(clock.now())
    elif state:
        rows = rows.filter(outcome=state)
    return page_of(rows, order_of(sort, SORTS), cursor, limit, shown)


@router.post("", response={201: PromiseOut}, summary="Make a promise")
@once
def make_promise(request: HttpRequest, payload: PromiseIn) -> Status[dict[str, Any]]:
    """Promise something to a customer by a day or a moment."""
    actor = actor_of(request)
    made = promises.make(
        find_customer(payload.customer_id, actor, CHANGE),
        payload.what,
        by=actor,
        **payload.model_dump(exclude={"customer_id", "what"}),
    )
    return Status(201, shown(made))


@router.get("/{promise_id}", response=PromiseOut, summary="Get a promise")
def get_promise(request: HttpRequest, promise_id: UUID) -> dict[str, Any]:
    """Return one promise."""
    return shown(find(promise_id, actor_of(request)))


@router.post("/{promise_id}/fulfil", response=PromiseOut, summary="Fulfil a promise")
@once
def fulfil_promise(request: HttpRequest, promise_id: UUID, payload: FulfilIn) -> dict[str, Any]:
    """End a promise as fulfilled: kept when in time, else late."""
    actor = actor_of(request)
    return shown(promises.fulfil(find(promise_id, actor, CHANGE), by=actor, at=payload.at))


@router.post("/{promise_id}/give-up", response=PromiseOut, summary="Give up a promise")
@once
def give_up_promise(request: HttpRequest, promise_id: UUID, payload: EndIn) -> dict[str, Any]:
    """End a promise as broken."""
    actor = actor_of(request)
    return shown(promises.give_up(find(promise_id, actor, CHANGE), payload.reason, by=actor))


@router.post("/{promise_id}/release", response=PromiseOut, summary="Release a promise")
@once
def release_promise(request: HttpRequest, promise_id: UUID, payload: EndIn) -> dict[str, Any]:
    """End a promise because the customer let us off."""
    actor = actor_of(request)
    return shown(promises.release(find(promise_id, actor, CHANGE), payload.reason, by=actor))


@router.post("/{promise_id}/move", response=PromiseOut, summary="Move a promise")
@once
def move_promise(request: HttpRequest, promise_id: UUID, payload: DueIn) -> dict[str, Any]:
    """Agree on a new day or moment."""
    actor = actor_of(request)
    return shown(promises.move(find(promise_id, actor, CHANGE), by=actor, **payload.model_dump()))


def find(promise_id: UUID, actor: Actor, right: Right | None = None) -> Promise:
    """Return a promise within the actor's reach, or answer 404; 403 when they lack `right` altogether."""
    if right:
        actor.require(right)
    return one(Promise.objects.visible_to(actor).filter(pk=promise_id))


def shown(row: Promise) -> dict[str, Any]:
    """Return a promise as a `PromiseOut`."""
    return {**{name: getattr(row, name) for name in FIELDS}, "state": row.state(clock.now())}
