"""What the firm decided about its tickets: read from the organisation's policy, with the defaults in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from rapport.team.queries import NotSetUp, settled

KEY = "service"


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules of tickets.

    reopen_days: days after its end in which a ticket can be opened again, later matters get a ticket that follows it;
    close_days: days after which what is solved is closed; recovery_days: days after a complaint's end in which an order
    counts as having come back; recovery_score: from 0 to 100, the least answer that counts as content.
    """

    reopen_days: int = 14
    close_days: int = 14
    recovery_days: int = 90
    recovery_score: int = 75

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Policy:
        """Read what is stored under "service" in the organisation's policy; what is not there is as by default."""
        mine = stored.get(KEY) or {}
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in mine.items() if name in known})


def current() -> Policy:
    """Return the rules as they are now."""
    try:
        return Policy.of(settled().policy)
    except NotSetUp:
        return Policy()
