"""What the service desk works with, over the API: queues, statuses, canned answers and macros, to read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import P, QueryEx, Router, Schema

from rapport.api.v1.access import actor_of, one
from rapport.api.v1.cursors import MAX_LIMIT
from rapport.api.v1.idempotency import once
from rapport.api.v1.tickets import find as find_ticket
from rapport.service import queries
from rapport.service.permissions import CHANGE, VIEW
from rapport.service.services import canned

router = Router(tags=["service desk"])
QUEUE = ("id", "name", "description", "mode", "skills", "offer_minutes")
STATUS = ("id", "name", "category", "position")
TEXT = ("id", "title", "shortcut", "language", "text", "used")
MACRO = ("id", "name", "description", "steps", "used")


class QueueOut(Schema):
    """A queue; `mode` is manual, round_robin or least_busy, `running` how many tickets within reach wait in it."""

    id: UUID
    name: str
    description: str
    mode: str
    skills: list[str]
    offer_minutes: int | None
    running: int


class TicketStatusOut(Schema):
    """A status that a ticket can be given, with its category."""

    id: UUID
    name: str
    category: str
    position: int


class CannedAnswerOut(Schema):
    """A text to send again; `{{customer.given_name}}` and the like stand for what is filled in."""

    id: UUID
    title: str
    shortcut: str
    language: str
    text: str
    used: int


class FilledOut(Schema):
    """A text with its variables filled in."""

    text: str


class MacroOut(Schema):
    """Steps that are done in one go."""

    id: UUID
    name: str
    description: str
    steps: list[dict[str, Any]]
    used: int


@router.get("/queues", response=list[QueueOut], summary="List queues")
def list_queues(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the queues in use that the caller may see, in their order."""
    actor = actor_of(request)
    actor.require(VIEW)
    waiting = queries.in_queues(actor)
    return [{**_picked(row, QUEUE), "running": waiting.get(row.pk, 0)} for row in queries.queues(actor)]


@router.get("/ticket-statuses", response=list[TicketStatusOut], summary="List ticket statuses")
def list_statuses(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the statuses that a ticket can be given, in their order."""
    actor_of(request).require(VIEW)
    return [_picked(row, STATUS) for row in queries.statuses()]


@router.get("/canned-answers", response=list[CannedAnswerOut], summary="List canned answers")
def list_canned_answers(
    request: HttpRequest, search: str = "", language: str = "", limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50
) -> list[dict[str, Any]]:
    """Return texts that the caller may use, the most used first; `search` that begins with / asks for a shortcut."""
    actor = actor_of(request)
    actor.require(VIEW)
    return [_picked(row, TEXT) for row in queries.answers(search, actor, language).defer("search")[:limit]]


@router.post("/canned-answers/{answer_id}/fill", response=FilledOut, summary="Fill in a canned answer")
@once
def fill_canned_answer(request: HttpRequest, answer_id: UUID, ticket_id: UUID) -> dict[str, Any]:
    """Return the text with its variables filled in for a ticket, and count that it was used."""
    actor = actor_of(request)
    ticket = find_ticket(ticket_id, actor, CHANGE)
    return {"text": canned.use(ticket, one(queries.answers("", actor).filter(pk=answer_id)), by=actor)}


@router.get("/macros", response=list[MacroOut], summary="List macros")
def list_macros(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the macros that the caller may run, in their order."""
    actor = actor_of(request)
    actor.require(VIEW)
    return [_picked(row, MACRO) for row in queries.macros(actor)]


def _picked(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
