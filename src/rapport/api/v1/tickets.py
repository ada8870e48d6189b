"""Tickets over the API: what they are, and what may happen to them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1 import talk
from rapport.api.v1.access import actor_of, context_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Order, Page, order_of, page_of
from rapport.api.v1.customers import find as find_customer
from rapport.api.v1.filters import chosen
from rapport.api.v1.idempotency import once
from rapport.conversations.incoming import Incoming
from rapport.conversations.services import messages
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right
from rapport.service import queries
from rapport.service.models import STANDING, Queue, Ticket
from rapport.service.models import Status as TicketStatus
from rapport.service.permissions import CHANGE, DELETE, VIEW
from rapport.service.services import assigning, statuses, tickets
from rapport.service.services.talk import of as ticket_of
from rapport.team.models import User

router = Router(tags=["tickets"])
SORTS = {"opened_at": "opened_at", "updated_at": "updated_at", "number": "number", "next_breach_at": "next_breach_at"}
ROW = (
    "id", "number", "code", "type", "subject", "status_id", "category", "priority", "channel", "queue_id", "owner_id",
    "requester_id", "company_id", "order_id", "product_id", "parent_id", "follows_id", "merged_into_id", "tags",
    "opened_at", "updated_at", "assigned_at", "first_response_at", "solved_at", "closed_at", "waiting_since", "answers",
    "reopened", "first_due_at", "next_due_at", "solve_due_at", "next_breach_at", "version",
)  # fmt: skip


class TicketRow(Schema):
    """A ticket as lists show it; `category` is new, open, waiting, solved or closed, `code` is as people say it."""

    id: UUID
    number: int
    code: str
    type: str
    subject: str
    status_id: UUID
    status: str
    category: str
    priority: str
    channel: str
    queue_id: UUID | None
    owner_id: UUID | None
    requester_id: UUID | None
    company_id: UUID | None
    order_id: UUID | None
    product_id: UUID | None
    parent_id: UUID | None
    follows_id: UUID | None
    merged_into_id: UUID | None
    tags: list[str]
    opened_at: datetime
    updated_at: datetime
    assigned_at: datetime | None
    first_response_at: datetime | None
    solved_at: datetime | None
    closed_at: datetime | None
    waiting_since: datetime | None
    answers: int
    reopened: int
    first_due_at: datetime | None
    next_due_at: datetime | None
    solve_due_at: datetime | None
    next_breach_at: datetime | None
    version: int


class TicketOut(TicketRow):
    """A ticket whole, with the ids of its conversations."""

    custom: dict[str, Any]
    thread_ids: list[UUID]
    deleted_at: datetime | None


class TicketChange(Schema):
    """The fields to set; what is left out stays. With `version`, 409 when somebody changed the same fields since."""

    type: str | None = Field(None, max_length=9)
    subject: str | None = Field(None, max_length=300)
    priority: str | None = Field(None, max_length=6)
    requester_id: UUID | None = None
    company_id: UUID | None = None
    order_id: UUID | None = None
    product_id: UUID | None = None
    tags: list[str] | None = Field(None, max_length=100)
    custom: dict[str, Any] | None = None
    version: int | None = None


class TicketIn(Schema):
    """A ticket to open. With `text`, what the customer said, a conversation begins with it."""

    subject: str = Field(min_length=1, max_length=300)
    requester_id: UUID | None = None
    queue_id: UUID | None = None
    type: str = Field(Ticket.Type.QUESTION, max_length=9)
    priority: str = Field(Ticket.Priority.NORMAL, max_length=6)
    order_id: UUID | None = None
    product_id: UUID | None = None
    tags: list[str] = Field([], max_length=100)
    custom: dict[str, Any] = {}
    text: str = Field("", max_length=100_000)


class StatusIn(Schema):
    """A status by its id, or the first of a category: new, open, waiting, solved, closed."""

    status_id: UUID | None = None
    category: str = Field("", pattern="^(|new|open|waiting|solved|closed)$")


class OwnerIn(Schema):
    """Who looks after it; null for nobody."""

    user_id: UUID | None


class PlaceIn(Schema):
    """The queue to put it in; null for none."""

    queue_id: UUID | None


@router.get("", response=Page[TicketRow], summary="List tickets")
def list_tickets(
    request: HttpRequest,
    filter: str = "",  # noqa: A002
    search: str = "",
    sort: str = "-opened_at",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return tickets that are neither merged nor in the trash: filtered by a condition (`category = open and priority =
    high`), found by number, subject or name (`search`), sorted. Sorted by `next_breach_at`, those with something due.
    """
    actor = actor_of(request)
    rows = queries.matching(search, actor) if search else Ticket.objects.visible_to(actor).filter(STANDING)
    if filter:
        rows = rows.filter(chosen(filter, "ticket", context_of(request)))
    order = order_of(sort, SORTS)
    rows = _due(rows.select_related("status").defer("search"), order)
    return page_of(rows, order, cursor, limit, row)


