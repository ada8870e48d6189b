"""The panels of the customer page: what stands to the left and to the right of the timeline."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rapport.kernel.permissions import Right
from rapport.staff.record.known import Known
from rapport.ui.navigation import Text

Loaded = Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Panel:
    """A box of the customer page.

    `load` returns what its template shows, or None for a customer with nothing to show; it is asked only for readers
    with the right `needs`. A `slow` panel comes after the page, by a request of its own. `side` is left or right.
    """

    name: str
    title: Text
    template: str
    load: Callable[[Known], Loaded]
    needs: Right
    side: str = "right"
    slow: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A panel with what it shows; None while a slow one is on its way."""

    panel: Panel
    context: Loaded


def shown(panels: list[Panel], known: Known, side: str, refused: Mapping[str, Loaded] | None = None) -> list[Shown]:
    """Return the panels of one side that this reader sees, loaded unless they are slow.

    `refused` holds by name what a panel shows instead: the form that was just refused.
    """
    result = []
    for panel in panels:
        if panel.side != side or not known.actor.may(panel.needs):
            continue
        if refused and panel.name in refused:
            result.append(Shown(panel, refused[panel.name]))
        elif panel.slow:
            result.append(Shown(panel, None))
        elif (context := panel.load(known)) is not None:
            result.append(Shown(panel, context))
    return result
