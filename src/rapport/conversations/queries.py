"""Questions about conversations: the lists of the inbox, one thread, who is there, what was said where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from rapport.conversations import searching
from rapport.conversations.models import Draft, Mention, Message, Participant, Presence, Thread
from rapport.conversations.permissions import VIEW
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.paging import beyond
from rapport.kernel.search import Query, stored

PAGE = 50
LOOKS_FOR = timedelta(seconds=30)
TYPES_FOR = timedelta(seconds=10)
MOST_COUNTED = 1_000
_EMPTY = stored("")
NEWEST = 4_000
"""Messages that a search reads in their order before it turns to the index."""
FURTHER = 24_000
"""Messages that it reads on in their order, when the page is sure to be full by then."""
FREQUENT = 200
"""Of the newest messages that many have a word which it costs more to look up than to read."""

Cursor = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class View:
    """A list of the inbox: which threads are in it, by which date it is sorted, and whether the oldest come first."""

    only: Callable[[Actor], Q]
    by: str = "last_message_at"
    ascending: bool = False
    live: bool = True


VIEWS: Mapping[str, View] = {
    "mine": View(lambda actor: Q(assignee_id=actor.user_id) if actor.user_id else Q(pk__in=())),
    "unassigned": View(lambda actor: Q(assignee=None, snoozed_until=None)),
    "waiting": View(
        lambda actor: Q(snoozed_until=None, waiting_since__isnull=False), by="waiting_since", ascending=True
    ),
    "all": View(lambda actor: Q()),
    "snoozed": View(lambda actor: Q(snoozed_until__isnull=False), by="snoozed_until", ascending=True),
    "sent": View(lambda actor: Q(last_out_at__isnull=False), by="last_out_at"),
    "spam": View(lambda actor: Q(spam_at__isnull=False), live=False),
    "trash": View(lambda actor: Q(deleted_at__isnull=False), live=False),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thread in a list: `excerpt` is the beginning of its newest message, `last` who wrote that and which way."""

    thread: Thread
    excerpt: str
    direction: str
    author: str
    typing: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines and the cursor of the next ones, None after the last."""

    items: list[Line]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Talk:
    """One thread as it is read: its messages from the oldest on, who takes part, and what colleagues are writing."""

    thread: Thread
    messages: list[Message]
    participants: list[Participant]
    drafts: list[Draft]
    earlier: Cursor | None = None
    linked: list[Thread] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """Messages with what was searched for, each with its thread, and the cursor of the next ones."""

    items: list[Message]
    next: Cursor | None


def inbox(
    actor: Actor,
    view: str = "waiting",
    *,
    only: Q | None = None,
    after: Cursor | None = None,
    limit: int = PAGE,
) -> Page:
    """Return the first `limit` lines of `view` within reach, after the cursor `after`; `only` narrows them further.

    Raises `KeyError` for an unknown view.
    """
    chosen = VIEWS[view]
    rows = threads_in(actor, view)
    rows = rows.filter(only) if only is not None else rows
    if after:
        rows = rows.filter(beyond(chosen.by, *after, falling=not chosen.ascending))
    sign = "" if chosen.ascending else "-"
    found = list(rows.order_by(f"{sign}{chosen.by}", f"{sign}id").select_related("customer", "assignee")[: limit + 1])
    page = found[:limit]
    more = (getattr(page[-1], chosen.by), page[-1].pk) if len(found) > limit else None
    return Page(_lines(page), more)


def threads_in(actor: Actor, view: str) -> QuerySet[Thread]:
    """Return the threads of `view` within reach, in no order. Raises `KeyError` for an unknown view."""
    chosen = VIEWS[view]
    rows = Thread.objects.visible_to(actor)
    return (rows.live() if chosen.live else rows).filter(chosen.only(actor))


def counters(actor: Actor, *, at_most: int = MOST_COUNTED) -> dict[str, int]:
    """Return how many threads each view has within reach, counting no further than `at_most`."""
    return {view: threads_in(actor, view)[:at_most].count() for view in VIEWS if view not in {"all", "sent"}}


def of_customer(customer: Customer, actor: Actor, *, limit: int = PAGE) -> list[Thread]:
    """Return the threads with a customer within reach that are not spam, the newest first."""
    rows = Thread.objects.visible_to(actor).live().filter(customer=customer)
    return list(rows.select_related("assignee").order_by("-last_message_at", "-id")[:limit])


def thread(actor: Actor, key: UUID) -> Thread:
    """Return a thread within reach. Raises `Thread.DoesNotExist`."""
    rows = Thread.objects.visible_to(actor).select_related("customer", "assignee", "mailbox")
    return rows.get(pk=key)


def talk(of: Thread, actor: Actor, *, before: Cursor | None = None, limit: int = 100) -> Talk:
    """Return the newest `limit` messages of a thread, older than the cursor `before`, and what belongs to it.

    The actor may see the thread. Colleagues' drafts are there while they are shared, one's own always.
    """
    rows = Message.objects.filter(thread=of).defer("search").select_related("author").prefetch_related("attachments")
    if before:
        rows = rows.filter(beyond("at", *before))
    newest = list(rows.order_by("-at", "-id")[: limit + 1])
    page = newest[:limit]
    earlier = (page[-1].at, page[-1].pk) if len(newest) > limit else None
    parts = of.participants.select_related("customer", "user").order_by("created_at", "id")
    return Talk(of, page[::-1], list(parts), drafts_of(of, actor), earlier, linked(of, actor))


def drafts_of(of: Thread, actor: Actor) -> list[Draft]:
    """Return one's own draft in a thread and those that colleagues share, the newest first."""
    mine = Q(author_id=actor.user_id) if actor.user_id else Q(pk__in=())
    rows = Draft.objects.filter(mine | Q(shared=True), thread=of)
    return list(rows.select_related("author").order_by("-updated_at", "id"))


