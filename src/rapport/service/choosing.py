"""Who gets a ticket: the rule of routing, on plain values."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

ROUND_ROBIN = "round_robin"
LEAST_BUSY = "least_busy"
LAST_AGENT = "last_agent"
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A member of a queue: how many open tickets they have, how many at most, and when they last got one from it."""

    user_id: UUID
    load: int = 0
    capacity: int | None = None
    skills: frozenset[str] = frozenset()
    away: bool = False
    given_at: datetime | None = None

    def free(self, needed: frozenset[str]) -> bool:
        """Return whether they are there, can do it, and have room for one more."""
        room = self.capacity is None or self.load < self.capacity
        return not self.away and room and needed <= self.skills


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets it, and why: last_agent, round_robin or least_busy."""

    user_id: UUID
    why: str


def choose(
    mode: str,
    candidates: Sequence[Candidate],
    *,
    needed: frozenset[str] = frozenset(),
    last: UUID | None = None,
    resting: Collection[UUID] = (),
) -> Choice | None:
    """Return who of `candidates` gets a ticket that asks for the skills `needed`, or None when nobody can take it.

    `last` looked after the customer before and comes first if free; `resting` just passed it on and are left out. In
    turn means whoever waited longest since their last one; with equal rights the lowest id, so that it is certain.
    """
    if mode not in {ROUND_ROBIN, LEAST_BUSY}:
        return None
    free = [one for one in candidates if one.free(needed) and one.user_id not in resting]
    if not free:
        return None
    if last is not None and any(one.user_id == last for one in free):
        return Choice(last, LAST_AGENT)
    if mode == ROUND_ROBIN:
        found = min(free, key=lambda one: (one.given_at or _NEVER, one.user_id))
    else:
        found = min(free, key=lambda one: (one.load, one.given_at or _NEVER, one.user_id))
    return Choice(found.user_id, mode)
