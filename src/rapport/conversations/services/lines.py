"""The parts that every message is made of: clean text, its beginning, its search terms, its Message-ID."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Cast

from rapport.conversations import searching
from rapport.conversations.incoming import Address
from rapport.conversations.models import Message, Thread
from rapport.kernel import search
from rapport.team.queries import organisation

EXCERPT = 500
MAX_PEOPLE = 200
NO_DOMAIN = "rapport.invalid"


def clean(text: str, longest: int | None = None) -> str:
    """Return `text` as the database takes it: without NUL and halves of characters, cut to `longest`."""
    plain = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    return plain[:longest] if longest else plain


def excerpt(message: Message) -> str:
    """Return the beginning of what a message says, without what it quotes."""
    return " ".join((message.fresh_text or message.text)[: EXCERPT * 2].split())[:EXCERPT]


def people(given: Iterable[Address]) -> list[list[str]]:
    """Return names and addresses as a message stores them: in small letters, each address once, at most 200."""
    found: dict[str, str] = {}
    for name, address in given:
        plain = clean(address, 254).strip().lower()
        if plain:
            found.setdefault(plain, clean(name, 200).strip())
    return [[name, address] for address, name in list(found.items())[:MAX_PEOPLE]]


def vector(message: Message, files: Iterable[str] = ()) -> Cast:
    """Return the expression that stores what a message is found by; `files` are the names of what comes with it."""
    inwards = message.direction == Message.Direction.IN  # to an address of ours, which would find everything
    addresses = [message.from_address] if inwards else [address for _, address in message.to]
    said = message.fresh_text or message.text
    literal = searching.document(
        message.subject, message.from_name, *files, said, addresses=filter(None, addresses), at=message.at
    )
    return search.stored(literal)


def new_message_id(message: UUID, thread: Thread) -> str:
    """Return the Message-ID of a message of ours: its own id, at the domain of the mailbox it goes out from."""
    domain = thread.mailbox.address.rpartition("@")[2] if thread.mailbox else ""
    return f"{message.hex}.{thread.token}@{domain or NO_DOMAIN}"


def moment_of(at: datetime | None, now: datetime) -> datetime:
    """Return when something from outside was said: `at`, unless it is missing, has no zone or lies in the future."""
    if at is None or at.tzinfo is None or at > now:
        return now
    return at


def zone() -> str:
    """Return the zone in which the firm reads times."""
    return organisation().zone