@router.post("", response={201: TicketOut}, summary="Open a ticket")
@once
def open_ticket(request: HttpRequest, payload: TicketIn) -> Status[dict[str, Any]]:
    """Open a ticket, or file what a customer said, which opens one; that needs the right to bring in messages too."""
    actor = actor_of(request)
    actor.require(CHANGE)
    requester = find_customer(payload.requester_id, actor) if payload.requester_id else None
    queue = find_queue(payload.queue_id, actor) if payload.queue_id else None
    values = payload.model_dump(include={"type", "priority", "order_id", "product_id", "tags", "custom"})
    if not payload.text.strip():
        made = tickets.open(payload.subject, by=actor, requester=requester, queue=queue, channel="api", **values)
        return Status(201, whole(made))
    incoming = Incoming(
        channel="api", subject=payload.subject, text=payload.text, from_name=requester.label if requester else "",
        customer_id=requester.pk if requester else None,
    )  # fmt: skip
    with transaction.atomic():
        found = ticket_of(messages.receive(incoming, by=actor).thread)
        assert found is not None, "what a customer says opens a ticket"
        sorting = actor.with_everything()
        made = tickets.change(found, by=sorting, **values)
        if queue is not None:
            made = assigning.move(made, queue, by=sorting)
    return Status(201, whole(made))


@router.get("/{ticket_id}", response=TicketOut, summary="Get a ticket")
def get_ticket(request: HttpRequest, ticket_id: UUID) -> dict[str, Any]:
    """Return one ticket, one in the trash or merged into another as well."""
    return whole(find(ticket_id, actor_of(request)))


@router.patch("/{ticket_id}", response=TicketOut, summary="Change a ticket")
@once
def change_ticket(request: HttpRequest, ticket_id: UUID, payload: TicketChange) -> dict[str, Any]:
    """Set fields of a ticket; status, owner and queue have operations of their own."""
    actor = actor_of(request)
    values = payload.model_dump(exclude_unset=True)
    plain = {key: values[key] for key in values if values[key] is not None or key.endswith("_id")}
    return whole(tickets.change(find(ticket_id, actor, CHANGE), by=actor, **plain))


@router.post("/{ticket_id}/status", response=TicketOut, summary="Give a ticket a status")
@once
def set_status(request: HttpRequest, ticket_id: UUID, payload: StatusIn) -> dict[str, Any]:
    """Give a ticket a status, whatever that comes to: solving, closing, opening again."""
    actor = actor_of(request)
    ticket = find(ticket_id, actor, CHANGE)
    wanted = TicketStatus.objects.get(pk=payload.status_id) if payload.status_id else None
    category = payload.category or TicketStatus.Category.OPEN
    return whole(tickets.set_status(ticket, wanted or statuses.standard(category), by=actor))


@router.post("/{ticket_id}/assign", response=TicketOut, summary="Assign a ticket")
@once
def assign_ticket(request: HttpRequest, ticket_id: UUID, payload: OwnerIn) -> dict[str, Any]:
    """Give a ticket to a colleague, or to nobody."""
    actor = actor_of(request)
    ticket = find(ticket_id, actor, CHANGE)
    user = User.objects.get(pk=payload.user_id) if payload.user_id else None
    return whole(assigning.assign(ticket, user, by=actor))


@router.post("/{ticket_id}/move", response=TicketOut, summary="Move a ticket")
@once
def move_ticket(request: HttpRequest, ticket_id: UUID, payload: PlaceIn) -> dict[str, Any]:
    """Put a ticket into a queue, or into none."""
    actor = actor_of(request)
    ticket = find(ticket_id, actor, CHANGE)
    queue = find_queue(payload.queue_id, actor) if payload.queue_id else None
    return whole(assigning.move(ticket, queue, by=actor))


@router.delete("/{ticket_id}", response={204: None}, summary="Move a ticket to the trash")
def trash_ticket(request: HttpRequest, ticket_id: UUID) -> Status[None]:
    """Move a ticket to the trash; what was said stays in its conversations."""
    actor = actor_of(request)
    tickets.trash(find(ticket_id, actor, DELETE), by=actor)
    return Status(204, None)


@router.post("/{ticket_id}/restore", response=TicketOut, summary="Restore a ticket")
@once
def restore_ticket(request: HttpRequest, ticket_id: UUID) -> dict[str, Any]:
    """Take a ticket out of the trash."""
    actor = actor_of(request)
    return whole(tickets.restore(find(ticket_id, actor, DELETE), by=actor))


@router.get("/{ticket_id}/messages", response=Page[talk.MessageOut], summary="List the messages of a ticket")
def list_messages(
    request: HttpRequest, ticket_id: UUID, cursor: str = "", limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50
) -> dict[str, Any]:
    """Return what was said in all conversations of a ticket, notes among it, the oldest first."""
    actor = actor_of(request)
    rows = queries.talk_of(find(ticket_id, actor), actor).defer("search", "html").prefetch_related("attachments")
    return page_of(rows, Order("at"), cursor, limit, talk.message)


def find(ticket_id: UUID, actor: Actor, right: Right = VIEW) -> Ticket:
    """Return a ticket within the actor's reach, or answer 404; 403 when they lack `right` altogether."""
    actor.require(right)
    return one(Ticket.objects.visible_to(actor).select_related("status").filter(pk=ticket_id))


def find_queue(queue_id: UUID, actor: Actor) -> Queue:
    """Return a queue that the actor may see, or answer 404."""
    return one(queries.queues(actor).filter(pk=queue_id))


def row(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as a `TicketRow`."""
    return {**{name: getattr(ticket, name) for name in ROW}, "status": ticket.status.name}


def whole(ticket: Ticket) -> dict[str, Any]:
    """Return a ticket as a `TicketOut`."""
    threads = ticket.talk.order_by("added_at", "thread_id").values_list("thread_id", flat=True)
    more = {"custom": ticket.custom, "deleted_at": ticket.deleted_at, "thread_ids": list(threads)}
    return {**row(ticket), **more}


def _due(rows: Any, order: Order) -> Any:
    return rows.filter(next_breach_at__isnull=False) if order.path == "next_breach_at" else rows