def my_drafts(actor: Actor) -> list[Draft]:
    """Return the actor's drafts in threads within reach, the newest first."""
    if actor.user_id is None:
        return []
    rows = Draft.objects.visible_to(actor).filter(author_id=actor.user_id)
    return list(rows.select_related("thread").order_by("-updated_at", "id")[:PAGE])


def linked(of: Thread, actor: Actor) -> list[Thread]:
    """Return the threads linked to one, either way round, as far as they are within reach."""
    there = [*of.links.values_list("other_id", flat=True), *of.linked_from.values_list("thread_id", flat=True)]
    rows = Thread.objects.visible_to(actor).filter(pk__in=there) if there else Thread.objects.none()
    return list(rows.order_by("-last_message_at", "id"))


def newer(of: Thread, seen: UUID | None) -> list[Message]:
    """Return what was said in a thread, but for notes, after the message `seen`: the warning before one answers."""
    said = of.messages.exclude(direction=Message.Direction.NOTE).exclude(state=Message.State.CANCELLED)
    if seen:
        at = of.messages.filter(pk=seen).values_list("created_at", flat=True).first()
        said = said.filter(created_at__gt=at).exclude(pk=seen) if at else said
    return list(said.defer("search").order_by("created_at", "id"))


def present(of: Thread, actor: Actor) -> list[Presence]:
    """Return the colleagues who look at a thread at this moment; `typing(presence)` says whether they write."""
    rows = Presence.objects.filter(thread=of, seen_at__gt=clock.now() - LOOKS_FOR).select_related("user")
    if actor.user_id:
        rows = rows.exclude(user_id=actor.user_id)
    return list(rows.order_by("user__name"))


def typing(presence: Presence) -> bool:
    """Return whether a colleague is writing at this moment."""
    return presence.typing_at is not None and presence.typing_at > clock.now() - TYPES_FOR


def mentions(actor: Actor, *, unseen: bool = False) -> list[Mention]:
    """Return the notes that name the actor, the newest first, in threads that they may see."""
    if actor.user_id is None or not actor.may(VIEW):
        return []
    rows = Mention.objects.filter(user_id=actor.user_id, message__thread__in=Thread.objects.visible_to(actor).live())
    rows = rows.filter(seen_at__isnull=True) if unseen else rows
    return list(rows.select_related("message__thread", "message__author").order_by("-at", "-id")[:PAGE])


