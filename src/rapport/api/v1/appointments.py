"""Calls and meetings over the API: calls to read, meetings to read, plan, move and call off."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1.access import actor_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Order, Page, order_of, page_of
from rapport.api.v1.customers import find as find_customer
from rapport.api.v1.idempotency import once
from rapport.calls.models import Call
from rapport.calls.permissions import VIEW as SEE_CALLS
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.meetings.models import Meeting
from rapport.meetings.permissions import PLAN, VIEW
from rapport.meetings.services import meetings
from rapport.meetings.services.meetings import Guest
from rapport.team.models import User

router = Router(tags=["calls and meetings"])
CALL = (
    "id", "direction", "state", "number", "line", "agent_id", "customer_id", "thread_id", "promise_id", "started_at",
    "answered_at", "ended_at", "recording_url", "transcript",
)  # fmt: skip
MEETING = (
    "id", "title", "agenda", "starts_at", "ends_at", "zone", "all_day", "place", "video_url", "organiser_id", "origin",
    "state", "outcome", "because",
)  # fmt: skip
HIDDEN = {"agenda", "place", "video_url", "outcome", "because"}


class CallOut(Schema):
    """A call; `thread_id` is where a missed one waits, `promise_id` the call back."""

    id: UUID
    direction: str
    state: str
    number: str
    line: str
    agent_id: UUID | None
    customer_id: UUID | None
    thread_id: UUID | None
    promise_id: UUID | None
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    recording_url: str
    transcript: str


class AttendeeOut(Schema):
    """Somebody who is invited, and what they answered."""

    user_id: UUID | None
    customer_id: UUID | None
    address: str
    name: str
    answer: str


class MeetingOut(Schema):
    """A meeting. Of a private one that is not the caller's, nothing is told but when its people are busy."""

    id: UUID
    title: str
    agenda: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    place: str
    video_url: str
    organiser_id: UUID | None
    origin: str
    state: str
    outcome: str
    because: str
    attendees: list[AttendeeOut]


class GuestIn(Schema):
    """Somebody to invite: a colleague, a customer, or an address."""

    user_id: UUID | None = None
    customer_id: UUID | None = None
    address: str = Field("", max_length=254)
    name: str = Field("", max_length=200)


class TimeIn(Schema):
    """When it takes place."""

    starts_at: datetime
    ends_at: datetime
    zone: str = Field("", max_length=64)


class MeetingIn(TimeIn):
    """A meeting to plan; the caller organises it."""

    title: str = Field(min_length=1, max_length=200)
    agenda: str = Field("", max_length=10_000)
    place: str = Field("", max_length=300)
    guests: list[GuestIn] = Field([], max_length=100)


class BecauseIn(Schema):
    """Why."""

    reason: str = Field("", max_length=300)


