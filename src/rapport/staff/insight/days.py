"""Days folded into steps that a chart has room for: days, weeks that begin on Monday, or months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel.dates import format_skeleton

from rapport.insight.desk import Day
from rapport.insight.metrics.periods import month_start
from rapport.ui import formats

MOST_DAYS = 45
MOST_DAYS_OF_WEEKS = 400


@dataclass(frozen=True, slots=True)
class Step:
    """The tickets opened and solved in the days from `start` up to but not including `end`."""

    label: str
    start: date
    end: date
    opened: int
    solved: int


def steps(days: Sequence[Day], start: date | None, end: date | None) -> list[Step]:
    """Return the steps of the period (without a start: from the first of `days`), also those in which nothing was."""
    first = start or (days[0].on if days else None)
    if first is None or end is None:
        return []
    found: list[Step] = []
    by_day = {day.on: day for day in days}
    length = (end - first).days
    while first < end:
        after = min(_after(first, length), end)
        inside = [by_day[on] for on in each(first, after) if on in by_day]
        opened, solved = sum(day.opened for day in inside), sum(day.solved for day in inside)
        found.append(Step(_label(first, after), first, after, opened, solved))
        first = after
    return found


def _after(day: date, length: int) -> date:
    """Return the day on which the step that `day` begins is over, in a period of `length` days."""
    if length <= MOST_DAYS:
        return day + timedelta(days=1)
    if length <= MOST_DAYS_OF_WEEKS:
        return day + timedelta(days=7 - day.weekday())
    return month_start(day, 1)


def each(start: date, end: date) -> list[date]:
    """Return the days from `start` up to but not including `end`."""
    return [start + timedelta(days=n) for n in range((end - start).days)]


def _label(start: date, end: date) -> str:
    if start.day == 1 and end == month_start(start, 1):
        return str(format_skeleton("yMMM", start, locale=formats.locale()))
    return str(format_skeleton("MMMd", start, locale=formats.locale()))
