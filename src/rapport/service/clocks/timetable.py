"""A timetable: the open hours of a calendar as a walk through time can read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from rapport.service.clocks.stretches import Stretch, ticks
from rapport.service.clocks.windows import DAY, Window, joined, windows

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Hours = Sequence[Sequence[str]]
"""Pairs of times of day, from and until, as `[["09:00", "13:00"], ["14:00", "17:00"]]`."""


class NoOpenHours(ValueError):
    """A timetable that is never open: nothing could ever fall due in it."""


@dataclass(frozen=True)
class Timetable:
    """Open windows for each weekday from Monday on, and for single days in place of their weekday's.

    A window belongs to the day on which it opens: a night that runs into a holiday is worked to its end, and on a
    holiday no night begins. Days are those of `zone`. Raises `NoOpenHours`.
    """

    zone: ZoneInfo
    week: tuple[tuple[Window, ...], ...]
    days: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not any(self.week) and not any(self.days.values()):
            raise NoOpenHours(_("The calendar has no open hours, so nothing could ever fall due."))

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """Return the windows that open on a day."""
        return self.days.get(day, self.week[day.weekday()])

    def stretches_on(self, day: date) -> list[Stretch]:
        """Return the open stretches that begin on a day.

        A time that the clocks skip is read with the offset before the change (RFC 5545, 3.3.5), one that comes twice
        is its first; what is empty then, or was skipped as a whole, is left out.
        """
        found = []
        for low, high in self.windows_on(day):
            start, start_skipped = self._at(day, low)
            end, end_skipped = self._at(day, high)
            if start < end and not (start_skipped and end_skipped and high - low < DAY):
                found.append((start, end))
        return found

    def _at(self, day: date, minutes: int) -> tuple[int, bool]:
        """Return a time of day in microseconds since 1970, and whether the clocks skip it."""
        local = datetime.combine(day, time.min, self.zone) + timedelta(minutes=minutes)
        there = local.astimezone(UTC)
        return ticks(there), there.astimezone(self.zone).replace(tzinfo=None) != local.replace(tzinfo=None)


def timetable(
    zone: str,
    hours: Mapping[str, Hours],
    *,
    closed: Sequence[date] = (),
    special: Mapping[date, Hours] | None = None,
) -> Timetable:
    """Return the timetable of weekly hours (`mon` to `sun`), closed days and days with hours of their own.

    Days in `special` go before `closed` ones, which go before their weekday. Raises `NoOpenHours`, `NotHours`.
    """
    days: dict[date, tuple[Window, ...]] = dict.fromkeys(closed, ())
    days |= {day: windows(pairs) for day, pairs in (special or {}).items()}
    return Timetable(ZoneInfo(zone), tuple(windows(hours.get(name, ())) for name in WEEKDAYS), days)


def round_the_clock(zone: str = "UTC") -> Timetable:
    """Return the timetable that is always open."""
    return Timetable(ZoneInfo(zone), (joined([(0, DAY)]),) * 7)
