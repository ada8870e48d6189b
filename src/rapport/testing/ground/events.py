from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from rapport.kernel.events import Event, event


@event("ground.polished", "polished", "polished with {cloth}")
@dataclass(frozen=True)
class Polished(Event):
    """A thing was polished."""

    cloth: str | None = None
    strokes: int | None = None
    grams: Decimal | None = None
    by_hand: bool | None = None
    on: date | None = None
    until: datetime | None = None
    tool_id: UUID | None = None
    cost_minor: int | None = None
    currency: str = ""


@event("ground.dropped", "dropped", "dropped")
@dataclass(frozen=True)
class Dropped(Event):
    """A thing fell."""

    height: float = 0.0
