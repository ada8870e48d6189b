"""What the tests of conversations are made of: a mailbox, mails that come in, gateways that do as they are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from rapport.conversations.gateways import Outgoing
from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Mailbox, Message, Thread
from rapport.conversations.services import mailboxes, messages
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
_numbers = count(1)


def mailbox(address: str = "help@lantern.example", **values: Any) -> Mailbox:
    """Add a mailbox."""
    return mailboxes.add(address, by=SYSTEM, **values)


def mail(text: str = "Where is my lantern?", **values: Any) -> Incoming:
    """Return a mail from Ana, with a Message-ID of its own unless one is given."""
    usual: dict[str, Any] = {
        "channel": "email",
        "subject": "My order",
        "from_address": "ana@lima.example",
        "from_name": "Ana Lima",
        "to": (("", "help@lantern.example"),),
        "message_id": f"m{next(_numbers)}@lima.example",
    }
    return Incoming(text=text, **{**usual, **values})


def received(text: str = "Where is my lantern?", **values: Any) -> Message:
    """File a mail and return it."""
    return messages.receive(mail(text, **values), by=SYSTEM)


def events(of: Message | Thread) -> list[str]:
    """Return the types of the events about a thread or a message, in their order."""
    rows = EventRecord.objects.filter(subject_id=of.pk).order_by("recorded_at", "id")
    return [name.removeprefix("conversations.") for name in rows.values_list("type", flat=True)]


def fresh(thread: Thread) -> Thread:
    """Return a thread as the database has it."""
    return Thread.objects.get(pk=thread.pk)


def everything() -> tuple[int, int, int]:
    """Return how many threads, messages and events there are, to see that nothing changed."""
    return Thread.objects.count(), Message.objects.count(), EventRecord.objects.count()


@dataclass
class Wire:
    """A gateway that keeps what it took; `act` runs in `send` and may raise; `answer` is what it knows afterwards."""

    name: str = "wire"
    act: Callable[[Outgoing], None] = lambda outgoing: outgoing.point_of_no_return()
    answer: bool | None = None
    taken: list[UUID] = field(default_factory=list)

    def send(self, outgoing: Outgoing) -> str:
        """Take the message, unless `act` objects."""
        self.act(outgoing)
        self.taken.append(outgoing.message.pk)
        return "250 taken"

    def accepted(self, message: Message) -> bool | None:
        """Return what it was told to know."""
        return self.answer
