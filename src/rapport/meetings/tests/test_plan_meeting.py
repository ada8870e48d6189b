"""Planning meetings: who is invited, what is told, what is refused, and how it ends."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from icalendar import Calendar

from rapport.customers.events import CustomerPurged
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.events import publish
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden
from rapport.meetings import ics
from rapport.meetings.models import Attendee, Busy, Meeting
from rapport.meetings.services import feeds, invitations, meetings
from rapport.meetings.services.meetings import Guest
from rapport.team.services import users
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from rapport.timeline.models import Activity

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
START = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def ana(cast: Cast) -> Customer:
    return builders.customer("Ana Lima", email="ana@lima.example")


def planned(cast: Cast, *guests: Guest, **more: Any) -> Meeting:
    values = {"starts_at": START, "ends_at": START + HALF, "zone": "Europe/London", "organiser": cast.ben, **more}
    people = [Guest(user=cast.ben), *guests]
    return meetings.plan("About lamps", by=actor(cast.ben), guests=people, **values)


def invited(meeting: Meeting, capture: Any) -> list[Any]:
    """Send what is to be sent and return the entries of the calendars that went out."""
    mail.outbox.clear()
    with capture(execute=True):
        invitations.send(meeting.pk, by=SYSTEM)
    return [event_of(one) for one in mail.outbox]


def event_of(message: Any) -> Any:
    [content] = [part for part in message.alternatives if str(part[1]).startswith("text/calendar")]
    calendar = Calendar.from_ical(content[0])
    event: Any
    [event] = calendar.walk("VEVENT")
    event["x-method"] = calendar["method"]
    event["x-zones"] = [str(one["tzid"]) for one in calendar.walk("VTIMEZONE")]
    return event


def test_guests_are_who_their_address_says(cast: Cast, ana: Customer) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ANA@lima.example"), Guest("bea@example.com"), Guest("otto@else.example", "Otto"))
    people = {one.address: (one.customer, one.user, one.name, one.answer) for one in row.attendees.all()}
    assert people == {
        "ben@example.com": (None, cast.ben, "Ben Okafor", "accepted"),
        "ana@lima.example": (ana, None, "Ana Lima", "waiting"),
        "bea@example.com": (None, cast.bea, "Bea Lind", "waiting"),
        "otto@else.example": (None, None, "Otto", "waiting"),
    }
    record = EventRecord.objects.get(type="meetings.planned")
    assert (record.customer_id, record.subject_id, record.data["title"]) == (ana.pk, row.pk, "About lamps")


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"ends_at": START}, meetings.NoLength),
        ({"ends_at": START - HALF}, meetings.NoLength),
        ({"ends_at": START + timedelta(days=32)}, meetings.NoLength),
        ({"zone": "Mars/Olympus"}, meetings.UnknownZone),
    ],
)
def test_what_is_no_meeting_is_refused(cast: Cast, more: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        planned(cast, **more)
    assert not Meeting.objects.exists()
    assert not EventRecord.objects.filter(type="meetings.planned").exists()


def test_readers_plan_nothing(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        meetings.plan("Tea", by=actor(cast.carla), starts_at=START, ends_at=START + HALF, zone="UTC")
    assert not Meeting.objects.exists()


def test_everybody_outside_is_invited_once(cast: Cast, ana: Customer, django_capture_on_commit_callbacks: Any) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"), video_url="https://meet.jit.si/x")
        [event] = invited(row, django_capture_on_commit_callbacks)
        assert mail.outbox[0].to == ["ana@lima.example"]
        assert invited(row, django_capture_on_commit_callbacks) == []
    assert (event["x-method"], event["uid"], event["sequence"]) == ("REQUEST", row.uid, 0)
    assert event["dtstart"].dt == START
    assert event["dtstart"].params["TZID"] == "Europe/London"
    assert event["x-zones"] == ["Europe/London"]
    assert str(event["organizer"]) == "mailto:ben@example.com"
    assert {str(one) for one in event["attendee"]} == {"mailto:ana@lima.example", "mailto:ben@example.com"}
    assert str(event["location"]) == "https://meet.jit.si/x"


def test_moving_asks_anew_with_a_higher_sequence(
    cast: Cast, ana: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"))
        invited(row, django_capture_on_commit_callbacks)
        meetings.answer(row.attendees.get(customer=ana), "accepted", by=SYSTEM)
        moved = meetings.move(row, by=actor(cast.ben), starts_at=START + HALF, ends_at=START + 2 * HALF)
        [event] = invited(moved, django_capture_on_commit_callbacks)
    assert (event["uid"], event["sequence"], event["dtstart"].dt) == (row.uid, 1, START + HALF)
    assert row.attendees.get(customer=ana).answer == "waiting"
    assert row.attendees.get(user=cast.ben).answer == "accepted"


def test_calling_off_tells_who_was_invited(cast: Cast, ana: Customer, django_capture_on_commit_callbacks: Any) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"))
        invited(row, django_capture_on_commit_callbacks)
        meetings.cancel(row, by=actor(cast.ben), reason="I am ill.")
        [event] = invited(row, django_capture_on_commit_callbacks)
        assert invited(row, django_capture_on_commit_callbacks) == []
        with pytest.raises(meetings.NotPlanned):
            meetings.move(row, by=SYSTEM, starts_at=START + HALF, ends_at=START + 2 * HALF)
    assert (event["x-method"], event["status"], event["sequence"]) == ("CANCEL", "CANCELLED", 1)
    assert EventRecord.objects.get(type="meetings.cancelled").data["reason"] == "I am ill."


def test_who_was_never_invited_is_not_told_that_it_is_off(
    cast: Cast, ana: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"))
        meetings.cancel(row, by=actor(cast.ben))
        assert invited(row, django_capture_on_commit_callbacks) == []


def test_an_all_day_meeting_is_dates(cast: Cast, ana: Customer, django_capture_on_commit_callbacks: Any) -> None:
    starts, ends = ics.whole_days(START, START, "Europe/London")
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"), starts_at=starts, ends_at=ends, all_day=True)
        [event] = invited(row, django_capture_on_commit_callbacks)
    assert (event["dtstart"].to_ical(), event["dtend"].to_ical()) == (b"20260505", b"20260506")


def test_a_reminder_goes_out_once(cast: Cast, ana: Customer, django_capture_on_commit_callbacks: Any) -> None:
    with clock.frozen(NOW):
        planned(cast, Guest("ana@lima.example"), remind_minutes=60)
    counts = []
    for before in (61, 60, 5):
        mail.outbox.clear()
        with clock.frozen(START - timedelta(minutes=before)), django_capture_on_commit_callbacks(execute=True):
            counts.append((invitations.remind(by=SYSTEM), len(mail.outbox) if before == 61 else None))
    assert counts == [(0, 0), (1, None), (0, None)]


def test_what_came_of_it_stands_on_the_timeline(cast: Cast, ana: Customer) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"))
        with pytest.raises(meetings.NotYet):
            meetings.hold(row, "Fine", by=actor(cast.ben))
    assert not Activity.objects.exists()
    with clock.frozen(START + HALF):
        done = meetings.hold(row, "She takes two.", by=actor(cast.ben))
    entry = Activity.objects.get()
    assert (entry.customer, entry.kind, entry.minutes, entry.happened_at) == (ana, "meeting", 30, START)
    assert entry.text == "About lamps\n\nShe takes two."
    assert (done.state, done.activity) == ("held", entry)


def test_nobody_came(cast: Cast, ana: Customer) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"))
    with clock.frozen(START + HALF):
        assert meetings.miss(row, "Rang twice.", by=actor(cast.ben)).state == "no_show"
    record = EventRecord.objects.get(type="meetings.missed")
    assert (record.customer_id, record.at, record.data["text"]) == (ana.pk, START, "Rang twice.")
    assert not Activity.objects.exists()


def test_an_answer_to_an_older_invitation_counts_no_more(
    cast: Cast, ana: Customer, django_capture_on_commit_callbacks: Any
) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"))
        moved = meetings.move(row, by=SYSTEM, starts_at=START + HALF, ends_at=START + 2 * HALF)
        invited(moved, django_capture_on_commit_callbacks)
        guest = row.attendees.get(customer=ana)
        assert meetings.answer(guest, "accepted", by=SYSTEM, sequence=0).answer == "waiting"
        assert meetings.answer(guest, "declined", by=SYSTEM, sequence=1).answer == "declined"
    assert EventRecord.objects.get(type="meetings.answered").data["answer"] == "declined"


def test_what_a_meeting_tells_of_a_customer_goes_with_them(cast: Cast, ana: Customer) -> None:
    with clock.frozen(NOW):
        row = planned(cast, Guest("ana@lima.example"), agenda="Her divorce", place="Her flat")
        other = planned(cast, Guest("otto@else.example"), agenda="Lamps")
    publish(CustomerPurged(number=ana.number), by=SYSTEM, subject=ana)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.title, row.agenda, row.place) == ("Forgotten", "", "")
    assert not Attendee.objects.filter(address="ana@lima.example").exists()
    assert other.agenda == "Lamps"


def test_who_left_is_invited_to_nothing_to_come_and_read_by_nobody(cast: Cast) -> None:
    secret = feeds.secret(cast.bea)
    assert feeds.reader_of(cast.bea.pk, secret) == cast.bea
    row = planned(cast, Guest(user=cast.bea), starts_at=clock.now() + HALF, ends_at=clock.now() + 2 * HALF)
    Busy.objects.create(user=cast.bea, source="x", starts_at=START, ends_at=START + HALF)
    users.deactivate(cast.bea, by=SYSTEM)
    assert feeds.reader_of(cast.bea.pk, secret) is None
    assert not row.attendees.filter(user=cast.bea).exists()
    assert not Busy.objects.exists()


def test_a_new_address_ends_the_one_before(cast: Cast) -> None:
    before = feeds.secret(cast.ben)
    after = feeds.rotate(cast.ben)
    assert feeds.reader_of(cast.ben.pk, before) is None
    assert feeds.reader_of(cast.ben.pk, after) == cast.ben
    assert feeds.reader_of(cast.bea.pk, after) is None


def reply(uid: str, address: str, answer: str, sequence: int = 0) -> bytes:
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "METHOD:REPLY", "BEGIN:VEVENT", f"UID:{uid}",
        f"SEQUENCE:{sequence}", "DTSTAMP:20260504T080000Z", "DTSTART:20260505T090000Z",
        f"ATTENDEE;PARTSTAT={answer};CN=X:mailto:{address}", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode()


def test_replies_are_read() -> None:
    found = ics.reply(reply("u1", "ANA@lima.example", "ACCEPTED", 2))
    assert found == ics.Reply("u1", 2, {"ana@lima.example": "accepted"})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR",
        b"nonsense",
        b"\xff" * 100,
        reply("u", "a@b.example", "ACCEPTED").replace(b"METHOD:REPLY", b"METHOD:REQUEST"),
        reply("u", "a@b.example", "ACCEPTED").replace(b"UID:u\r\n", b""),
        reply("u", "a@b.example", "ACCEPTED").replace(b"SEQUENCE:0", b"SEQUENCE:many"),
    ],
)
def test_what_is_no_reply_is_none(content: bytes) -> None:
    found = ics.reply(content)
    assert found is None
