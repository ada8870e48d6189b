"""Whether it is open at a moment, and when it opens next."""

from __future__ import annotations

from datetime import datetime, timedelta

from rapport.service.clocks.stretches import moment, ticks
from rapport.service.clocks.timetable import Timetable

FAR = 370  # days: a calendar that opens no sooner opens nobody knows when


def is_open(hours: Timetable, at: datetime) -> bool:
    """Return whether it is open at `at`, also by a night that began the day before."""
    day, now = at.astimezone(hours.zone).date(), ticks(at)
    days = (day - timedelta(days=1), day)
    return any(start <= now < end for one in days for start, end in hours.stretches_on(one))


def next_opening(hours: Timetable, at: datetime) -> datetime | None:
    """Return the next moment after `at` at which it opens; None when that is not within a year."""
    day, now = at.astimezone(hours.zone).date(), ticks(at)
    for number in range(FAR):
        for start, _end in hours.stretches_on(day + timedelta(days=number)):
            if start > now:
                return moment(start)
    return None
