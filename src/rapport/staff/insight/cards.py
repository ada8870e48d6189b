"""The cards of the owner's dashboard, each loaded by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.insight import pictures, queries
from rapport.insight.models import BackTest
from rapport.kernel.actors import Actor
from rapport.staff.insight import grids, journeys, saying
from rapport.staff.insight.asked import Asked
from rapport.staff.insight.values import scatter, spread
from rapport.staff.insight.words import ELEMENTS
from rapport.ui import formats
from rapport.ui.components.parts import Element
from rapport.ui.navigation import Text

if TYPE_CHECKING:
    from rapport.insight.metrics.figures import Figure

TILES = ("retention", "repeat_purchase_rate", "kept_promises", "cltv_predicted")
MORE = ("revenue", "orders", "csat", "nps", "on_time_delivery", "p_alive")
Loader = Callable[[Asked, Actor], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Card:
    """A card: `load` returns what its template shows; a `wide` one takes two places of the page.

    It is loaded by itself from the address `url_name`; `csv` names the report that says the same as a file.
    """

    name: str
    title: Text
    subtitle: Text
    template: str
    load: Loader
    wide: bool = False
    url_name: str = "staff:insight_card"
    csv: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure as a tile: what it says, how it changed and in which unit, and its own page."""

    label: str
    said: str
    note: str
    href: str
    definition: str
    name: str
    change: float | None = None
    unit: str = ""
    good: str = "up"
    enough: bool = True


def tile(figure: Figure, asked: Asked) -> Tile:
    """Return a figure as a tile that leads to its own page."""
    change, unit = saying.change(figure)
    return Tile(
        label=figure.label,
        said=saying.of(figure),
        note=saying.note(figure),
        href=reverse("staff:metric", args=[figure.name]) + asked.query,
        definition=figure.definition,
        name=figure.name,
        change=change,
        unit=unit,
        good=figure.good or "none",
        enough=figure.enough,
    )


def tiles(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return the figures that matter most, the relationship index before them."""
    figures = asked.kept(actor)
    found = pictures.index(segment=asked.segment, actor=actor)
    return {"tiles": [_index(found), *(tile(figures[name], asked) for name in TILES)]}


def more(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return the figures of the second rank that are known."""
    figures = asked.kept(actor)
    return {"tiles": [tile(figures[name], asked) for name in MORE if figures[name].n]}


def _index(found: pictures.Index) -> Tile:
    note = _("n %(n)s") % {"n": formats.number(found.n)}
    if found.low is not None and found.high is not None:
        half = {"low": formats.number(found.low, 0), "high": formats.number(found.high, 0)}
        note = _("half: %(low)s to %(high)s") % half + f" · {note}"
    return Tile(
        label=_("Relationship index"),
        said="" if found.median is None else formats.number(found.median, 0),
        note=note,
        href=f"{reverse('staff:customers')}?sort=-relationship",
        definition=_(
            "The median over all customers of the index of their relationship, 0 to 100: the weighted mean of the nine "
            "elements that are known. The change is the mean over 90 days. Open a customer to see why."
        ),
        name="index",
        change=None if found.trend is None else round(found.trend, 1) + 0.0,
        enough=found.n >= 30,
    )


def elements(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return the means of the nine elements; unknown of everybody stays unknown."""
    found = pictures.means(segment=asked.segment, actor=actor)
    listed = reverse("staff:customers")
    weakest = min((one for one in found if one.value is not None), key=lambda one: one.value or 0, default=None)
    return {
        "elements": [
            Element(str(ELEMENTS[one.name]), one.value, f"{listed}?f=score.{one.name}+%3C+50" if one.n else "")
            for one in found
        ],
        "weakest": weakest and str(ELEMENTS[weakest.name]),
        "n": max((one.n for one in found), default=0),
    }


def journey(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return how customers moved between the stages of the journey."""
    start, end = asked.days()
    return {"chart": journeys.chart(pictures.moves(start=start, end=end, segment=asked.segment, actor=actor))}


def cohorts(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return who stays: for the newest cohorts, the share that bought again in each step after their first."""
    figure = asked.kept(actor)["cohorts"]
    return {"figure": figure, "heat": grids.triangle(figure) if figure.value is not None else None}


def rfm(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return customers by how lately and how often they bought."""
    figure = asked.kept(actor)["rfm"]
    if figure.value is None:
        return {"figure": figure}
    segments = [one for one in figure.more["segments"] if one["customers"]]
    return {"figure": figure, "heat": grids.rfm(figure), "segments": segments}


def strength(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return what customers brought against how strong the relationship is."""
    return {"chart": scatter(pictures.strengths(segment=asked.segment, actor=actor), actor)}


def predicted(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return how the predicted value is spread over customers."""
    figure = asked.kept(actor)["cltv_predicted"]
    return {"figure": figure, "chart": spread(pictures.predicted(segment=asked.segment, actor=actor))}


def foretold(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return how well the index of an earlier day told what happened after it."""
    rows = [
        (row, formats.number(row.auc, 2), _auc_interval(row), 100 * max(0.0, 2 * (row.auc or 0.5) - 1))
        for row in queries.back_tests(actor)
        if row.auc is not None
    ]
    return {"tests": rows}


def _auc_interval(row: BackTest) -> str:
    if row.low is None or row.high is None:
        return ""
    ends = {"low": formats.number(row.low, 2), "high": formats.number(row.high, 2)}
    n = {"n": formats.number(row.customers), "days": formats.number(row.horizon_days)}
    return _("%(low)s to %(high)s") % ends + " · " + _("n %(n)s, over %(days)s days") % n


CARDS = (
    Card("tiles", "", "", "staff/insight/cards/tiles.html", tiles),
    Card("journey", gettext_lazy("The journey"), gettext_lazy("customers who moved, width by number"),
         "staff/insight/cards/chart.html", journey, wide=True),
    Card("cohorts", gettext_lazy("Who stays"), gettext_lazy("share that bought again, by month of first order"),
         "staff/insight/cards/heat.html", cohorts),
    Card("elements", gettext_lazy("The nine elements"), gettext_lazy("means over the customers of whom they are known"),
         "staff/insight/cards/elements.html", elements),
    Card("rfm", gettext_lazy("Who buys lately and often"), gettext_lazy("customers by recency and frequency"),
         "staff/insight/cards/rfm.html", rfm),
    Card("strength", gettext_lazy("Value against strength"), gettext_lazy("value to date by relationship index"),
         "staff/insight/cards/chart.html", strength),
    Card("predicted", gettext_lazy("What is to come"), gettext_lazy("customers by predicted value, next 12 months"),
         "staff/insight/cards/chart.html", predicted),
    Card("foretold", gettext_lazy("Does the index foretell?"),
         gettext_lazy("0.5 says nothing, 1 is perfect: the index of then against what happened since"),
         "staff/insight/cards/foretold.html", foretold),
    Card("more", gettext_lazy("More figures"), "", "staff/insight/cards/tiles.html", more),
)  # fmt: skip
BY_NAME = {card.name: card for card in CARDS}
