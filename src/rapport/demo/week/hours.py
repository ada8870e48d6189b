"""When things happen in the week: customers write at any hour, the staff works while the shop is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from rapport.service.clocks.stretches import moment, ticks
from rapport.service.clocks.timetable import Timetable

WEEK = timedelta(days=7)
FRESH = timedelta(hours=15)
LEAST_AGO = timedelta(minutes=7)
BUSY_DAYS = (1.0, 0.95, 0.9, 0.85, 0.9, 0.5, 0.4)
BUSY_HOURS = (
    0.05, 0.02, 0.01, 0.01, 0.01, 0.05, 0.2, 0.45, 0.8, 1.0, 1.0, 0.95, 0.75, 0.8, 0.85, 0.85, 0.7, 0.6, 0.55, 0.6,
    0.65, 0.5, 0.3, 0.12,
)  # fmt: skip
AWAKE = (7, 22)


def writing_moments(number: int, start: datetime, end: datetime, dice: Random, zone: ZoneInfo) -> list[datetime]:
    """Return `number` moments between `start` and `end`, more of them when people write more, in order."""
    found: list[datetime] = []
    length = (end - start).total_seconds()
    while len(found) < number:
        at = start + timedelta(seconds=round(dice.random() * length))
        local = at.astimezone(zone)
        if dice.random() < BUSY_DAYS[local.weekday()] * BUSY_HOURS[local.hour]:
            found.append(at)
    return sorted(found)


def worked(hours: Timetable, at: datetime, minutes: int) -> datetime:
    """Return the moment at which `minutes` of open time have passed since `at`, always while it is open."""
    left, now = timedelta(minutes=max(minutes, 1)), at
    day = at.astimezone(hours.zone).date() - timedelta(days=1)
    while True:
        for low, high in hours.stretches_on(day):
            opens, shuts = moment(low), moment(high)
            begins = max(opens, now)
            if begins + left < shuts:
                return begins + left
            left -= max(shuts - begins, timedelta())
        day += timedelta(days=1)


def awake(at: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Return the moment `minutes` after `at`; what would be at night is in the morning."""
    then = (at + timedelta(minutes=minutes)).astimezone(zone)
    first, last = AWAKE
    if then.hour >= last:
        then = (then + timedelta(days=1)).replace(hour=first + 1, minute=then.minute)
    elif then.hour < first:
        then = then.replace(hour=first + 1)
    return then


def ends_of(hours: Timetable, start: datetime, end: datetime, every: timedelta) -> Sequence[datetime]:
    """Return the moments between `start` and `end`, `every` so often, at which it is open."""
    found, at = [], start + every
    while at < end:
        now = ticks(at)
        if any(low <= now < high for low, high in hours.stretches_on(at.astimezone(hours.zone).date())):
            found.append(at)
        at += every
    return found
