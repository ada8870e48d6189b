from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.service.clocks.ics import LARGEST, MOST, Holiday, NotCalendar, holidays

FIRST, LAST = date(2025, 1, 1), date(2028, 12, 31)


def file(*entries: str) -> bytes:
    """Return a calendar file of entries, each a few lines."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN"]
    for entry in entries:
        lines += ["BEGIN:VEVENT", *(line.strip() for line in entry.strip().splitlines()), "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def days(*entries: str, zone: str = "Europe/Berlin") -> list[str]:
    return [f"{one.day:%Y-%m-%d}" for one in holidays(file(*entries), zone, FIRST, LAST)]


def test_a_day_has_its_name() -> None:
    made = file("UID:x@example.com\nDTSTART;VALUE=DATE:20261003\nSUMMARY:Tag der Deutschen Einheit")
    assert holidays(made, "Europe/Berlin", FIRST, LAST) == [
        Holiday(date(2026, 10, 3), "Tag der Deutschen Einheit", "x@example.com")
    ]


def test_an_end_is_the_first_day_after() -> None:
    assert days("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261227") == ["2026-12-25", "2026-12-26"]
    assert days("DTSTART;VALUE=DATE:20261225\nDTEND;VALUE=DATE:20261225") == ["2026-12-25"]
    assert days("DTSTART;VALUE=DATE:20261225\nDURATION:P2D") == ["2026-12-25", "2026-12-26"]


def test_what_repeats_is_followed_within_the_days_asked_for() -> None:
    yearly = "DTSTART;VALUE=DATE:19900501\nRRULE:FREQ=YEARLY"
    assert days(yearly) == ["2025-05-01", "2026-05-01", "2027-05-01", "2028-05-01"]
    assert days(yearly + ";UNTIL=20260501") == ["2025-05-01", "2026-05-01"]
    assert days(yearly + ";UNTIL=20260501T235959Z") == ["2025-05-01", "2026-05-01"]
    assert days(yearly + "\nEXDATE;VALUE=DATE:20260501") == ["2025-05-01", "2027-05-01", "2028-05-01"]
    thanksgiving = "DTSTART;VALUE=DATE:20201126\nRRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"
    assert days(thanksgiving) == ["2025-11-27", "2026-11-26", "2027-11-25", "2028-11-23"]
    assert days("DTSTART;VALUE=DATE:20260101\nRDATE;VALUE=DATE:20260106") == ["2026-01-01", "2026-01-06"]


def test_repetitions_without_measure_are_not_followed() -> None:
    assert days("DTSTART;VALUE=DATE:20260101\nRRULE:FREQ=SECONDLY") == ["2026-01-01"]


def test_only_whole_days_of_the_zone_count() -> None:
    assert days("DTSTART:20261224T140000\nDTEND:20261224T180000") == []
    assert days("DTSTART:20261224T140000\nDTEND:20261227T000000") == ["2026-12-25", "2026-12-26"]
    midnight = "DTSTART:20261224T230000Z\nDTEND:20261225T230000Z"
    assert (days(midnight), days(midnight, zone="UTC")) == (["2026-12-25"], [])


def test_what_was_cancelled_is_left_out_and_a_bad_entry_spoils_no_other() -> None:
    good, gone = "DTSTART;VALUE=DATE:20260101", "DTSTART;VALUE=DATE:20260102\nSTATUS:CANCELLED"
    bad, none = "DTSTART;VALUE=DATE:20261399", "SUMMARY:without a day"
    assert days(bad, gone, none, good) == ["2026-01-01"]


def test_a_day_that_is_named_twice_is_there_once() -> None:
    both = file("DTSTART;VALUE=DATE:20260406\nSUMMARY:Easter", "DTSTART;VALUE=DATE:20260406\nSUMMARY:Market")
    assert [one.name for one in holidays(both, "UTC", FIRST, LAST)] == ["Easter"]


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"\xff\xfe\x00", file(), file()[:30], b"x" * (LARGEST + 1), file(*["SUMMARY:x"] * (MOST + 1))],
    ids=["empty", "text", "bytes", "no entries", "cut off", "large", "many"],
)
def test_what_is_no_list_of_holidays_is_refused(data: bytes) -> None:
    with pytest.raises(NotCalendar):
        holidays(data, "UTC", FIRST, LAST)


@given(st.binary(max_size=300))
def test_no_bytes_break_it(rubbish: bytes) -> None:
    good = file("DTSTART;VALUE=DATE:20260101")
    for data in (rubbish, good[:60] + rubbish + good[60:], good.replace(b"20260101", rubbish)):
        try:
            assert isinstance(holidays(data, "UTC", FIRST, LAST), list)
        except NotCalendar:
            continue
