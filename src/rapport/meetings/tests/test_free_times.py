"""Free times over zones and changes of the clock: plain properties, and a few cases by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.meetings.free import MICROSECOND, Wish, free_times, is_free
from rapport.service.clocks.timetable import Timetable, timetable

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ZONES = ["Europe/London", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]
HALF = timedelta(minutes=30)


def daily(zone: str, *pairs: tuple[str, str]) -> Timetable:
    return timetable(zone, {key: [list(pair) for pair in pairs] for key in WEEK})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def day_of(zone: str, day: date) -> tuple[datetime, datetime]:
    start = datetime.combine(day, datetime.min.time(), ZoneInfo(zone))
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
    return start.astimezone(UTC), end.astimezone(UTC)


def test_times_fill_the_open_hours_and_the_last_one_ends_with_them() -> None:
    first, last = day_of("Europe/London", date(2026, 5, 4))
    found = free_times(daily("Europe/London", ("09:00", "11:00")), Wish(HALF, HALF), [], first=first, last=last)
    assert found == [at(f"2026-05-04T{one}+01:00") for one in ("09:00", "09:30", "10:00", "10:30")]


def test_what_is_busy_is_not_offered_and_touching_is_no_overlap() -> None:
    first, last = day_of("UTC", date(2026, 5, 4))
    busy = [(at("2026-05-04T09:30+00:00"), at("2026-05-04T10:00+00:00"))]
    found = free_times(daily("UTC", ("09:00", "11:00")), Wish(HALF, HALF), busy, first=first, last=last)
    assert [one.strftime("%H:%M") for one in found] == ["09:00", "10:00", "10:30"]


def test_buffers_keep_their_distance_on_both_sides() -> None:
    first, last = day_of("UTC", date(2026, 5, 4))
    busy = [(at("2026-05-04T10:00+00:00"), at("2026-05-04T10:30+00:00"))]
    wish = Wish(HALF, HALF, before=timedelta(minutes=15), after=timedelta(minutes=1))
    found = free_times(daily("UTC", ("09:00", "12:00")), wish, busy, first=first, last=last)
    assert [one.strftime("%H:%M") for one in found] == ["09:00", "11:00", "11:30"]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 5, 4), 24)])
def test_a_day_on_which_clocks_change_has_as_many_hours_as_it_lasts(day: date, hours: int) -> None:
    first, last = day_of("Europe/London", day)
    hour = timedelta(hours=1)
    found = free_times(daily("Europe/London", ("00:00", "24:00")), Wish(hour, hour), [], first=first, last=last)
    assert len(found) == len(set(found)) == hours


def test_a_night_is_offered_on_both_sides_of_midnight() -> None:
    first, last = day_of("UTC", date(2026, 5, 4))
    found = free_times(daily("UTC", ("23:00", "01:00")), Wish(HALF, HALF), [], first=first, last=last)
    assert [one.strftime("%H:%M") for one in found] == ["00:00", "00:30", "23:00", "23:30"]


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    day=st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    minutes=st.sampled_from([15, 20, 30, 45, 60, 90]),
    opens=st.integers(0, 22),
    length=st.integers(1, 10),
    before=st.integers(0, 45),
    after=st.integers(0, 45),
    busy=st.lists(st.tuples(st.integers(-600, 2400), st.integers(1, 300)), max_size=5),
)
def test_every_free_time_is_open_and_free_and_none_is_left_out(
    zone: str, day: date, minutes: int, opens: int, length: int, before: int, after: int,
    busy: list[tuple[int, int]],
) -> None:  # fmt: skip
    open_until = min(opens + length, 24)
    hours = daily(zone, (f"{opens:02}:00", f"{open_until:02}:00"))
    first, last = day_of(zone, day)
    spans = [(first + timedelta(minutes=low), first + timedelta(minutes=low + long)) for low, long in busy]
    size = timedelta(minutes=minutes)
    wish = Wish(size, timedelta(minutes=15), timedelta(minutes=before), timedelta(minutes=after))
    found = free_times(hours, wish, spans, first=first, last=last)
    assert found == sorted(set(found))
    stretches = [(low, high) for low, high in _open(hours, day)]
    for one in found:
        assert first <= one < last
        assert any(low <= one and one + size <= high for low, high in stretches)
        assert all(not (start < one + size + wish.after and one - wish.before < end) for start, end in spans)
        assert is_free(hours, wish, spans, one)
        assert not is_free(hours, wish, spans, one + MICROSECOND)
    for low, high in stretches:
        start = low
        while start + size <= high:
            clear = all(not (a < start + size + wish.after and start - wish.before < b) for a, b in spans)
            if first <= start < last:
                assert (start in found) == clear
            start += wish.step


def _open(hours: Timetable, day: date) -> list[tuple[datetime, datetime]]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    days = (day - timedelta(days=1), day, day + timedelta(days=1))
    return [
        (epoch + timedelta(microseconds=low), epoch + timedelta(microseconds=high))
        for one in days
        for low, high in hours.stretches_on(one)
    ]
