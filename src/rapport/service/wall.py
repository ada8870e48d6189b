"""What a screen on the wall shows: who waits now, what is late, who is there, and how today goes.

Straight from the database, so it is as fresh as the page; numbers and names of colleagues alone, nothing of customers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, OuterRef, Q, Subquery

from rapport.conversations.models import Presence
from rapport.kernel import clock
from rapport.kernel.actors import Actor, Reach
from rapport.service import queries
from rapport.service.models import Agent, Ticket
from rapport.service.models.ticket import RUNNING, STANDING
from rapport.service.permissions import VIEW
from rapport.service.services.routing import BUSY_WITH
from rapport.team.models import User

SOON = timedelta(hours=1)
"""So long before a promised time a ticket counts as due soon."""
HERE = timedelta(minutes=5)
"""Whoever looked at a ticket so lately is there."""


@dataclass(frozen=True, slots=True)
class QueueNow:
    """A queue (no key: all other tickets): customers waiting for us and since when, what is late or soon will be.

    `chats` are those that nobody took yet.
    """

    key: UUID | None
    name: str
    waiting: int = 0
    oldest: datetime | None = None
    late: int = 0
    soon: int = 0
    chats: int = 0

    @property
    def quiet(self) -> bool:
        """Whether nothing waits there and nothing is due."""
        return not (self.waiting or self.late or self.soon or self.chats)


@dataclass(frozen=True, slots=True)
class AgentNow:
    """A colleague, here, away or neither (`state` is ""): open tickets, chats among them, how many they take."""

    name: str
    state: str
    load: int
    chats: int
    capacity: int | None

    @property
    def full(self) -> bool:
        """Whether they have as much as they take."""
        return self.capacity is not None and self.load >= self.capacity


@dataclass(frozen=True, slots=True)
class Wall:
    """Everything at one moment; queues in their order, agents those who are here first."""

    at: datetime
    queues: tuple[QueueNow, ...]
    agents: tuple[AgentNow, ...]
    received: int
    solved: int

    @property
    def waiting(self) -> int:
        """Customers waiting in all queues."""
        return sum(one.waiting for one in self.queues)

    @property
    def oldest(self) -> datetime | None:
        """Since when the first of them waits."""
        return min((one.oldest for one in self.queues if one.oldest), default=None)

    @property
    def late(self) -> int:
        """Tickets past a promised time."""
        return sum(one.late for one in self.queues)

    @property
    def soon(self) -> int:
        """Tickets that will be within the hour."""
        return sum(one.soon for one in self.queues)

    @property
    def chats(self) -> int:
        """Chats that nobody took yet."""
        return sum(one.chats for one in self.queues)

    @property
    def here(self) -> int:
        """How many colleagues are there."""
        return sum(one.state == "here" for one in self.agents)


def wall(actor: Actor, midnight: datetime) -> Wall:
    """Return what waits now, within reach, and what came and was solved since `midnight`. Raises `Forbidden`."""
    actor.require(VIEW)
    at = clock.now()
    mine = Ticket.objects.visible_to(actor)
    return Wall(
        at,
        _queues(actor, at),
        _agents(actor, at),
        received=mine.filter(STANDING, opened_at__gte=midnight).count(),
        solved=mine.filter(STANDING, solved_at__gte=midnight).count(),
    )


def _queues(actor: Actor, at: datetime) -> tuple[QueueNow, ...]:
    known: dict[UUID | None, str] = dict(queries.queues(actor).values_list("pk", "name"))
    counts: dict[UUID | None, dict[str, Any]] = {}
    running = Ticket.objects.visible_to(actor).filter(RUNNING).order_by()
    _add(counts, running.filter(waiting_since__isnull=False), waiting=Count("pk"), oldest=Min("waiting_since"))
    due = running.filter(next_breach_at__lte=at + SOON)
    _add(counts, due, late=Count("pk", filter=Q(next_breach_at__lte=at)),
         soon=Count("pk", filter=Q(next_breach_at__gt=at)))  # fmt: skip
    free = running.filter(owner__isnull=True, channel="chat", first_response_at__isnull=True)
    _add(counts, free, chats=Count("pk"))
    rows = [QueueNow(key, name, **counts.pop(key, {})) for key, name in known.items()]
    others = [QueueNow(None, "", **values) for values in counts.values()]  # in none, or one not open to the reader
    return (*rows, *_together(others))


def _add(counts: dict[UUID | None, dict[str, Any]], rows: Any, **asked: Any) -> None:
    for row in rows.values("queue_id").annotate(**asked):
        counts.setdefault(row.pop("queue_id"), {}).update(row)


def _together(found: Sequence[QueueNow]) -> list[QueueNow]:
    """Return the sum of what is in no queue of the reader's, if there is any."""
    if not found:
        return []
    return [
        QueueNow(
            None,
            "",
            sum(one.waiting for one in found),
            min((one.oldest for one in found if one.oldest), default=None),
            sum(one.late for one in found),
            sum(one.soon for one in found),
            sum(one.chats for one in found),
        )
    ]


def _agents(actor: Actor, at: datetime) -> tuple[AgentNow, ...]:
    """Return the members of queues within reach, those who are here first."""
    rows = User.objects.filter(deactivated_at__isnull=True, queue_memberships__isnull=False).distinct()
    reach = actor.require(VIEW)
    if reach is not Reach.ALL:
        rows = rows.filter(pk__in={actor.user_id, *(actor.mates if reach is Reach.TEAM else ())} - {None})
    seen = Presence.objects.filter(user=OuterRef("pk")).order_by("-seen_at").values("seen_at")[:1]
    people = list(rows.annotate(seen_at=Subquery(seen)).values_list("pk", "name", "seen_at"))
    keys = [pk for pk, _name, _seen in people]
    routed = {row.user_id: row for row in Agent.objects.filter(user__in=keys)}
    busy = Ticket.objects.filter(RUNNING, owner_id__in=keys, category__in=BUSY_WITH).order_by().values("owner_id")
    counted = busy.annotate(load=Count("pk"), chats=Count("pk", filter=Q(channel="chat")))
    loads: dict[UUID | None, Any] = {row["owner_id"]: row for row in counted}
    found = []
    for pk, name, seen_at in people:
        agent, load = routed.get(pk), loads.get(pk, {})
        state = "here" if seen_at and seen_at > at - HERE else ""
        state = "away" if agent and agent.away(at) else state
        capacity = agent.capacity if agent else None
        found.append(AgentNow(name, state, load.get("load", 0), load.get("chats", 0), capacity))
    order = {"here": 0, "": 1, "away": 2}
    return tuple(sorted(found, key=lambda one: (order[one.state], one.name.casefold())))
