"""The measures: what counts as evidence for which element, and how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Source = Literal["promises", "orders", "answers", "contacts", "activities", "touches", "buyers", "profile"]

ELEMENTS: Mapping[str, Text] = {
    "trust": _("Trust"),
    "respect": _("Respect"),
    "communication": _("Communication"),
    "understanding": _("Understanding"),
    "responsiveness": _("Responsiveness"),
    "helpfulness": _("Helpfulness"),
    "loyalty": _("Loyalty"),
    "advocacy": _("Advocacy"),
    "profitability": _("Profitability"),
}

WINDOW = 365
HALF_LIFE = 180
PRIOR = 3.0
"""Rows' worth of the firm's mean that every measure starts from."""

MEASURES: dict[str, Measure] = {}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a measure makes of the rows of its source, as Ibis columns.

    value: 0 (bad) to 1 (good); counts: which rows are evidence at all; size: how much a row counts.
    """

    value: Any
    counts: Any = None
    size: Any = 1.0


@dataclass(frozen=True, slots=True)
class Measure:
    """A registered measure; `rows` names the noun whose rows are its evidence."""

    name: str
    element: str
    label: Text
    rule: Text
    weight: float
    source: Source
    rows: str
    judge: Callable[..., Evidence]

    @property
    def column(self) -> str:
        """The name of its columns in a table."""
        return self.name.replace(".", "_")


def measure(
    name: str, label: Text, *, rule: Text, source: Source, rows: str, weight: float = 1.0
) -> Callable[[Callable[..., Evidence]], Callable[..., Evidence]]:
    """Register a function as the measure "element.name"; it takes its source's rows and the scope."""

    def decorate(function: Callable[..., Evidence]) -> Callable[..., Evidence]:
        element = name.split(".")[0]
        if name in MEASURES or element not in ELEMENTS:
            raise ValueError(f"the measure {name} is registered twice, or is of no element")
        MEASURES[name] = Measure(name, element, label, rule, weight, source, rows, function)
        return function

    return decorate


def weights(chosen: Mapping[str, float]) -> dict[str, float]:
    """Return the weight of every element and measure: what the firm chose, else as registered (elements: 1)."""
    default = dict.fromkeys(ELEMENTS, 1.0) | {name: one.weight for name, one in MEASURES.items()}
    return {name: max(0.0, float(chosen.get(name, weight))) for name, weight in default.items()}
