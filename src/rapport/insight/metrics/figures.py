"""What a metric comes to: the figure with everything that has to be said beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `start` to the day before `end`; without a `start`, everything up to there."""

    start: date | None
    end: date

    @property
    def days(self) -> int | None:
        """How many days; None without a start."""
        return (self.end - self.start).days if self.start else None


@dataclass(frozen=True, slots=True)
class Interval:
    """From low to high, both included, at a level of confidence."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Point:
    """The value in one step of the trend; `partial` while the step is not over."""

    span: Span
    value: float | None
    n: int
    partial: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a model or an aggregation found, before it is dressed up as a figure.

    `refused` says why there is no value; `more` holds what else there is: parameters, grids, percentiles.
    """

    value: float | None
    n: int
    interval: Interval | None = None
    refused: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric's value with what it takes to read it.

    value: in `unit`: "money" (major units of `currency`), "%" (of 100), "points", "days", "count", "score";
    n: over how many; enough: whether n is as many as the metric needs (else it is shown greyed);
    span: the period, in days of the organisation's zone; partial: whether that period is still running;
    data_until: the moment of the lake; trend: steps of time, oldest first; target: what the firm wants to reach.
    """

    name: str
    label: str
    unit: str
    definition: str
    source: str
    good: str
    value: float | None
    n: int
    enough: bool
    interval: Interval | None
    span: Span
    partial: bool
    as_of: date
    data_until: datetime
    currency: str = ""
    segment: str = ""
    refused: str = ""
    trend: tuple[Point, ...] = ()
    target: float | None = None
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def change(self) -> float | None:
        """The last whole step of the trend minus the one before; None when there are not two."""
        whole = [point.value for point in self.trend if not point.partial]
        if len(whole) < 2 or whole[-1] is None or whole[-2] is None:
            return None
        return whole[-1] - whole[-2]
