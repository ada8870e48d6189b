"""Reading an entry of a calendar: what it is, and when its owner is busy by it. No database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar

from rapport.kernel import clock
from rapport.meetings.services.busy import Span

PRIVATE = ("PRIVATE", "CONFIDENTIAL")
MOST = 2_000


class Unreadable(ValueError):
    """The entry is no event that can be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of a calendar. `people` are addresses and names of who is invited, its owner aside."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    zone: str
    all_day: bool
    place: str
    rrule: str
    private: bool
    cancelled: bool
    declined: bool
    people: tuple[tuple[str, str], ...]


def read(data: str, *, owner: str, zone: str) -> Entry:
    """Return the event that `data` describes, the first of a series; `owner` is the address of whose calendar it is.

    A time without a zone is one in `zone`. Raises `Unreadable`.
    """
    try:
        events: list[Any] = list(Calendar.from_ical(data).walk("VEVENT"))
        main = next((one for one in events if "recurrence-id" not in one), None) or events[0]
        starts, ends = _span(main, zone)
        return Entry(
            uid=str(main["uid"])[:255], title=str(main.get("summary", ""))[:200], starts_at=starts, ends_at=ends,
            zone=_zone(main, zone), all_day=_is_day(main), place=str(main.get("location", ""))[:300],
            rrule=main["rrule"].to_ical().decode()[:500] if "rrule" in main else "",
            private=str(main.get("class", "")).upper() in PRIVATE,
            cancelled=str(main.get("status", "")).upper() == "CANCELLED",
            declined=_declined(main, owner), people=tuple(_people(main, owner)),
        )  # fmt: skip
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError) as error:
        raise Unreadable(str(error)) from error


def spans(data: str, *, owner: str, zone: str, start: datetime, end: datetime) -> list[Span]:
    """Return when the owner is busy by an entry in [start, end): each time of a series, with what differs at some.

    What is cancelled or declined is none; what is marked as free is shown and blocks nothing. Raises `Unreadable`.
    """
    try:
        calendar = Calendar.from_ical(data)
        found = recurring_ical_events.of(calendar, skip_bad_series=True).between(start, end)[:MOST]
        return [_as_span(one, zone) for one in found if _counts(one, owner)]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Unreadable(str(error)) from error


def _counts(event: Any, owner: str) -> bool:
    return str(event.get("status", "")).upper() != "CANCELLED" and not _declined(event, owner)


def _as_span(event: Any, zone: str) -> Span:
    starts, ends = _span(event, zone)
    private = str(event.get("class", "")).upper() in PRIVATE
    free = str(event.get("transp", "")).upper() == "TRANSPARENT"
    return Span(starts, ends, str(event.get("summary", ""))[:200], _is_day(event), private, free)


def _span(event: Any, zone: str) -> tuple[datetime, datetime]:
    """Return when an event begins and ends: whole days from midnight, without an end as RFC 5545, 3.6.1 says."""
    starts = event["dtstart"].dt
    length: timedelta | None = event["duration"].dt if "duration" in event else None
    if not isinstance(starts, datetime):
        last = event["dtend"].dt if "dtend" in event else starts + (length or timedelta(days=1))
        return clock.day_start(starts, zone), clock.day_start(max(_day(last), starts + timedelta(days=1)), zone)
    begin = _aware(starts, zone)
    if "dtend" in event:
        return begin, _aware(event["dtend"].dt, zone)
    return begin, begin + (length or timedelta(minutes=1))


def _aware(at: datetime | date, zone: str) -> datetime:
    if not isinstance(at, datetime):
        return clock.day_start(at, zone)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def _day(at: datetime | date) -> date:
    return at.date() if isinstance(at, datetime) else at


def _is_day(event: Any) -> bool:
    return not isinstance(event["dtstart"].dt, datetime)


def _zone(event: Any, zone: str) -> str:
    starts = event["dtstart"].dt
    name = getattr(starts.tzinfo, "key", "") if isinstance(starts, datetime) else ""
    return str(name or zone)


def _invited(event: Any) -> Sequence[Any]:
    found = event.get("attendee", [])
    return found if isinstance(found, list) else [found]


def _address(one: Any) -> str:
    text = str(one).strip().lower()
    return text.removeprefix("mailto:")


def _declined(event: Any, owner: str) -> bool:
    mine = [one for one in _invited(event) if _address(one) == owner.lower()]
    return any(str(one.params.get("PARTSTAT", "")).upper() == "DECLINED" for one in mine)


def _people(event: Any, owner: str) -> list[tuple[str, str]]:
    everybody = [*_invited(event), *([event["organizer"]] if "organizer" in event else [])]
    found = {_address(one): str(one.params.get("CN", "")) for one in everybody if "@" in _address(one)}
    found.pop(owner.lower(), None)
    return list(found.items())[:100]
