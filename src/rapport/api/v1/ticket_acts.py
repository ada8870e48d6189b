"""What is done with tickets over the API besides changing them: answers, notes, merging, splitting, macros."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from rapport.api.v1 import talk
from rapport.api.v1.access import actor_of, one
from rapport.api.v1.idempotency import once
from rapport.api.v1.tickets import TicketOut, find, whole
from rapport.conversations.mail.marking import marked
from rapport.conversations.models import Thread
from rapport.conversations.permissions import ANSWER
from rapport.conversations.services import messages
from rapport.kernel.actors import Actor
from rapport.service import queries
from rapport.service.models import Ticket
from rapport.service.permissions import CHANGE, MERGE
from rapport.service.services import macros, merges, splits
from rapport.service.services.locking import check_standing

router = Router(tags=["tickets"])


class IntoIn(Schema):
    """The ticket that remains."""

    into_id: UUID


class SplitIn(Schema):
    """The messages, all of one conversation, that get a ticket of their own."""

    message_ids: list[UUID] = Field(min_length=1, max_length=500)
    subject: str = Field("", max_length=300)


@router.post("/{ticket_id}/reply", response={201: talk.MessageOut}, summary="Answer a ticket")
@once
def reply_to_ticket(request: HttpRequest, ticket_id: UUID, payload: talk.ReplyIn) -> Status[dict[str, Any]]:
    """Write to the customer in the newest conversation of a ticket; the message waits to be sent."""
    actor = actor_of(request)
    thread = _newest(find(ticket_id, actor, ANSWER))
    made = messages.reply(thread, payload.text, by=actor, html=marked(payload.text), **talk.said(payload))
    return Status(201, talk.message(made))


@router.post("/{ticket_id}/note", response={201: talk.MessageOut}, summary="Note something on a ticket")
@once
def note_on_ticket(request: HttpRequest, ticket_id: UUID, payload: talk.NoteIn) -> Status[dict[str, Any]]:
    """Add a note for the staff to the newest conversation of a ticket."""
    actor = actor_of(request)
    made = messages.note(_newest(find(ticket_id, actor, ANSWER)), payload.text, by=actor)
    return Status(201, talk.message(made))


@router.post("/{ticket_id}/merge", response=TicketOut, summary="Merge a ticket into another")
@once
def merge_ticket(request: HttpRequest, ticket_id: UUID, payload: IntoIn) -> dict[str, Any]:
    """Merge a ticket into another one and return that; it can be undone."""
    actor = actor_of(request)
    ticket, into = find(ticket_id, actor, MERGE), find(payload.into_id, actor, MERGE)
    return whole(merges.merge(ticket, into, by=actor))


@router.post("/{ticket_id}/unmerge", response=TicketOut, summary="Undo a merge")
@once
def unmerge_ticket(request: HttpRequest, ticket_id: UUID) -> dict[str, Any]:
    """Take a merged ticket out of its survivor again, as it was."""
    actor = actor_of(request)
    return whole(merges.unmerge(find(ticket_id, actor, MERGE), by=actor))


@router.post("/{ticket_id}/split", response={201: TicketOut}, summary="Split a ticket")
@once
def split_ticket(request: HttpRequest, ticket_id: UUID, payload: SplitIn) -> Status[dict[str, Any]]:
    """Move messages of a ticket into a new one, and return that."""
    actor = actor_of(request)
    made = splits.split(find(ticket_id, actor, MERGE), payload.message_ids, by=actor, subject=payload.subject)
    return Status(201, whole(made))


@router.post("/{ticket_id}/macros/{macro_id}", response=TicketOut, summary="Run a macro")
@once
def run_macro(request: HttpRequest, ticket_id: UUID, macro_id: UUID) -> dict[str, Any]:
    """Do the steps of a macro to a ticket: all of them, or none."""
    actor: Actor = actor_of(request)
    ticket = find(ticket_id, actor, CHANGE)
    return whole(macros.run(ticket, one(queries.macros(actor).filter(pk=macro_id)), by=actor))


def _newest(ticket: Ticket) -> Thread:
    """Return the newest conversation of a ticket that stands; raises `macros.NoTalk` when nothing was said."""
    check_standing(ticket)
    found = Thread.objects.filter(ticket_thread__ticket=ticket).order_by("-last_message_at", "-id").first()
    if found is None:
        raise macros.NoTalk(macros.no_talk(ticket))
    return found
