"""The cards of the owner's dashboard, each loaded by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.kernel.actors import Actor
from rapport.staff.insight import saying
from rapport.staff.insight.asked import Asked
from rapport.ui import formats
from rapport.ui.components.heat import Cell, Heat
from rapport.ui.navigation import Text

if TYPE_CHECKING:
    from rapport.insight.metrics.figures import Figure

TILES = ("revenue", "retention", "repeat_purchase_rate", "kept_promises", "csat", "cltv_predicted")
STEPS = 12


@dataclass(frozen=True, slots=True)
class Card:
    """A card: `load` returns what its template shows; `size` is the class of its place on the page."""

    name: str
    title: Text
    subtitle: Text
    template: str
    load: Callable[[Asked, Actor], Mapping[str, Any]]
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure as a tile."""

    figure: Figure
    said: str
    note: str
    change: float | None
    unit: str
    href: str


def tile(figure: Figure, asked: Asked) -> Tile:
    """Return a figure as a tile that leads to its own page."""
    return Tile(
        figure,
        saying.of(figure),
        saying.note(figure),
        saying.change(figure),
        "",
        reverse("staff:metric", args=[figure.name]) + asked.query,
    )


def tiles(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return the figures that matter most."""
    return {"tiles": [tile(figure, asked) for figure in asked.figures(list(TILES), actor)]}


def cohorts(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return who stays: for the newest cohorts, the share that bought again in each step after their first."""
    [figure] = asked.figures(["cohorts"], actor, trend=False)
    return {"figure": figure, "heat": triangle(figure) if figure.value is not None else None}


def triangle(figure: Figure) -> Heat:
    """Return the cohorts of a figure as a grid; what is still running is marked."""
    found = figure.more["cohorts"][-STEPS:]
    width = min(max((len(one["kept"]) for one in found), default=0), STEPS)
    rows = []
    for one in found:
        cells = [_cell(one, step) for step in range(min(len(one["kept"]), width))]
        rows.append((_start(one["start"]), [*cells, *[None] * (width - len(cells))]))
    return Heat(_("Share that bought again, by step after the first order"), [str(step) for step in range(width)], rows)


def _cell(one: Mapping[str, Any], step: int) -> Cell:
    share = one["kept"][step] / 100
    running = one["partial"][step]
    text = formats.percent(share, 0) + ("*" if running else "")
    n = {"active": formats.number(one["active"][step]), "size": formats.number(one["size"])}
    title = _("%(active)s of %(size)s customers") % n
    return Cell(text, share, title=f"{title}, {_('still running')}" if running else title)


def _start(text: str) -> str:
    from datetime import date

    from babel.dates import format_skeleton

    return str(format_skeleton("yMMM", date.fromisoformat(text), locale=formats.locale()))


def rfm(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return customers by how lately and how often they bought."""
    [figure] = asked.figures(["rfm"], actor, trend=False)
    if figure.value is None:
        return {"figure": figure}
    grid = figure.more["grid"]
    most = max((count for row in grid for count in row), default=0) or 1
    rows = [
        (_("recency %(n)s") % {"n": 5 - place}, [Cell(formats.number(count), count / most) for count in row])
        for place, row in enumerate(reversed(grid))
    ]
    heat = Heat(_("Customers by recency (5: lately) and frequency (5: often)"), [str(n) for n in range(1, 6)], rows,
                corner=_("frequency"), wide=False)  # fmt: skip
    return {"figure": figure, "heat": heat, "segments": figure.more["segments"]}


CARDS = [
    Card("tiles", "", "", "staff/insight/cards/tiles.html", tiles),
    Card("cohorts", gettext_lazy("Who stays"), gettext_lazy("share that bought again, by month of first order"),
         "staff/insight/cards/heat.html", cohorts),
    Card("rfm", gettext_lazy("Who buys lately and often"), gettext_lazy("customers by recency and frequency"),
         "staff/insight/cards/rfm.html", rfm),
]  # fmt: skip
