"""What "today", "last 7 days" and "me" come to: a context turns values into days and instants.

A day-valued moment is a whole day in the context's zone. Every comparison of dates becomes a half-open window
[start, end), of days for date fields and of instants in UTC for moments, so that no engine converts zones itself.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.kernel.conditions.values import (
    CLOCK_UNITS,
    FIRST_YEAR,
    LAST_YEAR,
    Calendar,
    Day,
    Instant,
    Last,
    Moment,
    Next,
    Now,
    Period,
    Span,
    Today,
)

EARLIEST = date(FIRST_YEAR, 1, 1)
LATEST = date(LAST_YEAR, 12, 30)
TICK = timedelta(microseconds=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_CLOCK = {"second": timedelta(seconds=1), "minute": timedelta(minutes=1), "hour": timedelta(hours=1)}


@dataclass(frozen=True)
class Ctx:
    """Who looks and when: the moment (UTC), an IANA zone, the week's first day (0 Monday … 6 Sunday), the actor.

    `currency` is the organisation's, meant by amounts that name none. `news` gives the events of a thing by type
    for conditions in memory, in the place of a query.
    """

    now: datetime = field(default_factory=clock.now)
    zone: str = "UTC"
    week_start: int = 0
    actor: Actor = SYSTEM
    currency: str = "EUR"
    news: Callable[[Any, str], Iterable[Any]] | None = None

    @cached_property
    def today(self) -> date:
        """The calendar day in the zone."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `start` up to but not including `end`; None is open."""

    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The instants from `start` up to but not including `end`, in UTC; None is open."""

    start: datetime | None = None
    end: datetime | None = None


def shifted(day: date, n: int, unit: str) -> date:
    """Return `day` moved by n days, weeks, months, quarters or years.

    A day that the month does not have becomes its last one; beyond the known years it stops at their border.
    """
    if unit in _MONTHS:
        month = day.year * 12 + day.month - 1 + n * _MONTHS[unit]
        year, index = divmod(month, 12)
        if year < FIRST_YEAR or year > LAST_YEAR:
            return EARLIEST if year < FIRST_YEAR else LATEST
        day = date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))
    else:
        ordinal = day.toordinal() + n * (7 if unit == "week" else 1)
        day = date.fromordinal(min(max(ordinal, EARLIEST.toordinal()), LATEST.toordinal()))
    return min(max(day, EARLIEST), LATEST)


def _later(at: datetime, n: int, unit: str, ctx: Ctx) -> datetime:
    """Return the instant n units after `at`; days and longer keep the time on the wall of the zone."""
    if unit in _CLOCK:
        return at + n * _CLOCK[unit]
    local = at.astimezone(ZoneInfo(ctx.zone))
    day = shifted(local.date(), n, unit)
    return datetime.combine(day, local.timetz().replace(fold=0)).astimezone(UTC)


def day_of(moment: Moment, ctx: Ctx) -> date:
    """Return the calendar day of a moment in the context's zone."""
    if isinstance(moment, Day):
        return moment.on
    if isinstance(moment, Today):
        return shifted(ctx.today, moment.shift, moment.unit)
    return _instant(moment, ctx).astimezone(ZoneInfo(ctx.zone)).date()


def _instant(moment: Instant | Now, ctx: Ctx) -> datetime:
    if isinstance(moment, Instant):
        return moment.at.astimezone(UTC)
    return _later(ctx.now, moment.shift, moment.unit, ctx)


def stretch_of(moment: Moment, ctx: Ctx) -> tuple[datetime, datetime]:
    """Return the first instant of a moment and the first one after it: a whole day, or one microsecond."""
    if isinstance(moment, Instant | Now):
        at = _instant(moment, ctx)
        return at, at + TICK
    day = day_of(moment, ctx)
    return clock.day_start(day, ctx.zone), clock.day_end(day, ctx.zone)


def days_of(period: Period, ctx: Ctx) -> tuple[date, date]:
    """Return the first day of a period and the first one after it."""
    one = timedelta(days=1)
    if isinstance(period, Span):
        return day_of(period.start, ctx), day_of(period.end, ctx) + one
    if isinstance(period, Calendar):
        start = _start_of(ctx.today, period.unit, ctx.week_start)
        steps = {"previous": -1, "this": 0, "following": 1}[period.which]
        first = shifted(start, steps, period.unit)
        return first, shifted(first, 1, period.unit)
    if period.unit in CLOCK_UNITS:
        start_at, end_at = period_of(period, ctx)
        zone = ZoneInfo(ctx.zone)
        return start_at.astimezone(zone).date(), (end_at - TICK).astimezone(zone).date() + one
    if isinstance(period, Last):
        return shifted(ctx.today, -period.n, period.unit) + one, ctx.today + one
    return ctx.today, shifted(ctx.today, period.n, period.unit)


def period_of(period: Period, ctx: Ctx) -> tuple[datetime, datetime]:
    """Return the first instant of a period and the first one after it, in UTC."""
    if isinstance(period, Last) and period.unit in CLOCK_UNITS:
        return ctx.now - period.n * _CLOCK[period.unit], ctx.now + TICK
    if isinstance(period, Next) and period.unit in CLOCK_UNITS:
        return ctx.now, ctx.now + period.n * _CLOCK[period.unit] + TICK
    if isinstance(period, Span):
        return stretch_of(period.start, ctx)[0], stretch_of(period.end, ctx)[1]
    first, after = days_of(period, ctx)
    return clock.day_start(first, ctx.zone), clock.day_start(after, ctx.zone)


def _start_of(day: date, unit: str, week_start: int) -> date:
    if unit == "week":
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    if unit == "year":
        return day.replace(month=1, day=1)
    return day


def anniversaries(first: date, after: date) -> tuple[tuple[int, int], ...]:
    """Return the days of the year in [first, after) as spans of month × 100 + day, both ends included.

    29 February falls on the 28th in years without it.
    """
    if after <= first:
        return ()
    last = after - timedelta(days=1)
    if (after - first).days >= 366:
        return ((101, 1231),)
    spans = []
    for year in range(first.year, last.year + 1):
        start = max(first, date(year, 1, 1))
        end = min(last, date(year, 12, 31))
        upto = end.month * 100 + end.day
        if upto == 228 and monthrange(year, 2)[1] == 28:
            upto = 229
        spans.append((start.month * 100 + start.day, upto))
    return tuple(spans)
