"""Rights: the names of what one may do. Each domain lists its own in `permissions.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

RIGHTS: dict[str, Right] = {}


@dataclass(frozen=True, slots=True)
class Right:
    """A named right, such as `customers.change`; creating one registers it.

    One that is `declared` comes from what the firm declared rather than from the product: `declare_with` tells them.
    """

    name: str
    label: str | Promise
    declared: bool = False

    def __post_init__(self) -> None:
        if self.declared:
            return
        if self.name in RIGHTS:
            raise ValueError(f"the right {self.name} is registered twice")
        RIGHTS[self.name] = self


_declared: list[Callable[[], Iterable[Right]]] = []


def declare_with(source: Callable[[], Iterable[Right]]) -> None:
    """Ask `source` for the rights that the firm's own declarations bring."""
    if source not in _declared:
        _declared.append(source)


def rights() -> dict[str, Right]:
    """Return all rights there are now by name: the product's own, then the declared ones."""
    return RIGHTS | {right.name: right for source in _declared for right in source()}


class Forbidden(Exception):
    """The actor can reach the row but lacks the right: HTTP 403."""

    def __init__(self, right: Right) -> None:
        super().__init__(f"this needs the right {right.name}")
        self.right = right


class OutOfReach(Exception):
    """The row is not within the actor's reach, which reads the same as its not being there: HTTP 404."""
