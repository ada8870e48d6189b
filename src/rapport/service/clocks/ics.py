"""Holidays out of an iCalendar file (RFC 5545), as public offices and calendar programs give them out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rruleset, rrulestr
from django.utils.translation import gettext as _
from icalendar import Calendar

LARGEST = 2_000_000
"""Bytes of a file that is read."""
MOST = 2_000
"""Entries of a file that are read; a country has about fifteen holidays a year."""
REPEATING = frozenset({"YEARLY", "MONTHLY", "WEEKLY"})
DAY = timedelta(days=1)


class NotCalendar(ValueError):
    """The file is no iCalendar file, or one that is too large."""


@dataclass(frozen=True, slots=True, order=True)
class Holiday:
    """A day on which it is closed, what it is called, and what the file calls the entry that it comes from."""

    day: date
    name: str
    uid: str = ""


def holidays(data: bytes, zone: str, first: date, last: date) -> list[Holiday]:
    """Return the days from `first` to `last` that entries of an iCalendar file cover as a whole in `zone`, in order.

    Entries that repeat are followed; those that were cancelled, and those about hours of a day, are left out. A day
    that several entries name is called by the first. Raises `NotCalendar`.
    """
    if len(data) > LARGEST:
        raise NotCalendar(_("The file is too large for a list of holidays."))
    try:
        entries: list[Any] = [one for part in Calendar.from_ical(data, multiple=True) for one in part.walk("VEVENT")]
    except (ValueError, IndexError, KeyError, TypeError) as error:
        raise NotCalendar(_("This is no calendar file (.ics).")) from error
    if not entries or len(entries) > MOST:
        raise NotCalendar(_("The file has no entries, or too many for a list of holidays."))
    found: dict[date, Holiday] = {}
    for entry in entries:
        for day in _days(entry, ZoneInfo(zone), first, last):
            found.setdefault(day, Holiday(day, str(entry.get("SUMMARY", "")).strip()[:120], str(entry.get("UID", ""))))
    return sorted(found.values())


def _days(entry: Any, zone: ZoneInfo, first: date, last: date) -> Iterator[date]:
    """Yield the whole days that one entry covers."""
    if str(entry.get("STATUS", "")).upper() == "CANCELLED" or "DTSTART" not in entry:
        return
    try:
        start, end = _bounds(entry, zone)
        starts = _starts(entry, zone, start, first - (end - start), last)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return  # an entry that cannot be read is not worth the others
    for begin in starts:
        day = begin.date() if begin.time() == time.min else begin.date() + DAY
        until = (begin + (end - start)).date()
        while day < until:
            if first <= day <= last:
                yield day
            day += DAY


def _bounds(entry: Any, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return start and end on the clock of the zone; a day without an end is one day (RFC 5545, 3.6.1)."""
    whole = not isinstance(entry["DTSTART"].dt, datetime)
    start = _local(entry["DTSTART"].dt, zone)
    if "DTEND" in entry:
        end = _local(entry["DTEND"].dt, zone)
    elif "DURATION" in entry:
        end = start + entry["DURATION"].dt
    else:
        end = start + (DAY if whole else timedelta(0))
    return start, max(end, start + DAY) if whole else end


def _starts(entry: Any, zone: ZoneInfo, start: datetime, first: date, last: date) -> list[datetime]:
    """Return the starts of an entry, each time that it repeats, within some days."""
    found = rruleset()
    found.rdate(start)
    for rule in _several(entry.get("RRULE")):
        if str(rule.get("FREQ", [""])[0]).upper() in REPEATING:
            made = rrulestr(_rule(rule), dtstart=start)
            if isinstance(made, rrule):
                found.rrule(made)
    for listed in _several(entry.get("RDATE")):
        for one in listed.dts:
            found.rdate(_local(one.dt, zone))
    for listed in _several(entry.get("EXDATE")):
        for one in listed.dts:
            found.exdate(_local(one.dt, zone))
    return list(found.between(datetime.combine(first, time.min), datetime.combine(last, time.max), inc=True))


def _rule(rule: Any) -> str:
    """Return a rule as text whose last day is a time on the clock of the zone, as the start of the entry is."""
    until = rule.get("UNTIL")
    text = ";".join(part for part in rule.to_ical().decode().split(";") if not part.startswith("UNTIL="))
    return f"{text};UNTIL={until[0]:%Y%m%d}T235959" if until else text


def _local(value: date | datetime, zone: ZoneInfo) -> datetime:
    """Return a day or moment on the clock of a zone; a day begins at midnight there, whatever zone that is."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min)
    return (value if value.tzinfo is None else value.astimezone(zone)).replace(tzinfo=None)


def _several(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