def search(text: str, actor: Actor, *, after: Cursor | None = None, limit: int = PAGE) -> Found:
    """Return the newest `limit` messages within reach in which all words of `text` are, after the cursor `after`.

    What is frequent is among the newest messages, which are read in order; what is rare is looked up in the index, a
    month first, then eight, then all others, until the page is full. Either way little more is read than a page needs.
    """
    if searching.query(text) is None:
        return Found([], None)
    rows = Message.objects.visible_to(actor).exclude(state=Message.State.CANCELLED)
    rows = rows.filter(thread__spam_at=None, thread__deleted_at=None)
    hits: list[Cursor] = []
    for part in _parts(rows, text, after, hits, limit + 1):
        hits += part.values_list("at", "pk")[: limit + 1 - len(hits)]
        if len(hits) > limit:
            break
    page = Message.objects.filter(pk__in=[key for _at, key in hits[:limit]]).order_by("-at", "-id")
    items = list(page.defer("search").select_related("thread__customer", "author"))
    return Found(items, hits[limit - 1] if len(hits) > limit else None)


def _parts(
    rows: QuerySet[Message], text: str, after: Cursor | None, hits: Sized, wanted: int
) -> Iterator[QuerySet[Message]]:
    """Yield the matches of `text` in parts that follow each other in time, the newest first, while they are wanted.

    `hits` is what was found so far: whoever asks for the next part has added those of the last one.
    """
    times = Message.objects.order_by("-at", "-id").values_list("at", flat=True)
    newest, oldest, turn = times.first(), times.last(), times[NEWEST - 1 : NEWEST].first()
    if newest is None or oldest is None:
        return
    if after:
        rows = rows.filter(beyond("at", *after))
        newest = min(newest, after[0])
    in_order = _said(rows, searching.query(text)).order_by("-at", "-id")
    if turn is None:
        yield in_order
        return
    if newest >= turn:
        yield in_order.filter(at__gte=turn)
        found = len(hits)
        if found * FURTHER >= (wanted - found) * NEWEST:  # so frequent that what is missing comes soon
            further = turn - (newest - turn) * (wanted - found) / found * 1.5
            yield in_order.filter(at__lt=turn, at__gte=further)
            turn = further
        rows, newest = rows.filter(at__lt=turn), turn
    yield from _looked_up(rows, text, searching.months(newest, oldest), turn)


def _looked_up(rows: QuerySet[Message], text: str, months: list[str], lately: datetime) -> Iterator[QuerySet[Message]]:
    """Yield the matches of `text` in months by the index of words, the newest first.

    The index reads each message with a word that begins like the last one, even when the others leave few of them. So
    a last word that is frequent `lately` is looked for in what the others find.
    """
    alone = searching.last_of_several(text)
    frequent = alone and _said(Message.objects.filter(at__gte=lately), alone)[:FREQUENT].count() == FREQUENT
    rows, size = _said(rows, alone) if frequent else rows, 1
    while months:
        some, months, size = months[:size], months[size:], size * 8 if size == 1 else len(months)
        found = rows.filter(search=searching.query(text, of_months=some, last=not frequent))
        # sorted by an expression, so that the planner looks words up rather than reading messages in their order
        yield found.order_by(F("at") + timedelta(0), "pk").reverse()


def _said(rows: QuerySet[Message], query: Query | None) -> QuerySet[Message]:
    """Return the rows that match, asked behind a function, so that the planner does not take the index of words."""
    return rows.alias(said=Coalesce("search", _EMPTY)).filter(said=query)


_NEWEST = """
SELECT t.id, m.direction, left(coalesce(nullif(m.fresh_text, ''), m.text), 400), coalesce(u.name, m.from_name, ''),
       EXISTS (SELECT FROM conversations_presence p WHERE p.thread_id = t.id AND p.typing_at > %(since)s)
FROM unnest(%(ids)s::uuid[]) AS t(id)
LEFT JOIN LATERAL (
    SELECT direction, fresh_text, text, from_name, author_id FROM conversations_message
    WHERE thread_id = t.id AND state <> 'cancelled' ORDER BY at DESC, id DESC LIMIT 1
) m ON true
LEFT JOIN team_user u ON u.id = m.author_id
"""


def _lines(page: list[Thread]) -> list[Line]:
    """Return threads with the beginning of their newest message, by one statement for all of them."""
    if not page:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, {"ids": [row.pk for row in page], "since": clock.now() - TYPES_FOR})
        found: dict[UUID, tuple[Any, ...]] = {row[0]: row[1:] for row in cursor.fetchall()}
    lines = []
    for row in page:
        direction, text, author, writes = found[row.pk]
        lines.append(Line(row, " ".join((text or "").split())[:200], direction or "", author or "", writes))
    return lines
