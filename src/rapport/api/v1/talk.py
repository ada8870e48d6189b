"""What was said, as the API shows it, and how something is said: shared by tickets and threads."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Field, Schema
from ninja.errors import HttpError

from rapport.conversations.incoming import IncomingFile
from rapport.conversations.models import Message

MOST_FILES = 10
FIELDS = (
    "id", "thread_id", "direction", "sender_kind", "author_id", "customer_id", "from_address", "from_name", "subject",
    "text", "fresh_text", "at", "sent_at", "send_after", "state", "error", "automatic",
)  # fmt: skip
ATTACHMENT = ("id", "name", "media_type", "size", "inline", "refused")


class PersonOut(Schema):
    """Somebody at an address."""

    name: str
    address: str


class AttachmentOut(Schema):
    """A file that came or went with a message; one that was refused says why and cannot be fetched."""

    id: UUID
    name: str
    media_type: str
    size: int
    inline: bool
    refused: str


class MessageOut(Schema):
    """A message: `direction` is in, out or note; `fresh_text` is without what it quotes; `state` is queued, sent, …"""

    id: UUID
    thread_id: UUID
    direction: str
    sender_kind: str
    author_id: UUID | None
    customer_id: UUID | None
    from_address: str
    from_name: str
    to: list[PersonOut]
    cc: list[PersonOut]
    subject: str
    text: str
    fresh_text: str
    at: datetime
    sent_at: datetime | None
    send_after: datetime | None
    state: str
    error: str
    automatic: str
    attachments: list[AttachmentOut]


class FileIn(Schema):
    """A file to send: its name and its content as Base64."""

    name: str = Field(min_length=1, max_length=200)
    content: str = Field(max_length=4_500_000)


class PersonIn(Schema):
    """Somebody at an address."""

    address: str = Field(min_length=3, max_length=254)
    name: str = Field("", max_length=200)


class ReplyIn(Schema):
    """An answer. With `seen`, the id of the last message that was read, 409 when a newer one has come in since."""

    text: str = Field(min_length=1, max_length=100_000)
    subject: str = Field("", max_length=300)
    cc: list[PersonIn] | None = Field(None, max_length=50)
    send_after: datetime | None = None
    cancel_on_answer: bool = False
    seen: UUID | None = None
    files: list[FileIn] = Field([], max_length=MOST_FILES)


class NoteIn(Schema):
    """A note among the staff; colleagues named with an @ hear of it."""

    text: str = Field(min_length=1, max_length=100_000)


def said(given: ReplyIn) -> dict[str, Any]:
    """Return what `messages.reply` takes of an answer; 422 for a file that is not Base64."""
    return {
        "subject": given.subject,
        "cc": None if given.cc is None else [(one.name, one.address) for one in given.cc],
        "send_after": given.send_after,
        "cancel_on_answer": given.cancel_on_answer,
        "seen": given.seen,
        "files": [IncomingFile(one.name, _content(one)) for one in given.files],
    }


def message(row: Message) -> dict[str, Any]:
    """Return a message as a `MessageOut`."""
    return {
        **{name: getattr(row, name) for name in FIELDS},
        "to": [{"name": name, "address": address} for name, address in row.to],
        "cc": [{"name": name, "address": address} for name, address in row.cc],
        "attachments": [{name: getattr(one, name) for name in ATTACHMENT} for one in row.attachments.all()],
    }


def _content(given: FileIn) -> bytes:
    try:
        return base64.b64decode(given.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise HttpError(422, f"{given.name} is not Base64") from error
