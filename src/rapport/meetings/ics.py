"""Meetings as iCalendar (RFC 5545, RFC 5546): invitations, cancellations, feeds; and the answers that come back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vRecur, vText

from rapport.kernel import clock
from rapport.meetings.models import Attendee, Meeting

REQUEST, CANCEL, PUBLISH, REPLY = "REQUEST", "CANCEL", "PUBLISH", "REPLY"
PRODUCT = "-//Rapport//Meetings//EN"
LARGEST = 1_000_000
SAID = {
    Attendee.Answer.ACCEPTED: "ACCEPTED",
    Attendee.Answer.DECLINED: "DECLINED",
    Attendee.Answer.TENTATIVE: "TENTATIVE",
    Attendee.Answer.WAITING: "NEEDS-ACTION",
}
HEARD = {word: answer for answer, word in SAID.items()}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to an invitation: which meeting, and what each address says."""

    uid: str
    sequence: int
    answers: dict[str, str]


def invitation(meeting: Meeting, attendees: Iterable[Attendee], *, method: str, organiser: tuple[str, str]) -> bytes:
    """Return the iCalendar of a meeting for those who are invited; `organiser`: name and address answers go to."""
    event = entry(meeting)
    owner = vCalAddress(f"mailto:{organiser[1]}")
    owner.params["CN"] = vText(organiser[0])
    event["organizer"] = owner
    for one in attendees:
        if one.address:
            event.add("attendee", _attendee(one), encode=False)
    if method == CANCEL:
        event["status"] = vText("CANCELLED")
    return _written([event], method)


def feed(meetings: Iterable[Meeting], name: str) -> bytes:
    """Return a calendar to be read by others."""
    return _written([entry(one) for one in meetings], PUBLISH, name)


def stored(meeting: Meeting) -> bytes:
    """Return a meeting as a calendar keeps it."""
    return _written([entry(meeting)], "")


def entry(meeting: Meeting) -> Event:
    """Return a meeting as an entry of a calendar, without its people."""
    event = Event()
    zone = ZoneInfo(meeting.zone)
    starts, ends = meeting.starts_at.astimezone(zone), meeting.ends_at.astimezone(zone)
    event.add("uid", meeting.uid)
    event.add("sequence", meeting.sequence)
    event.add("dtstamp", clock.now())
    event.add("summary", meeting.title)
    event.add("dtstart", starts.date() if meeting.all_day else starts)
    event.add("dtend", ends.date() if meeting.all_day else ends)
    if meeting.rrule:
        event.add("rrule", vRecur.from_ical(meeting.rrule))
    where = meeting.place or meeting.video_url
    if where:
        event.add("location", where)
    if meeting.video_url:
        event.add("url", meeting.video_url)
    words = "\n\n".join(part for part in (meeting.agenda, meeting.video_url) if part)
    if words:
        event.add("description", words)
    event.add("status", "CANCELLED" if meeting.state == Meeting.State.CANCELLED else "CONFIRMED")
    event.add("class", "PRIVATE" if meeting.private else "PUBLIC")
    return event


def reply(content: bytes) -> Reply | None:
    """Return the answer that an iCalendar holds, None when it is none or cannot be read."""
    if len(content) > LARGEST:
        return None
    try:
        calendar = Calendar.from_ical(content)
        if str(calendar.get("method", "")).upper() != REPLY:
            return None
        event = next(iter(calendar.walk("VEVENT")))
        people = event.get("attendee", [])
        answers = [_heard(one) for one in (people if isinstance(people, list) else [people])]
        return Reply(str(event["uid"]), int(event.get("sequence", 0)), dict(one for one in answers if one[1]))
    except (ValueError, KeyError, StopIteration, IndexError, AttributeError, TypeError):
        return None


def _heard(one: vCalAddress) -> tuple[str, str]:
    address = str(one).strip()
    plain = address[7:] if address.lower().startswith("mailto:") else address
    return plain.lower(), HEARD.get(str(one.params.get("PARTSTAT", "")).upper(), "")


def _attendee(one: Attendee) -> vCalAddress:
    found = vCalAddress(f"mailto:{one.address}")
    found.params["CN"] = vText(one.name or one.address)
    found.params["ROLE"] = vText("REQ-PARTICIPANT")
    found.params["PARTSTAT"] = vText(SAID[Attendee.Answer(one.answer)])
    found.params["RSVP"] = vText("TRUE")
    return found


def _written(events: Iterable[Event], method: str, name: str = "") -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("x-wr-calname", name)
    for event in events:
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def whole_days(starts_at: datetime, ends_at: datetime, zone: str) -> tuple[datetime, datetime]:
    """Return the stretch from the first midnight in `zone` to the last that covers both moments."""
    first = starts_at.astimezone(ZoneInfo(zone)).date()
    last = max(first, (ends_at - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date())
    return clock.day_start(first, zone), clock.day_end(last, zone)
