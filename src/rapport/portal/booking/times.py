"""What a booking page shows: a week of free times in the visitor's own zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from babel.core import get_global

from rapport.kernel import clock
from rapport.meetings import queries
from rapport.meetings.models import Meeting, MeetingType

DAYS = 7


@dataclass(frozen=True, slots=True)
class Times:
    """A week of free times; `days` are those that have some. `before` and `after` are the first days of others."""

    zone: str
    first: date
    last: date
    days: list[tuple[date, list[datetime]]]
    before: date | None
    after: date | None


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """Return the names of the time zones that people live in."""
    known = get_global("zone_territories")
    found = {name for name, country in known.items() if country.isalpha() and "/" in name}
    return ("UTC", *sorted(name for name in found & clock.zones() if not name.startswith(("Etc/", "System"))))


def zone_of(text: str, otherwise: str) -> str:
    """Return the zone that a visitor chose, or `otherwise` for what is none."""
    return text if text in clock.zones() else otherwise


def times(kind: MeetingType, zone: str, wanted: str, *, meeting: Meeting | None = None) -> Times:
    """Return a week of times, from the day `wanted` on or the first that has any; for moving, those of its host."""
    now = clock.now()
    last_day = (now + timedelta(days=kind.horizon_days)).astimezone(ZoneInfo(zone)).date()
    today = clock.today(zone)
    first = min(max(_date(wanted, today), today), last_day)
    found = _free(kind, zone, first, meeting)
    if not wanted and not found:
        later = _first_free(kind, zone, first, last_day, meeting)
        first, found = (later, _free(kind, zone, later, meeting)) if later else (first, found)
    there = ZoneInfo(zone)
    days = [(day, list(group)) for day, group in groupby(found, key=lambda at: at.astimezone(there).date())]
    back, onward = max(first - timedelta(days=DAYS), today), first + timedelta(days=DAYS)
    return Times(
        zone, first, first + timedelta(days=DAYS - 1), days, back if first > today else None,
        onward if onward <= last_day else None,
    )  # fmt: skip


def is_free(kind: MeetingType, at: datetime) -> bool:
    """Return whether a time can be booked now with anybody."""
    return at in queries.free_of_any(kind, at, at + queries.INSTANT)


def moment(text: str) -> datetime | None:
    """Return the time in an address, None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.astimezone(ZoneInfo("UTC")) if found.tzinfo else None


def _free(kind: MeetingType, zone: str, first: date, meeting: Meeting | None, days: int = DAYS) -> list[datetime]:
    start, end = clock.day_start(first, zone), clock.day_end(first + timedelta(days=days - 1), zone)
    if meeting is not None and meeting.organiser_id is not None:
        return queries.free_of(kind, meeting.organiser_id, start, end, leaving=meeting.pk)
    return queries.free_of_any(kind, start, end)


def _first_free(kind: MeetingType, zone: str, first: date, last: date, meeting: Meeting | None) -> date | None:
    found = _free(kind, zone, first, meeting, days=(last - first).days + 1)
    return found[0].astimezone(ZoneInfo(zone)).date() if found else None


def _date(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
