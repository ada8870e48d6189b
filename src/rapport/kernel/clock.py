"""One clock for the whole product, in UTC. Tests stop it with `frozen`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Stop the clock at `at` (aware) for the code inside."""
    if at.tzinfo is None:
        raise ValueError("a moment needs a zone")
    token = _frozen.set(at.astimezone(UTC))
    try:
        yield
    finally:
        _frozen.reset(token)


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones: looked for on the disk once, as that takes longer than most requests."""
    return frozenset(available_timezones())


def today(zone: str) -> date:
    """Return the calendar day that it is now in `zone` (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


def day_start(day: date, zone: str) -> datetime:
    """Return the first moment of `day` in `zone`, in UTC."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def day_end(day: date, zone: str) -> datetime:
    """Return the first moment after `day` in `zone`, in UTC: days are half-open."""
    return day_start(day + timedelta(days=1), zone)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time [start, end), both aware and in UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError("a period ends before it starts")

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @classmethod
    def of_days(cls, first: date, last: date, zone: str) -> Period:
        """Return the period from the start of `first` to the end of `last` in `zone`."""
        return cls(day_start(first, zone), day_end(last, zone))
