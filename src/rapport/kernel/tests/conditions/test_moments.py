"""Relative dates: whole days of the reader's zone, also where the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel.conditions.moments import (
    EARLIEST,
    LATEST,
    Ctx,
    anniversaries,
    day_of,
    days_of,
    period_of,
    shifted,
    stretch_of,
)
from rapport.kernel.conditions.values import Calendar, Day, Last, Next, Now, Period, Span, Today


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


LISBON = Ctx(now=at("2024-03-31T00:30:00Z"), zone="Europe/Lisbon")
"""Half an hour before the clocks go forward; a Sunday."""


@pytest.mark.parametrize(
    ("period", "first", "after"),
    [
        (Last(n=1, unit="day"), "2024-03-31", "2024-04-01"),
        (Last(n=7, unit="day"), "2024-03-25", "2024-04-01"),
        (Last(n=1, unit="month"), "2024-03-01", "2024-04-01"),
        (Next(n=1, unit="day"), "2024-03-31", "2024-04-01"),
        (Next(n=1, unit="month"), "2024-03-31", "2024-04-30"),
        (Calendar(which="this", unit="week"), "2024-03-25", "2024-04-01"),
        (Calendar(which="previous", unit="month"), "2024-02-01", "2024-03-01"),
        (Calendar(which="this", unit="quarter"), "2024-01-01", "2024-04-01"),
        (Calendar(which="following", unit="year"), "2025-01-01", "2026-01-01"),
        (Calendar(which="previous", unit="day"), "2024-03-30", "2024-03-31"),
        (Span(start=Day(on=date(2024, 1, 1)), end=Today()), "2024-01-01", "2024-04-01"),
    ],
)
def test_period_in_days(period: Period, first: str, after: str) -> None:
    assert days_of(period, LISBON) == (date.fromisoformat(first), date.fromisoformat(after))


def test_week_starts_on_the_readers_day() -> None:
    sunday = Ctx(now=LISBON.now, zone="Europe/Lisbon", week_start=6)
    assert days_of(Calendar(which="this", unit="week"), sunday) == (date(2024, 3, 31), date(2024, 4, 7))


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("Europe/Lisbon", "2024-03-31", "2024-03-31T00:00:00Z", 23),
        ("Europe/Lisbon", "2024-10-27", "2024-10-26T23:00:00Z", 25),
        ("America/Sao_Paulo", "2017-10-15", "2017-10-15T03:00:00Z", 23),
        ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z", 25),
        ("Asia/Kolkata", "2024-03-31", "2024-03-30T18:30:00Z", 24),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", 24),
    ],
)
def test_day_is_as_long_as_the_zone_says(zone: str, day: str, start: str, hours: int) -> None:
    first, after = stretch_of(Day(on=date.fromisoformat(day)), Ctx(now=LISBON.now, zone=zone))
    assert (first, after - first) == (at(start), timedelta(hours=hours))


def test_today_is_the_readers() -> None:
    late = at("2024-12-31T23:30:00Z")
    assert day_of(Today(), Ctx(now=late, zone="Asia/Kolkata")) == date(2025, 1, 1)
    assert day_of(Today(), Ctx(now=late, zone="America/New_York")) == date(2024, 12, 31)


def test_hours_are_of_the_clock_and_include_now() -> None:
    start, end = period_of(Last(n=24, unit="hour"), LISBON)
    assert (start, end) == (LISBON.now - timedelta(hours=24), LISBON.now + timedelta(microseconds=1))


def test_days_from_now_keep_the_time_on_the_wall() -> None:
    ctx = Ctx(now=at("2024-03-30T12:00:00Z"), zone="Europe/Lisbon")
    assert stretch_of(Now(shift=1, unit="day"), ctx)[0] == at("2024-03-31T11:00:00Z")


def test_month_without_the_day_ends_on_its_last() -> None:
    assert shifted(date(2024, 3, 31), -1, "month") == date(2024, 2, 29)


@given(
    day=st.dates(EARLIEST, LATEST),
    n=st.integers(-40_000, 40_000),
    unit=st.sampled_from(["day", "week", "month", "year"]),
)
def test_shifting_stays_within_the_known_years(day: date, n: int, unit: str) -> None:
    assert EARLIEST <= shifted(day, n, unit) <= LATEST


@given(
    first=st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    length=st.integers(0, 800),
    born=st.dates(date(1900, 1, 1), date(2030, 1, 1)),
)
def test_anniversaries_are_found_by_going_through_the_days(first: date, length: int, born: date) -> None:
    spans = anniversaries(first, first + timedelta(days=length))
    days = [first + timedelta(days=step) for step in range(length)]

    def falls_on(day: date) -> bool:
        leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
        if (born.month, born.day) == (2, 29) and not leap:
            return (day.month, day.day) == (2, 28)
        return (day.month, day.day) == (born.month, born.day)

    key = born.month * 100 + born.day
    assert any(low <= key <= high for low, high in spans) == any(map(falls_on, days))
