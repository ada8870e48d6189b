"""The week as a grid: where each entry stands, beside what it overlaps. Pure arithmetic over the reader's days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

QUARTER = 15
MOST_LANES = 4
EARLIEST, LATEST = 8, 18  # hours that a week shows at least


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in the calendar: a meeting (`href`), or a time at which somebody is busy."""

    key: UUID
    title: str
    who: str
    starts_at: datetime
    ends_at: datetime
    all_day: bool
    tone: str
    href: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry in the column of a day: from quarter `row` for `length` quarters, in `lane` of `lanes`."""

    entry: Entry
    row: int
    length: int
    lane: int = 1
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """A day of the week, with what lasts all day and what stands in the grid."""

    on: date
    today: bool
    whole: list[Entry]
    placed: list[Placed]


@dataclass(frozen=True, slots=True)
class Week:
    """The days, and the hours that the grid shows."""

    columns: list[Column]
    hours: range

    @property
    def nothing_whole(self) -> bool:
        """Whether nothing lasts all day."""
        return not any(column.whole for column in self.columns)


def week(entries: Sequence[Entry], days: Sequence[date], zone: str, today: date) -> Week:
    """Return `entries` on `days` as somebody in `zone` sees them."""
    there = ZoneInfo(zone)
    found = [(day, _whole(entries, day, there), _placed(entries, day, there)) for day in days]
    rows = [(one.row, one.row + one.length) for _day, _whole_day, placed in found for one in placed]
    first = min([EARLIEST, *(row // 4 for row, _end in rows)])
    last = max([LATEST, *(-(-end // 4) for _row, end in rows)])
    columns = [
        Column(day, day == today, whole, [replace(one, row=one.row - first * 4 + 1) for one in placed])
        for day, whole, placed in found
    ]
    return Week(columns, range(first, last))


def days_of(entries: Iterable[Entry], days: Sequence[date], zone: str) -> list[tuple[date, list[Entry]]]:
    """Return the days on which something is, each with its entries: what lasts all day first."""
    there = ZoneInfo(zone)
    listed = list(entries)
    found = [(day, [one for one in listed if _covers(one, day, there)]) for day in days]
    return [(day, sorted(on, key=lambda one: (not one.all_day, one.starts_at))) for day, on in found if on]


def _covers(entry: Entry, day: date, zone: ZoneInfo) -> bool:
    starts, ends = entry.starts_at.astimezone(zone), (entry.ends_at - timedelta(microseconds=1)).astimezone(zone)
    return starts.date() <= day <= ends.date()


def _whole(entries: Sequence[Entry], day: date, zone: ZoneInfo) -> list[Entry]:
    return [one for one in entries if one.all_day and _covers(one, day, zone)]


def _placed(entries: Sequence[Entry], day: date, zone: ZoneInfo) -> list[Placed]:
    """Return the entries of a day by the clock on its wall; what runs over midnight is cut there."""
    found = []
    for one in entries:
        if one.all_day or not _covers(one, day, zone):
            continue
        starts, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
        low = _quarter(starts) if starts.date() == day else 0
        high = -(-_minutes(ends) // QUARTER) if ends.date() == day else 96
        found.append(Placed(one, low, max(high - low, 2)))
    return _lanes(sorted(found, key=lambda placed: (placed.row, -placed.length)))


def _lanes(placed: list[Placed]) -> list[Placed]:
    """Return entries side by side where they overlap: each group of overlapping ones shares its width."""
    result: list[Placed] = []
    group: list[Placed] = []
    end = -1
    for one in placed:
        if one.row >= end and group:
            result += _side_by_side(group)
            group = []
        group.append(one)
        end = max(end, one.row + one.length)
    return result + _side_by_side(group)


def _side_by_side(group: list[Placed]) -> list[Placed]:
    ends: list[int] = []
    lanes = []
    for one in group:
        free = next((n for n, end in enumerate(ends) if end <= one.row), len(ends))
        if free == len(ends):
            ends.append(0)
        ends[free] = one.row + one.length
        lanes.append(min(free, MOST_LANES - 1) + 1)
    width = min(len(ends), MOST_LANES) or 1
    return [replace(one, lane=lane, lanes=width) for one, lane in zip(group, lanes, strict=True)]


def _minutes(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _quarter(at: datetime) -> int:
    return _minutes(at) // QUARTER
