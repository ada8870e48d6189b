"""Rights: the names of what one may do. Each domain lists its own in `permissions.py`."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

RIGHTS: dict[str, Right] = {}


@dataclass(frozen=True, slots=True)
class Right:
    """A named right, such as `customers.change`; creating one registers it."""

    name: str
    label: str | Promise

    def __post_init__(self) -> None:
        if self.name in RIGHTS:
            raise ValueError(f"the right {self.name} is registered twice")
        RIGHTS[self.name] = self


class Forbidden(Exception):
    """The actor can reach the row but lacks the right: HTTP 403."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"this needs the right {right.name}")
        self.right = right


class OutOfReach(Exception):
    """The row is not within the actor's reach, which reads the same as its not being there: HTTP 404."""
