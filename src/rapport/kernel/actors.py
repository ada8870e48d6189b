"""Who acts: a person of the staff, an API token, an import, a rule or the product itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from uuid import UUID

from rapport.kernel.permissions import Forbidden, Right


class Reach(IntEnum):
    """How far a right goes: over one's own customers, over those of one's teams, or over all."""

    OWN = 1
    TEAM = 2
    ALL = 3


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, with the rights that are theirs and the way by which they came.

    `kind` is user, token, import, rule or system; `via` is staff, portal, api, import, rule, command or system.
    `grants` maps the name of a right to its reach; `everything` is the product itself. `mates` are the users of
    their teams. `cause_id` names what made them act: an import, an event, a rule.
    """

    kind: str
    name: str
    id: UUID | None = None
    via: str = "system"
    grants: Mapping[str, Reach] = field(default_factory=dict)
    everything: bool = False
    user_id: UUID | None = None
    mates: frozenset[UUID] = frozenset()
    cause_id: UUID | None = None

    def reach(self, right: Right) -> Reach | None:
        """Return how far `right` goes for this actor, or None when they do not have it."""
        return Reach.ALL if self.everything else self.grants.get(right.name)

    def may(self, right: Right) -> bool:
        """Return whether this actor has `right` at all."""
        return self.reach(right) is not None

    def require(self, right: Right) -> Reach:
        """Return the reach of `right`, or raise `Forbidden`."""
        reach = self.reach(right)
        if reach is None:
            raise Forbidden(right)
        return reach

    def scope(self, right: Right) -> tuple[Reach | None, UUID | None, frozenset[UUID]]:
        """Return all that decides which rows this actor reaches by `right`: who they are, unless they reach all."""
        reach = self.reach(right)
        return (reach, None, frozenset()) if reach is Reach.ALL else (reach, self.user_id, self.mates)

    def with_everything(self) -> Actor:
        """Return this actor with every right, for what follows by itself from an act that they had the right to."""
        return replace(self, everything=True)

    def because_of(self, cause_id: UUID) -> Actor:
        """Return this actor, whose events from here on name `cause_id` as their cause."""
        return replace(self, cause_id=cause_id)


SYSTEM = Actor(kind="system", name="Rapport", everything=True)