@router.get("/calls", response=Page[CallOut], summary="List calls")
def list_calls(
    request: HttpRequest,
    customer_id: UUID | None = None,
    state: str = "",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return calls, the newest first."""
    actor = _allowed(request, SEE_CALLS)
    rows = Call.objects.visible_to(actor)
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    if state:
        rows = rows.filter(state=state)
    return page_of(rows, Order("started_at", descending=True), cursor, limit, call)


@router.get("/calls/{call_id}", response=CallOut, summary="Get a call")
def get_call(request: HttpRequest, call_id: UUID) -> dict[str, Any]:
    """Return one call."""
    return call(one(Call.objects.visible_to(_allowed(request, SEE_CALLS)).filter(pk=call_id)))


@router.get("/meetings", response=Page[MeetingOut], summary="List meetings")
def list_meetings(
    request: HttpRequest,
    start: datetime | None = None,
    end: datetime | None = None,
    customer_id: UUID | None = None,
    sort: str = "starts_at",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return meetings that begin in [start, end), of a customer or of all."""
    actor = _allowed(request, VIEW)
    rows = Meeting.objects.visible_to(actor).prefetch_related("attendees")
    if start:
        rows = rows.filter(starts_at__gte=start)
    if end:
        rows = rows.filter(starts_at__lt=end)
    if customer_id:
        rows = rows.filter(pk__in=find_customer(customer_id, actor).invitations.values("meeting_id"))
    order = order_of(sort, {"starts_at": "starts_at"})
    return page_of(rows, order, cursor, limit, lambda row: meeting(row, actor))


@router.post("/meetings", response={201: MeetingOut}, summary="Plan a meeting")
@once
def plan_meeting(request: HttpRequest, payload: MeetingIn) -> Status[dict[str, Any]]:
    """Plan a meeting; those who have an address are invited."""
    actor = _allowed(request, PLAN)
    organiser = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    made = meetings.plan(
        payload.title, by=actor, starts_at=payload.starts_at, ends_at=payload.ends_at,
        zone=payload.zone or (organiser.zone if organiser else "UTC"), organiser=organiser,
        guests=[_guest(one, actor) for one in payload.guests], agenda=payload.agenda, place=payload.place,
    )  # fmt: skip
    return Status(201, meeting(made, actor))


@router.get("/meetings/{meeting_id}", response=MeetingOut, summary="Get a meeting")
def get_meeting(request: HttpRequest, meeting_id: UUID) -> dict[str, Any]:
    """Return one meeting with its people."""
    actor = _allowed(request, VIEW)
    return meeting(find(meeting_id, actor), actor)


@router.post("/meetings/{meeting_id}/move", response=MeetingOut, summary="Move a meeting")
@once
def move_meeting(request: HttpRequest, meeting_id: UUID, payload: TimeIn) -> dict[str, Any]:
    """Give a meeting another time; everybody is asked anew."""
    actor = _allowed(request, PLAN)
    values = payload.model_dump()
    return meeting(meetings.move(find(meeting_id, actor), by=actor, **values), actor)


@router.post("/meetings/{meeting_id}/cancel", response=MeetingOut, summary="Call a meeting off")
@once
def cancel_meeting(request: HttpRequest, meeting_id: UUID, payload: BecauseIn) -> dict[str, Any]:
    """Call a meeting off; everybody who was invited is told."""
    actor = _allowed(request, PLAN)
    return meeting(meetings.cancel(find(meeting_id, actor), by=actor, reason=payload.reason), actor)


def find(meeting_id: UUID, actor: Actor) -> Meeting:
    """Return a meeting within the actor's reach, or answer 404."""
    return one(Meeting.objects.visible_to(actor).filter(pk=meeting_id))


def call(row: Call) -> dict[str, Any]:
    """Return a call as a `CallOut`."""
    return {name: getattr(row, name) for name in CALL}


def meeting(row: Meeting, actor: Actor) -> dict[str, Any]:
    """Return a meeting as a `MeetingOut`, as much of it as the actor may know."""
    people = list(row.attendees.all())
    told = {name: getattr(row, name) for name in MEETING}
    if row.private and not _concerns(row, actor):
        told |= {**dict.fromkeys(HIDDEN, ""), "title": ""}
        people = [one for one in people if one.user_id]
    names = AttendeeOut.model_fields
    return {**told, "attendees": [{name: getattr(one, name) for name in names} for one in people]}


def _concerns(row: Meeting, actor: Actor) -> bool:
    mine = {row.organiser_id, *(one.user_id for one in row.attendees.all())} - {None}
    return actor.user_id in mine


def _guest(given: GuestIn, actor: Actor) -> Guest:
    user = User.objects.get(pk=given.user_id, deactivated_at__isnull=True) if given.user_id else None
    customer = find_customer(given.customer_id, actor) if given.customer_id else None
    return Guest(address=given.address, name=given.name, user=user, customer=customer)


def _allowed(request: HttpRequest, right: Right) -> Actor:
    actor = actor_of(request)
    actor.require(right)
    return actor
