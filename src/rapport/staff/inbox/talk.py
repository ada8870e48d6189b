"""What was said in a ticket, in all its threads, as it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from rapport.conversations.mail import folding
from rapport.conversations.models import Attachment, Draft, Message, Presence, Thread
from rapport.conversations.queries import LOOKS_FOR, typing
from rapport.conversations.services import sender_rules
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.paging import beyond
from rapport.service.models import Ticket
from rapport.staff.record.cursors import Cursor

MESSAGES = 30
WORTH = Q(html__regex=folding.WORTH)
REMOTE = Q(html__contains="data-remote=")


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it stands in the talk.

    `folded` is all of it where it quotes; it `waits` while it can be taken back. A `rich` one is shown as HTML, in a
    frame; `pictures` of it wait to be asked for, unless the page is to `fetch` them.
    """

    message: Message
    text: str
    folded: str
    files: Sequence[Attachment]
    who: str
    waits: bool
    failed: bool
    rich: bool = False
    pictures: bool = False
    fetch: bool = False

    @property
    def trouble(self) -> bool:
        """Whether it did not arrive as it should."""
        return self.failed or self.message.state == Message.State.BOUNCED


@dataclass(frozen=True, slots=True)
class Talk:
    """The newest messages of a ticket, oldest first, and the cursor of those before them."""

    said: list[Said]
    earlier: Cursor | None
    threads: list[Thread]

    @property
    def last(self) -> UUID | None:
        """The newest message that is no note: what a writer has seen."""
        rows = [one.message.pk for one in self.said if one.message.direction != Message.Direction.NOTE]
        return rows[-1] if rows else None

    @property
    def thread(self) -> Thread | None:
        """The thread in which one answers: the one with the newest message that is still there."""
        live = [one for one in self.threads if one.deleted_at is None and one.spam_at is None]
        return max(live, key=lambda one: (one.last_message_at, one.pk), default=None)


def of(ticket: Ticket, actor: Actor, before: Cursor | None = None, fetch: str = "") -> Talk:
    """Return the newest messages of a ticket, older than the cursor `before`, in threads within reach.

    `fetch` is the key of the message whose pictures are fetched from outside.
    """
    threads = Thread.objects.visible_to(actor).filter(ticket_thread__ticket=ticket)
    return of_threads(list(threads.select_related("customer", "mailbox")), before, fetch)


def of_threads(threads: list[Thread], before: Cursor | None = None, fetch: str = "") -> Talk:
    """Return the newest messages of some threads, older than the cursor `before`."""
    rows = Message.objects.filter(thread__in=threads).defer("search", "html")
    rows = rows.filter(beyond("at", *before)) if before else rows
    rows = rows.annotate(rich=WORTH, remote=REMOTE).select_related("author", "customer")
    rows = rows.prefetch_related("attachments")
    newest = list(rows.order_by("-at", "-id")[: MESSAGES + 1])
    page = newest[:MESSAGES]
    earlier = (page[-1].at, page[-1].pk) if len(newest) > MESSAGES else None
    at = clock.now()
    trusted = sender_rules.with_pictures(row.from_address for row in page if getattr(row, "remote", False))
    return Talk([said(row, at, trusted, fetch) for row in reversed(page)], earlier, threads)


def said(message: Message, at: datetime, trusted: set[str], fetch: str) -> Said:
    """Return a message, annotated as in `of_threads`, as it stands in the talk."""
    fresh = (message.fresh_text or message.text).strip()
    rest = message.text.strip()
    folded = rest if fresh != rest else ""
    waits = message.state == Message.State.QUEUED and (message.send_after is None or at < message.send_after)
    files = [one for one in message.attachments.all() if not one.inline or not one.content_id or one.refused]
    rich, asked = bool(getattr(message, "rich", False)), str(message.pk) == fetch
    return Said(
        message,
        fresh,
        folded,
        files,
        name_of(message),
        waits,
        message.state == Message.State.FAILED,
        rich=rich,
        pictures=rich and bool(getattr(message, "remote", False)) and not asked and message.from_address not in trusted,
        fetch=asked,
    )


def name_of(message: Message) -> str:
    """Return who wrote a message."""
    if message.author:
        return message.author.name
    if message.customer:
        return message.customer.label
    return message.from_name or message.from_address


def draft_of(thread: Thread, actor: Actor, kind: str) -> Draft | None:
    """Return the answer or note that the actor was writing in a thread."""
    if not actor.user_id:
        return None
    return Draft.objects.filter(thread=thread, author_id=actor.user_id, kind=kind).first()


@dataclass(frozen=True, slots=True)
class There:
    """A colleague who looks at the talk now, and whether they write."""

    name: str
    writes: bool


def others(threads: Sequence[Thread], actor: Actor) -> list[There]:
    """Return the colleagues who look at any of the threads now, each once."""
    rows = Presence.objects.filter(thread__in=threads, seen_at__gt=clock.now() - LOOKS_FOR)
    rows = rows.exclude(user_id=actor.user_id) if actor.user_id else rows
    writes: dict[str, bool] = {}
    for row in rows.select_related("user").order_by("user__name"):
        writes[row.user.name] = writes.get(row.user.name, False) or typing(row)
    return [There(name, typed) for name, typed in writes.items()]
