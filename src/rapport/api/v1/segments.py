"""Segments over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1.access import actor_of, colleague, one
from rapport.api.v1.cursors import MAX_LIMIT, Page, order_of, page_of
from rapport.api.v1.idempotency import once
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.marketing.models import Membership, Segment
from rapport.marketing.permissions import CHANGE, VIEW
from rapport.marketing.queries import current
from rapport.marketing.services import members, segments

router = Router(tags=["segments"])
SORTS = {"name": "name", "size": "size", "created_at": "created_at"}
JOINED = {"since": "since"}
FIELDS = (
    "id", "name", "description", "kind", "owner_id", "size", "problem", "computed_at", "created_at", "updated_at",
    "archived_at",
)  # fmt: skip
AT_ONCE = 1_000


class SegmentOut(Schema):
    """A segment; `condition` is its text form, null for a chosen list. `waiting`: it is being worked out.

    `size` is how many customers were in it at `computed_at`; `problem` says why it could not be worked out since.
    """

    id: UUID
    name: str
    description: str
    kind: str
    condition: str | None
    owner_id: UUID | None
    size: int
    waiting: bool
    problem: str
    computed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class SegmentIn(Schema):
    """A segment to make: by a condition, or without one a list to choose customers for."""

    name: str = Field(min_length=1, max_length=80)
    condition: str | None = None
    description: str = Field("", max_length=300)
    owner_id: UUID | None = None


class SegmentChange(Schema):
    """What changes; what is left out stays."""

    name: str | None = Field(None, min_length=1, max_length=80)
    condition: str | None = None
    description: str | None = Field(None, max_length=300)
    owner_id: UUID | None = None


class MemberOut(Schema):
    """A customer who is in a segment, and since when."""

    customer_id: UUID
    number: int
    name: str
    since: datetime


class MembersIn(Schema):
    """Customers by their ids."""

    customer_ids: list[UUID] = Field(min_length=1, max_length=AT_ONCE)


class MovedOut(Schema):
    """How many of the customers joined or left, and how many are in the segment now."""

    moved: int
    size: int


@router.get("", response=Page[SegmentOut], summary="List segments")
def list_segments(
    request: HttpRequest,
    archived: bool = False,
    sort: str = "name",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return the segments that are in use, or those in the archive."""
    actor = actor_of(request)
    actor.require(VIEW)
    rows = Segment.objects.visible_to(actor).filter(archived_at__isnull=not archived)
    return page_of(rows, order_of(sort, SORTS), cursor, limit, shown)


@router.post("", response={201: SegmentOut}, summary="Make a segment")
@once
def create_segment(request: HttpRequest, payload: SegmentIn) -> Status[dict[str, Any]]:
    """Make a segment by a condition (`country = "GB" and not did commerce.order_placed within 365 days`), or a list."""
    owner = colleague(payload.owner_id)
    given = payload.model_dump(exclude={"owner_id"})
    return Status(201, shown(segments.create(given.pop("name"), by=actor_of(request), owner=owner, **given)))


@router.get("/{segment_id}", response=SegmentOut, summary="Get a segment")
def get_segment(request: HttpRequest, segment_id: UUID) -> dict[str, Any]:
    """Return one segment."""
    return shown(find(segment_id, actor_of(request)))


@router.patch("/{segment_id}", response=SegmentOut, summary="Change a segment")
@once
def change_segment(request: HttpRequest, segment_id: UUID, payload: SegmentChange) -> dict[str, Any]:
    """Change name, description, owner or condition."""
    actor = actor_of(request)
    given = payload.model_dump(exclude_unset=True)
    condition = given.pop("condition", None)
    if "owner_id" in given:
        given["owner"] = colleague(given.pop("owner_id"))
    values = {name: value for name, value in given.items() if value is not None or name == "owner"}
    return shown(segments.change(find(segment_id, actor, CHANGE), by=actor, condition=condition, **values))


@router.post("/{segment_id}/archive", response=SegmentOut, summary="Archive a segment")
@once
def archive_segment(request: HttpRequest, segment_id: UUID) -> dict[str, Any]:
    """Put a segment away; one that others name is refused."""
    actor = actor_of(request)
    return shown(segments.archive(find(segment_id, actor, CHANGE), by=actor))


@router.post("/{segment_id}/restore", response=SegmentOut, summary="Restore a segment")
@once
def restore_segment(request: HttpRequest, segment_id: UUID) -> dict[str, Any]:
    """Take a segment out of the archive."""
    actor = actor_of(request)
    return shown(segments.restore(find(segment_id, actor, CHANGE), by=actor))


@router.post("/{segment_id}/recompute", response={202: SegmentOut}, summary="Work out a segment")
@once
def recompute_segment(request: HttpRequest, segment_id: UUID) -> Status[dict[str, Any]]:
    """Ask who is in a segment now; it is worked out in a moment, and `waiting` until then."""
    actor = actor_of(request)
    return Status(202, shown(segments.ask(find(segment_id, actor, CHANGE), by=actor)))


@router.get("/{segment_id}/members", response=Page[MemberOut], summary="List who is in a segment")
def list_members(
    request: HttpRequest,
    segment_id: UUID,
    sort: str = "-since",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return the customers within reach that are in a segment now, who joined last first."""
    actor = actor_of(request)
    rows = current(find(segment_id, actor), actor)
    return page_of(rows, order_of(sort, JOINED), cursor, limit, _member)


@router.post("/{segment_id}/members", response=MovedOut, summary="Put customers into a chosen list")
@once
def add_members(request: HttpRequest, segment_id: UUID, payload: MembersIn) -> dict[str, Any]:
    """Put customers into a chosen list; when one of them is not there, none is."""
    actor = actor_of(request)
    row = find(segment_id, actor, CHANGE)
    return _moved(row, members.add(row, payload.customer_ids, by=actor))


@router.post("/{segment_id}/members/remove", response=MovedOut, summary="Take customers out of a chosen list")
@once
def remove_members(request: HttpRequest, segment_id: UUID, payload: MembersIn) -> dict[str, Any]:
    """Take customers out of a chosen list."""
    actor = actor_of(request)
    row = find(segment_id, actor, CHANGE)
    return _moved(row, members.take_out(row, payload.customer_ids, by=actor))


def find(segment_id: UUID, actor: Actor, right: Right = VIEW) -> Segment:
    """Return a segment within the actor's reach, or answer 404; 403 when they lack `right` altogether."""
    actor.require(right)
    return one(Segment.objects.visible_to(actor, right).filter(pk=segment_id))


def shown(row: Segment) -> dict[str, Any]:
    """Return a segment as a `SegmentOut`."""
    own = {name: getattr(row, name) for name in FIELDS}
    return {**own, "condition": row.text if row.dynamic else None, "waiting": row.waiting}


def _member(row: Membership) -> dict[str, Any]:
    return {
        "customer_id": row.customer_id, "number": row.customer.number, "name": row.customer.name, "since": row.since,
    }  # fmt: skip


def _moved(row: Segment, moved: int) -> dict[str, Any]:
    row.refresh_from_db(fields=["size"])
    return {"moved": moved, "size": row.size}
