"""The views of the inbox: which tickets are in each, in which order, and the line that says each in a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import Chat, Thread
from rapport.kernel import search
from rapport.kernel.actors import Actor
from rapport.kernel.written import KEY, Written
from rapport.service.models import Queue, Ticket, TicketThread
from rapport.service.models.ticket import RUNNING, TicketDoor
from rapport.staff.record.cursors import Cursor
from rapport.ui.navigation import Text

PAGE = 40
MOST_COUNTED = 100
_waiting = Written()
RESTING = Exists(TicketThread.objects.filter(ticket=OuterRef("pk"), thread__snoozed_until__isnull=False))


@dataclass(frozen=True, slots=True)
class View:
    """A list of the inbox: `only` says which tickets are in it; it is sorted by the date `by`, the newest first
    unless the oldest are `first`. `counted` ones say how many there are.
    """

    name: str
    label: Text
    icon: str
    only: Callable[[Actor], Q]
    by: str = "updated_at"
    first: bool = False
    counted: bool = True


def _mine(actor: Actor) -> Q:
    return RUNNING & Q(owner_id=actor.user_id) & ~Q(RESTING) if actor.user_id else Q(pk__in=())


VIEWS: Mapping[str, View] = {
    view.name: view
    for view in (
        View("mine", _("Mine"), "user", _mine),
        View("unassigned", _("Nobody's"), "inbox", lambda actor: RUNNING & Q(owner__isnull=True) & ~Q(RESTING)),
        View("due", _("Due next"), "clock", lambda actor: RUNNING & Q(next_breach_at__isnull=False),
             by="next_breach_at", first=True, counted=False),
        View("open", _("All open"), "message", lambda actor: RUNNING, counted=False),
        View("waiting", _("Customer's turn"), "message-reply", lambda actor: RUNNING & Q(category="waiting"),
             counted=False),
        View("snoozed", _("Snoozed"), "moon", lambda actor: RUNNING & Q(RESTING)),
        View("solved", _("Solved"), "circle-check",
             lambda actor: Q(solved_at__isnull=False, deleted_at__isnull=True, merged_into__isnull=True),
             by="solved_at", counted=False),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in a list: `excerpt` is the beginning of what was said last, `direction` by whom."""

    ticket: Ticket
    excerpt: str
    direction: str
    at: datetime
    said_to_be: str = ""

    @property
    def who(self) -> str:
        """The customer; of somebody whom nobody knows what they call themselves, else what it is about."""
        asks = self.ticket.requester
        return asks.label if asks else self.said_to_be or self.ticket.subject


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the cursor of the next ones, None after the last."""

    lines: list[Line]
    next: Cursor | None


def view_of(name: str, actor: Actor) -> View | None:
    """Return the view called `name`, or the one of the queue `queue-<id>` within reach; None for neither."""
    if name in VIEWS:
        return VIEWS[name]
    kind, _dash, key = name.partition("-")
    if kind != "queue":
        return None
    queue = next((one for one in queues(actor) if str(one.pk) == key), None)
    return of_queue(queue) if queue else None


def of_queue(queue: Queue) -> View:
    """Return the view of one queue."""
    only = RUNNING & Q(queue_id=queue.pk)
    return View(f"queue-{queue.pk}", queue.name, "inbox", lambda actor: only, counted=False)


def queues(actor: Actor) -> list[Queue]:
    """Return the queues that tickets can be put in, within reach."""
    return list(Queue.objects.visible_to(actor).live().order_by("name"))


def page(view: View, actor: Actor, *, text: str = "", after: Cursor | None = None) -> Page:
    """Return the first lines of `view` within reach that fit what was typed, after the cursor `after`."""
    rows = Ticket.objects.visible_to(actor).filter(view.only(actor))
    rows = found(rows, text) if text else rows
    if after:
        at, key = after
        step = "gt" if view.first else "lt"
        rows = rows.filter(
            Q(**{f"{view.by}__{step}e": at}), Q(**{f"{view.by}__{step}": at}) | Q(**{f"pk__{step}": key})
        )
    sign = "" if view.first else "-"
    rows = rows.order_by(f"{sign}{view.by}", f"{sign}id").select_related("requester", "owner").defer("search")
    tickets = list(rows[: PAGE + 1])
    more = tickets[PAGE - 1] if len(tickets) > PAGE else None
    return Page(lines(tickets[:PAGE]), (getattr(more, view.by), more.pk) if more else None)


def found(rows: TicketDoor, text: str) -> TicketDoor:
    """Return those of `rows` that fit what was typed: a number like T-1042, or words of subject and customer."""
    number = text.strip().upper().removeprefix("T-")
    if number.isdecimal() and len(number) < 19:
        return rows.filter(number=int(number))
    query = search.query(text)
    return rows.filter(search=query) if query else rows.none()


def counts(actor: Actor) -> dict[str, int]:
    """Return how many tickets the counted views have, counting no further than a hundred."""
    seen = Ticket.objects.visible_to(actor)
    return {view.name: seen.filter(view.only(actor))[:MOST_COUNTED].count() for view in VIEWS.values() if view.counted}


def waiting_for_me(request: HttpRequest) -> int | None:
    """Return in how many of the reader's tickets the customer waits, for the rail; None for none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.user_id is None:
        return None
    return _waiting.count(actor.scope(Ticket.VIEW), lambda: _asking_waiting(actor), {KEY: actor.user_id}) or None


