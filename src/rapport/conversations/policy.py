"""What the firm decided about conversations, kept under `conversations` in the organisation's policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from rapport.team.queries import settled

LEAD, NOBODY = "lead", "nobody"


@dataclass(frozen=True, slots=True)
class Policy:
    """`unknown_sender` says what an unknown writer becomes: a lead, or nobody until somebody says who it is.

    `undo_seconds` is how long an answer can be taken back, `max_file_bytes` the size of the largest file taken.
    """

    unknown_sender: str = LEAD
    undo_seconds: int = 10
    max_file_bytes: int = 25_000_000

    @classmethod
    def of(cls, policy: Mapping[str, Any]) -> Self:
        """Read the part of an organisation's policy that is about conversations; what is not said is as usual."""
        said = policy.get("conversations", {})
        return cls(**{field.name: said[field.name] for field in fields(cls) if field.name in said})


def current() -> Policy:
    """Return what the firm has decided so far. Raises `NotSetUp`."""
    return Policy.of(settled().policy)
