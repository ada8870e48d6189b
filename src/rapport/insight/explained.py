"""What an explanation consists of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Row:
    """A row behind a measure: which noun and id, when it happened, what it says, and whether it speaks well.

    `number` is what its page is called by where that is not the id.
    """

    noun: str
    id: UUID
    at: datetime
    text: str
    good: bool | None
    number: int | None = None