def _asking_waiting(actor: Actor) -> QuerySet[Ticket]:
    rows = Ticket.objects.visible_to(actor).running().filter(owner_id=KEY, waiting_since__isnull=False)
    return rows[:MOST_COUNTED]


_NEWEST = """
SELECT t.id, m.direction, left(coalesce(nullif(m.fresh_text, ''), m.text), 300), m.at
FROM unnest(%s::uuid[]) AS t(id)
CROSS JOIN LATERAL (
    SELECT m.direction, m.fresh_text, m.text, m.at
    FROM service_ticketthread tt
    CROSS JOIN LATERAL (
        SELECT direction, fresh_text, text, at, id FROM conversations_message
        WHERE thread_id = tt.thread_id AND state <> 'cancelled' ORDER BY at DESC, id DESC LIMIT 1
    ) m
    WHERE tt.ticket_id = t.id ORDER BY m.at DESC, m.id DESC LIMIT 1
) m
"""


def lines(tickets: list[Ticket]) -> list[Line]:
    """Return tickets with the beginning of what was said last in each, by one statement for all of them."""
    if not tickets:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [[row.pk for row in tickets]])
        said: dict[UUID, tuple[Any, ...]] = {row[0]: row[1:] for row in cursor.fetchall()}
    named = _named([row for row in tickets if row.requester is None])
    return [_line(row, named, *said.get(row.pk, ("", "", row.updated_at))) for row in tickets]


def _line(ticket: Ticket, named: Mapping[UUID, str], direction: str, text: str | None, at: datetime) -> Line:
    return Line(ticket, " ".join((text or "").split())[:160], direction, at, named.get(ticket.pk, ""))


def _named(tickets: list[Ticket]) -> dict[UUID, str]:
    """Return what those who are nobody we know call themselves in a chat, by ticket."""
    if not tickets:
        return {}
    begun = Chat.objects.filter(thread__ticket_thread__ticket__in=tickets).exclude(name="").order_by("-id")
    return dict(begun.values_list("thread__ticket_thread__ticket_id", "name"))


def unassigned_threads(actor: Actor, view: str) -> list[Thread]:
    """Return the threads that are no ticket: spam, or what we began and nobody answered yet."""
    rows = Thread.objects.visible_to(actor).select_related("customer")
    rows = rows.filter(spam_at__isnull=False) if view == "spam" else rows.live().filter(ticket_thread__isnull=True)
    return list(rows.order_by("-last_message_at", "-id")[:PAGE])
