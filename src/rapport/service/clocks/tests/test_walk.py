"""Rules of business time, checked on calendars of every kind against a walk from minute to minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.service.clocks.timetable import WEEKDAYS, NoOpenHours, Timetable, round_the_clock, timetable
from rapport.service.clocks.walk import OpenTime, Pause, TooFar

MINUTE = timedelta(minutes=1)
SPRING = datetime(2026, 3, 28, tzinfo=UTC)  # Europe changes its clocks in the night after
AUTUMN = datetime(2026, 10, 24, tzinfo=UTC)
OFFICE = {name: [["09:00", "17:00"]] for name in WEEKDAYS[:5]}
ZONES = ("UTC", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe")


def clock_times() -> st.SearchStrategy[list[str]]:
    quarters = st.integers(0, 95)
    return st.tuples(quarters, st.integers(1, 96)).map(lambda pair: [f"{at // 4:02}:{at % 4 * 15:02}" for at in pair])


def pairs() -> st.SearchStrategy[list[list[str]]]:
    return st.lists(clock_times(), max_size=3)


@st.composite
def timetables(draw: st.DrawFn) -> Timetable:
    """Return timetables with lunch breaks, nights, holidays and days of their own around both changes of the clocks."""
    hours = {name: draw(pairs()) for name in WEEKDAYS}
    hours["wed"] = hours["wed"] or [["08:00", "16:30"]]  # so that it opens every week
    start = draw(st.sampled_from((SPRING, AUTUMN))).date()
    days = st.integers(-3, 6).map(lambda n: start + timedelta(days=n))
    closed = draw(st.lists(days, max_size=2))
    special = draw(st.dictionaries(days, pairs(), max_size=2))
    return timetable(draw(st.sampled_from(ZONES)), hours, closed=closed, special=special)


def moments() -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda base, minutes: base + minutes * MINUTE, st.sampled_from((SPRING, AUTUMN)), st.integers(-1500, 5000)
    )


@st.composite
def paused(draw: st.DrawFn) -> list[Pause]:
    """Return up to three pauses in any order, some of them within one another, some empty."""
    starts = draw(st.lists(moments(), max_size=3))
    return [(at, at + draw(st.integers(0, 2000)) * MINUTE) for at in starts]


def open_minutes(table: Timetable, start: datetime, end: datetime, gaps: list[Pause]) -> int:
    """Count the open minutes between two whole minutes by looking at each of them on the clock of the zone."""
    count, at = 0, start
    while at < end:
        count += open_at(table, at) and not any(low <= at < high for low, high in gaps if high is not None)
        at += MINUTE
    return count


def open_at(table: Timetable, at: datetime) -> bool:
    return any(low <= at < high for low, high in stretches_near(table, at))


def stretches_near(table: Timetable, at: datetime) -> list[tuple[datetime, datetime]]:
    today = at.astimezone(table.zone).date()
    found = []
    for day in (today - timedelta(days=back) for back in (-1, 0, 1, 2)):
        for low, high in table.windows_on(day):
            (start, start_is), (end, end_is) = instant(table.zone, day, low), instant(table.zone, day, high)
            if start_is or end_is:
                found.append((start, end))
    return found


def instant(zone: ZoneInfo, day: date, minutes: int) -> tuple[datetime, bool]:
    """Return a time of day in UTC, and whether the clocks show it that day."""
    naive = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    there = naive.replace(tzinfo=zone).astimezone(UTC)
    return there, there.astimezone(zone).replace(tzinfo=None) == naive


@settings(max_examples=40, deadline=None)
@given(timetables(), moments(), st.integers(0, 2000), paused())
def test_it_agrees_with_looking_at_every_minute(
    table: Timetable, start: datetime, minutes: int, gaps: list[Pause]
) -> None:
    end = start + minutes * MINUTE
    assert OpenTime(table).elapsed(start, end, gaps) == open_minutes(table, start, end, gaps) * MINUTE


@settings(max_examples=60, deadline=None)
@given(timetables(), moments(), st.integers(1, 6000), paused())
def test_what_is_due_is_due_when_that_much_has_passed_and_not_before(
    table: Timetable, start: datetime, seconds: int, gaps: list[Pause]
) -> None:
    open_time, length = OpenTime(table), timedelta(seconds=seconds)
    due = open_time.add(start, length, gaps)
    assert due is not None
    assert open_time.elapsed(start, due, gaps) == length
    assert open_time.elapsed(start, due - timedelta(microseconds=1), gaps) < length


@settings(max_examples=60, deadline=None)
@given(timetables(), moments(), st.lists(st.integers(0, 300_000), min_size=2, max_size=5), paused())
def test_more_time_is_never_due_earlier_and_later_never_had_less(
    table: Timetable, start: datetime, seconds: list[int], gaps: list[Pause]
) -> None:
    open_time = OpenTime(table)
    lengths = [timedelta(seconds=count) for count in sorted(seconds)]
    dues = [open_time.add(start, length, gaps) for length in lengths]
    assert dues == sorted(due for due in dues if due is not None)
    passed = [open_time.elapsed(start, start + length, gaps) for length in lengths]
    assert passed == sorted(passed)


@settings(max_examples=60, deadline=None)
@given(timetables(), moments(), st.integers(1, 200_000))
def test_back_and_forth_is_as_much_time(table: Timetable, end: datetime, seconds: int) -> None:
    open_time, length = OpenTime(table), timedelta(seconds=seconds)
    start = open_time.subtract(end, length)
    assert open_time.elapsed(start, end) == length
    assert open_time.elapsed(start + timedelta(microseconds=1), end) < length


@settings(max_examples=60, deadline=None)
@given(timetables(), st.lists(moments(), min_size=2, max_size=6), st.integers(1, 100_000))
def test_the_order_of_questions_does_not_matter(table: Timetable, starts: list[datetime], seconds: int) -> None:
    kept, length = OpenTime(table), timedelta(seconds=seconds)
    assert [kept.add(at, length) for at in starts] == [OpenTime(table).add(at, length) for at in starts]


@settings(max_examples=60, deadline=None)
@given(timetables(), moments())
def test_periods_are_the_open_time(table: Timetable, start: datetime) -> None:
    open_time, end = OpenTime(table), start + timedelta(days=4)
    passed, last = timedelta(0), start
    for low, high in open_time.periods(start):
        if low >= end:
            break
        assert last <= low < high
        assert open_time.opens(last) == low
        passed, last = passed + min(high, end) - low, high
    assert passed == open_time.elapsed(start, end)


def test_a_clock_that_stands_still_is_never_due() -> None:
    start, office = datetime(2026, 7, 1, 9, tzinfo=UTC), OpenTime(timetable("UTC", OFFICE))
    still: list[Pause] = [(start + timedelta(hours=1), None)]
    assert office.add(start, timedelta(hours=2), still) is None
    assert office.add(start, timedelta(hours=1), still) == start + timedelta(hours=1)
    assert office.elapsed(start, start + timedelta(days=30), still) == timedelta(hours=1)


def test_no_time_at_all_is_due_at_once() -> None:
    night = datetime(2026, 7, 4, 3, tzinfo=UTC)
    assert OpenTime(timetable("UTC", OFFICE)).add(night, timedelta(0)) == night


def test_a_holiday_ends_no_night_but_begins_none() -> None:
    nights = timetable("UTC", {name: [["22:00", "06:00"]] for name in WEEKDAYS}, closed=[date(2026, 12, 25)])
    found = OpenTime(nights).periods(datetime(2026, 12, 24, 12, tzinfo=UTC))
    first, second = next(found), next(found)
    assert first == (datetime(2026, 12, 24, 22, tzinfo=UTC), datetime(2026, 12, 25, 6, tzinfo=UTC))
    assert second[0] == datetime(2026, 12, 26, 22, tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 7, 1), 24)])
def test_a_day_round_the_clock_is_as_long_as_it_is(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    start, end = (datetime(one.year, one.month, one.day, tzinfo=zone) for one in (day, day + timedelta(days=1)))
    assert OpenTime(round_the_clock("Europe/Berlin")).elapsed(start, end) == timedelta(hours=hours)


def test_hours_that_the_clocks_skip_are_no_hours() -> None:
    sunday = timetable("Europe/Berlin", {"sun": [["02:10", "02:50"]], "mon": [["09:00", "10:00"]]})
    first = next(OpenTime(sunday).periods(SPRING))
    assert first == (datetime(2026, 3, 30, 7, tzinfo=UTC), datetime(2026, 3, 30, 8, tzinfo=UTC))


def test_a_day_that_a_zone_leaves_out_has_no_hours() -> None:
    samoa = timetable("Pacific/Apia", {name: [["00:00", "24:00"]] for name in WEEKDAYS})
    start, end = datetime(2011, 12, 29, 10, tzinfo=UTC), datetime(2011, 12, 31, 10, tzinfo=UTC)
    assert OpenTime(samoa).elapsed(start, end) == timedelta(hours=48)


def test_a_calendar_without_hours_is_refused() -> None:
    with pytest.raises(NoOpenHours):
        timetable("UTC", {}, special={date(2026, 1, 1): []})


def test_a_calendar_that_was_open_once_is_not_walked_for_ever() -> None:
    once = OpenTime(timetable("UTC", {}, special={date(2026, 1, 1): [["09:00", "10:00"]]}))
    start = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert once.add(start, timedelta(hours=1)) == start + timedelta(hours=1)
    with pytest.raises(TooFar):
        once.add(start, timedelta(hours=1, seconds=1))
    with pytest.raises(TooFar):
        once.subtract(start, timedelta(seconds=1))
    assert once.opens(start + timedelta(hours=1)) is None
    assert list(once.periods(start)) == [(start, start + timedelta(hours=1))]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(TypeError):
        OpenTime(round_the_clock()).add(SPRING.replace(tzinfo=None), MINUTE)
