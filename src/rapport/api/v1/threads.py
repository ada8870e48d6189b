"""Conversations over the API: threads, what was said in them, files, and the chats of web sites (to read)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from ninja import Field, P, QueryEx, Router, Schema, Status

from rapport.api.v1 import talk
from rapport.api.v1.access import actor_of, one
from rapport.api.v1.cursors import MAX_LIMIT, Order, Page, order_of, page_of
from rapport.api.v1.customers import find as find_customer
from rapport.api.v1.idempotency import once
from rapport.conversations.mail.marking import marked
from rapport.conversations.models import Chat, Mailbox, Message, Thread
from rapport.conversations.permissions import ANSWER, VIEW
from rapport.conversations.services import attachments, messages, threads
from rapport.kernel.actors import Actor
from rapport.kernel.permissions import Right

router = Router(tags=["conversations"])
SORTS = {"last_message_at": "last_message_at", "created_at": "created_at"}
FIELDS = (
    "id", "channel", "subject", "customer_id", "mailbox_id", "assignee_id", "last_message_at", "last_in_at",
    "last_out_at", "waiting_since", "message_count", "snoozed_until", "spam_at", "deleted_at", "created_at",
)  # fmt: skip
CHAT = (
    "thread_id", "site_id", "name", "address", "answers", "page", "language", "score", "comment", "created_at",
    "ended_at", "moved_at",
)  # fmt: skip


class ThreadOut(Schema):
    """One talk on one channel; `waiting_since` is the customer's first message that nobody answered."""

    id: UUID
    channel: str
    subject: str
    customer_id: UUID | None
    mailbox_id: UUID | None
    assignee_id: UUID | None
    ticket_id: UUID | None
    last_message_at: datetime
    last_in_at: datetime | None
    last_out_at: datetime | None
    waiting_since: datetime | None
    message_count: int
    snoozed_until: datetime | None
    spam_at: datetime | None
    deleted_at: datetime | None
    created_at: datetime


class ThreadIn(Schema):
    """A mail to begin: to a customer, or to an address."""

    subject: str = Field(min_length=1, max_length=300)
    customer_id: UUID | None = None
    address: str = Field("", max_length=254)
    mailbox_id: UUID | None = None
    message: talk.ReplyIn


class ChatOut(Schema):
    """A chat: what its visitor said of themselves, where they were, and how they rated it from 1 to 5."""

    thread_id: UUID
    site_id: UUID
    name: str
    address: str
    answers: list[list[str]]
    page: str
    language: str
    score: int | None
    comment: str
    created_at: datetime
    ended_at: datetime | None
    moved_at: datetime | None


@router.get("/threads", response=Page[ThreadOut], summary="List conversations")
def list_threads(
    request: HttpRequest,
    customer_id: UUID | None = None,
    channel: str = "",
    state: QueryEx[str, P(pattern="^(live|spam|trash)$")] = "live",
    sort: str = "-last_message_at",
    cursor: str = "",
    limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50,
) -> dict[str, Any]:
    """Return conversations: those that are live, spam or in the trash, of a customer or on a channel."""
    actor = actor_of(request)
    actor.require(VIEW)
    rows = _in_state(Thread.objects.visible_to(actor), state)
    if customer_id:
        rows = rows.filter(customer_id=customer_id)
    if channel:
        rows = rows.filter(channel=channel)
    return page_of(rows.select_related("ticket_thread"), order_of(sort, SORTS), cursor, limit, shown)


@router.post("/threads", response={201: talk.MessageOut}, summary="Begin a conversation")
@once
def begin_thread(request: HttpRequest, payload: ThreadIn) -> Status[dict[str, Any]]:
    """Write a mail that begins a conversation, and return it; it waits to be sent."""
    actor = actor_of(request)
    customer = find_customer(payload.customer_id, actor, ANSWER) if payload.customer_id else None
    mailbox = one(Mailbox.objects.visible_to(actor).filter(pk=payload.mailbox_id)) if payload.mailbox_id else None
    given = payload.message
    words = talk.said(given)
    with transaction.atomic():
        thread = threads.start(
            Thread.Channel.EMAIL, payload.subject, by=actor, customer=customer, address=payload.address, mailbox=mailbox
        )
        made = messages.reply(thread, given.text, by=actor.with_everything(), html=marked(given.text), **words)
    return Status(201, talk.message(made))


@router.get("/threads/{thread_id}", response=ThreadOut, summary="Get a conversation")
def get_thread(request: HttpRequest, thread_id: UUID) -> dict[str, Any]:
    """Return one conversation; what was said in it is read page by page."""
    return shown(find(thread_id, actor_of(request)))


