"""The list of metrics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.functional import Promise

Text = str | Promise
Unit = Literal["money", "%", "points", "days", "minutes", "count", "score", "times"]
How = Literal["sum", "count", "share", "mean", "median", "nps", "model"]
Good = Literal["up", "down", ""]

METRICS: dict[str, Metric] = {}


@dataclass(frozen=True, slots=True)
class Metric:
    """A registered metric.

    kind: flow, state or model; how: the way its facts come to a value; min_n: below it the value is shown greyed;
    good: whether up or down is good; last: days of the default period (0: everything so far);
    drill: which rows are behind it, and the name of the column with their ids; heavy: whether its facts are worth
    keeping between value and trend; trend: whether it has one; by: what it can be cut by (agent, queue, channel, tag).
    """

    name: str
    label: Text
    definition: Text
    source: str
    unit: Unit
    how: How
    kind: Literal["flow", "state", "model"]
    facts: Callable[..., Any]
    min_n: int
    good: Good
    last: int
    drill: tuple[str, str]
    group: str
    heavy: bool = False
    trend: bool = True
    by: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        """Whether it is seen from today, even while trade is a demonstration's that ended long ago."""
        return self.group == "service"


def metric(
    name: str,
    label: Text,
    *,
    definition: Text,
    unit: Unit,
    how: How,
    kind: Literal["flow", "state", "model"] = "flow",
    source: str = "",
    min_n: int | None = None,
    good: Good = "up",
    last: int = 0,
    drill: tuple[str, str] = ("", ""),
    group: str = "",
    heavy: bool = False,
    trend: bool = True,
    by: tuple[str, ...] = (),
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function as the metric `name`; `min_n` is 30 for shares and 10 for means unless given."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if name in METRICS:
            raise ValueError(f"the metric {name} is registered twice")
        needed = {"share": 30, "nps": 30, "mean": 10, "median": 10}.get(how, 1) if min_n is None else min_n
        METRICS[name] = Metric(
            name, label, definition, source, unit, how, kind, function, needed, good, last, drill, group, heavy,
            trend, by,
        )  # fmt: skip
        return function

    return decorate