@router.get("/threads/{thread_id}/messages", response=Page[talk.MessageOut], summary="List the messages of one")
def list_thread_messages(
    request: HttpRequest, thread_id: UUID, cursor: str = "", limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50
) -> dict[str, Any]:
    """Return what was said in a conversation, notes among it, the oldest first."""
    rows = Message.objects.filter(thread=find(thread_id, actor_of(request)))
    rows = rows.defer("search", "html").prefetch_related("attachments")
    return page_of(rows, Order("at"), cursor, limit, talk.message)


@router.post("/threads/{thread_id}/reply", response={201: talk.MessageOut}, summary="Answer in a conversation")
@once
def reply_in_thread(request: HttpRequest, thread_id: UUID, payload: talk.ReplyIn) -> Status[dict[str, Any]]:
    """Write to the customer; the message waits to be sent."""
    actor = actor_of(request)
    thread = find(thread_id, actor, ANSWER)
    made = messages.reply(thread, payload.text, by=actor, html=marked(payload.text), **talk.said(payload))
    return Status(201, talk.message(made))


@router.post("/threads/{thread_id}/note", response={201: talk.MessageOut}, summary="Note something in a conversation")
@once
def note_in_thread(request: HttpRequest, thread_id: UUID, payload: talk.NoteIn) -> Status[dict[str, Any]]:
    """Add a note for the staff."""
    actor = actor_of(request)
    return Status(201, talk.message(messages.note(find(thread_id, actor, ANSWER), payload.text, by=actor)))


@router.get("/messages/{message_id}", response=talk.MessageOut, summary="Get a message")
def get_message(request: HttpRequest, message_id: UUID) -> dict[str, Any]:
    """Return one message, such as to see whether it was sent."""
    return talk.message(_message(message_id, actor_of(request)))


@router.post("/messages/{message_id}/cancel", response=talk.MessageOut, summary="Take a message back")
@once
def cancel_message(request: HttpRequest, message_id: UUID) -> dict[str, Any]:
    """Take back a message that waits to be sent; 409 once it has left."""
    actor = actor_of(request)
    actor.require(ANSWER)
    return talk.message(messages.cancel(_message(message_id, actor), by=actor))


@router.get("/attachments/{attachment_id}", summary="Download a file")
def download(request: HttpRequest, attachment_id: UUID) -> FileResponse:
    """Return the content of a file that came or went with a message, always as a download."""
    found = attachments.open_for(actor_of(request), attachment_id)
    answer = FileResponse(found.file, as_attachment=True, filename=found.name, content_type=found.media_type)
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@router.get("/chats", response=Page[ChatOut], summary="List chats")
def list_chats(
    request: HttpRequest, cursor: str = "", limit: QueryEx[int, P(ge=1, le=MAX_LIMIT)] = 50
) -> dict[str, Any]:
    """Return the chats of the web sites, the newest first; what was said is in their conversation."""
    actor = actor_of(request)
    actor.require(VIEW)
    rows = Chat.objects.filter(thread__in=Thread.objects.visible_to(actor).live())
    return page_of(rows, Order("created_at", descending=True), cursor, limit, chat)


@router.get("/chats/{thread_id}", response=ChatOut, summary="Get a chat")
def get_chat(request: HttpRequest, thread_id: UUID) -> dict[str, Any]:
    """Return the chat of a conversation."""
    return chat(one(Chat.objects.filter(thread=find(thread_id, actor_of(request)))))


def find(thread_id: UUID, actor: Actor, right: Right = VIEW) -> Thread:
    """Return a conversation within the actor's reach, or answer 404; 403 when they lack `right` altogether."""
    actor.require(right)
    return one(Thread.objects.visible_to(actor).select_related("ticket_thread").filter(pk=thread_id))


def shown(row: Thread) -> dict[str, Any]:
    """Return a conversation as a `ThreadOut`."""
    held = getattr(row, "ticket_thread", None)
    return {**{name: getattr(row, name) for name in FIELDS}, "ticket_id": held.ticket_id if held else None}


def chat(row: Chat) -> dict[str, Any]:
    """Return a chat as a `ChatOut`."""
    return {name: getattr(row, name) for name in CHAT}


def _message(message_id: UUID, actor: Actor) -> Message:
    actor.require(VIEW)
    return one(Message.objects.visible_to(actor).select_related("thread").filter(pk=message_id))


def _in_state(rows: QuerySet[Thread], state: str) -> QuerySet[Thread]:
    if state == "spam":
        return rows.filter(spam_at__isnull=False)
    if state == "trash":
        return rows.filter(deleted_at__isnull=False)
    return rows.filter(spam_at__isnull=True, deleted_at__isnull=True)
