"""Keeping a calendar in step with a real server, both ways, whatever happens on either side."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from rapport.connectors.caldav import server, syncing
from rapport.connectors.caldav.models import Account, Item
from rapport.connectors.caldav.services import accounts
from rapport.connectors.caldav.tests.conftest import PASSWORD, Radicale, Theirs
from rapport.kernel import clock, secrets
from rapport.kernel.actors import SYSTEM
from rapport.kernel.models import EventRecord
from rapport.meetings.models import Busy, Meeting
from rapport.meetings.services import meetings
from rapport.meetings.services.meetings import Guest
from rapport.testing import builders
from rapport.testing.cast import Cast

NOW = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
START = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


def entry(
    *lines: str, uid: str = "u1", start: str = "DTSTART:20260505T090000Z", end: str = "DTEND:20260505T093000Z"
) -> str:
    events = [f"UID:{uid}", "DTSTAMP:20260504T060000Z", start, end, "SUMMARY:Dentist", *lines]
    return calendar("BEGIN:VEVENT", *events, "END:VEVENT")


def calendar(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", *lines, "END:VCALENDAR", ""])


def sync(account: Account, now: datetime = NOW) -> None:
    with clock.frozen(now):
        assert syncing.sync(account.pk) == ""


def busy(account: Account) -> list[tuple[datetime, datetime, str]]:
    rows = Busy.objects.filter(user=account.user).order_by("starts_at")
    return list(rows.values_list("starts_at", "ends_at", "title"))


def planned(account: Account, *guests: Guest, **more: Any) -> Meeting:
    values = {"starts_at": START, "ends_at": START + HALF, "zone": "Europe/London", "organiser": account.user, **more}
    with clock.frozen(NOW):
        return meetings.plan("About lamps", by=SYSTEM, guests=[Guest(user=account.user), *guests], **values)


def changed(text: str, before: str, after: str) -> str:
    assert before in text
    return text.replace(before, after)


def test_calendars_are_found_from_the_address_of_the_server(radicale: Radicale, theirs: Theirs) -> None:
    found = server.calendars(radicale.url, "ben", PASSWORD)
    assert theirs.url in [one.url for one in found]
    with pytest.raises(server.WrongPassword):
        server.calendars(radicale.url, "ben", "wrong")
    with pytest.raises(server.Away):
        server.calendars("http://127.0.0.1:9/", "ben", PASSWORD)
    with pytest.raises(server.Away):
        server.calendars("file:///etc/passwd", "ben", PASSWORD)


def test_the_password_is_sealed(account: Account) -> None:
    assert PASSWORD not in account.secret
    assert secrets.unseal(account.secret) == PASSWORD


def test_what_stands_there_keeps_its_owner_busy(account: Account, theirs: Theirs) -> None:
    theirs.put("a.ics", entry())
    sync(account)
    assert busy(account) == [(START, START + HALF, "Dentist")]
    theirs.put("a.ics", entry(end="DTEND:20260505T100000Z"))
    sync(account)
    assert busy(account) == [(START, START + 2 * HALF, "Dentist")]
    theirs.delete("a.ics")
    sync(account)
    assert busy(account) == []
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    "lines",
    [
        ("STATUS:CANCELLED",),
        ("ORGANIZER:mailto:x@else.example", "ATTENDEE;PARTSTAT=DECLINED:mailto:ben@example.com"),
    ],
)
def test_what_is_declined_or_off_keeps_nobody(account: Account, theirs: Theirs, lines: tuple[str, ...]) -> None:
    theirs.put("a.ics", entry(*lines))
    sync(account)
    assert busy(account) == []


def test_a_private_entry_says_nothing_but_busy(account: Account, theirs: Theirs) -> None:
    builders.customer("Ana", email="ana@lima.example")
    theirs.put("a.ics", entry("CLASS:PRIVATE", "ATTENDEE:mailto:ana@lima.example"))
    sync(account)
    assert busy(account) == [(START, START + HALF, "")]
    assert not Meeting.objects.exists()
    assert Busy.objects.get().private


def test_a_free_entry_blocks_nothing(account: Account, theirs: Theirs) -> None:
    theirs.put("a.ics", entry("TRANSP:TRANSPARENT"))
    sync(account)
    assert Busy.objects.get().free


def test_a_whole_day_is_one_of_its_owner(account: Account, theirs: Theirs) -> None:
    theirs.put("a.ics", entry(start="DTSTART;VALUE=DATE:20260505", end="DTEND;VALUE=DATE:20260507"))
    sync(account)
    row = Busy.objects.get()
    assert row.all_day
    assert (row.starts_at, row.ends_at) == (
        datetime(2026, 5, 4, 23, tzinfo=UTC),
        datetime(2026, 5, 6, 23, tzinfo=UTC),
    )


def test_a_series_is_each_of_its_times_with_its_exceptions(account: Account, theirs: Theirs) -> None:
    zone = "TZID=Europe/London"
    moved = [
        "BEGIN:VEVENT", "UID:u1", "DTSTAMP:20260504T060000Z", f"RECURRENCE-ID;{zone}:20260519T100000",
        f"DTSTART;{zone}:20260519T150000", f"DTEND;{zone}:20260519T153000", "SUMMARY:Later", "END:VEVENT",
    ]  # fmt: skip
    series = [
        "BEGIN:VEVENT", "UID:u1", "DTSTAMP:20260504T060000Z", f"DTSTART;{zone}:20260505T100000",
        f"DTEND;{zone}:20260505T103000", "SUMMARY:Round", "RRULE:FREQ=WEEKLY;COUNT=4",
        f"EXDATE;{zone}:20260512T100000", "END:VEVENT",
    ]  # fmt: skip
    theirs.put("a.ics", calendar(*series, *moved))
    sync(account)
    assert [(one, title) for one, _end, title in busy(account)] == [
        (datetime(2026, 5, 5, 9, tzinfo=UTC), "Round"),
        (datetime(2026, 5, 19, 14, tzinfo=UTC), "Later"),
        (datetime(2026, 5, 26, 9, tzinfo=UTC), "Round"),
    ]


def test_a_series_without_an_end_goes_on_as_weeks_go_by(account: Account, theirs: Theirs) -> None:
    theirs.put("a.ics", entry("RRULE:FREQ=DAILY"))
    sync(account)
    last = busy(account)[-1][0]
    assert last == datetime(2027, 6, 7, 9, tzinfo=UTC)
    sync(account, NOW + timedelta(days=8))
    assert busy(account)[-1][0] == last + timedelta(days=8)


def test_an_entry_with_a_customer_is_a_meeting_of_theirs(account: Account, theirs: Theirs) -> None:
    ana = builders.customer("Ana", email="ana@lima.example")
    theirs.put("a.ics", entry("ATTENDEE;CN=Ana:mailto:ANA@lima.example", "RRULE:FREQ=WEEKLY;COUNT=2"))
    sync(account)
    row = Meeting.objects.get()
    assert (row.title, row.starts_at, row.origin, row.rrule) == ("Dentist", START, "calendar", "FREQ=WEEKLY;COUNT=2")
    assert row.attendees.get(customer=ana).address == "ana@lima.example"
    assert [one for one, _end, _title in busy(account)] == [START + timedelta(days=7)]
    theirs.put("a.ics", entry("ATTENDEE:mailto:ana@lima.example", end="DTEND:20260505T100000Z"))
    sync(account)
    row.refresh_from_db()
    assert (row.ends_at, row.rrule) == (START + 2 * HALF, "")
    theirs.delete("a.ics")
    sync(account)
    row.refresh_from_db()
    assert row.state == "cancelled"


def test_our_meeting_goes_there_once_and_does_not_echo(account: Account, theirs: Theirs) -> None:
    row = planned(account, Guest("otto@else.example"))
    sync(account)
    [name] = theirs.names()
    event: Any
    [event] = Calendar.from_ical(theirs.get(name)).walk("VEVENT")
    assert (str(event["uid"]), str(event["summary"]), event["dtstart"].dt) == (row.uid, "About lamps", START)
    before = (theirs.get(name), EventRecord.objects.count(), list(Meeting.objects.values()))
    for _again in range(3):
        sync(account)
    assert (theirs.get(name), EventRecord.objects.count(), list(Meeting.objects.values())) == before
    assert busy(account) == []


def test_moving_it_here_moves_it_there_and_the_other_way_round(account: Account, theirs: Theirs) -> None:
    row = planned(account)
    sync(account)
    [name] = theirs.names()
    with clock.frozen(NOW):
        meetings.move(row, by=SYSTEM, starts_at=START + HALF, ends_at=START + 2 * HALF)
    sync(account)
    text = theirs.get(name)
    assert "T103000" in text
    theirs.put(name, changed(changed(text, "T110000", "T120000"), "T103000", "T113000"))
    sync(account)
    row.refresh_from_db()
    assert (row.starts_at, row.ends_at) == (START + 3 * HALF, START + 4 * HALF)
    count = EventRecord.objects.filter(type="meetings.moved").count()
    sync(account)
    assert EventRecord.objects.filter(type="meetings.moved").count() == count == 2


def test_changed_on_both_sides_the_server_counts(account: Account, theirs: Theirs) -> None:
    row = planned(account)
    sync(account)
    [name] = theirs.names()
    theirs.put(name, changed(changed(theirs.get(name), "T103000", "T123000"), "T100000", "T120000"))
    with clock.frozen(NOW):
        meetings.move(row, by=SYSTEM, starts_at=START + HALF, ends_at=START + 2 * HALF)
    sync(account)
    row.refresh_from_db()
    assert row.starts_at == START + 4 * HALF
    assert "T120000" in theirs.get(name)


def test_a_version_that_was_not_read_is_never_overwritten(account: Account, theirs: Theirs) -> None:
    row = planned(account)
    sync(account)
    [name] = theirs.names()
    with clock.frozen(NOW):
        meetings.move(row, by=SYSTEM, starts_at=START + HALF, ends_at=START + 2 * HALF)
    theirs.put(name, changed(theirs.get(name), "About lamps", "Theirs"))
    with server.connection(account.url, "ben", PASSWORD) as client, clock.frozen(NOW):
        assert syncing.push(account, server.Server(client, account.calendar_url)) == 0
    assert "Theirs" in theirs.get(name)


def test_calling_it_off_here_deletes_it_there_and_the_other_way_round(account: Account, theirs: Theirs) -> None:
    first, second = planned(account), planned(account)
    sync(account)
    with clock.frozen(NOW):
        meetings.cancel(first, by=SYSTEM)
    sync(account)
    [name] = theirs.names()
    assert name == f"{second.pk.hex}.ics"
    theirs.delete(name)
    sync(account)
    second.refresh_from_db()
    assert second.state == "cancelled"
    sync(account)
    assert theirs.names() == []


def test_tidying_up_what_is_over_calls_nothing_off(account: Account, theirs: Theirs) -> None:
    row = planned(account)
    sync(account)
    theirs.delete(theirs.names()[0])
    sync(account, START + HALF)
    row.refresh_from_db()
    assert row.state == "planned"
    assert theirs.names() == []


def test_a_guest_who_deletes_their_copy_calls_nothing_off_and_does_not_get_it_again(
    account: Account, theirs: Theirs, cast: Cast
) -> None:
    row = planned(account, organiser=cast.bea)
    sync(account)
    [name] = theirs.names()
    theirs.delete(name)
    sync(account)
    sync(account)
    row.refresh_from_db()
    assert row.state == "planned"
    assert theirs.names() == []


def test_a_guest_cannot_move_it_by_their_copy(account: Account, theirs: Theirs, cast: Cast) -> None:
    row = planned(account, organiser=cast.bea)
    sync(account)
    [name] = theirs.names()
    theirs.put(name, changed(changed(theirs.get(name), "T103000", "T123000"), "T100000", "T120000"))
    sync(account)
    row.refresh_from_db()
    assert row.starts_at == START


def test_when_the_server_forgot_the_token_everything_is_read_anew(
    account: Account, theirs: Theirs, radicale: Radicale
) -> None:
    theirs.put("a.ics", entry())
    theirs.put("b.ics", entry(uid="u2", start="DTSTART:20260506T090000Z", end="DTEND:20260506T093000Z"))
    sync(account)
    theirs.delete("a.ics")
    for cache in radicale.folder.rglob("sync-token"):
        shutil.rmtree(cache)
    account.refresh_from_db()
    assert account.token
    sync(account)
    assert [one for one, _end, _title in busy(account)] == [datetime(2026, 5, 6, 9, tzinfo=UTC)]


@pytest.mark.parametrize("data", [calendar("BEGIN:VTODO", "UID:t", "SUMMARY:Buy milk", "END:VTODO")])
def test_what_is_no_event_is_left_alone(account: Account, theirs: Theirs, data: str) -> None:
    theirs.put("t.ics", data)
    theirs.put("a.ics", entry())
    sync(account)
    sync(account)
    assert busy(account) == [(START, START + HALF, "Dentist")]
    assert theirs.names() == ["a.ics", "t.ics"]


def test_a_wrong_password_pauses_and_says_so(account: Account) -> None:
    Account.objects.update(secret=secrets.seal("wrong"))
    assert syncing.sync(account.pk) == "The server does not accept this name and password."
    account.refresh_from_db()
    assert (account.paused, account.error) == (True, "The server does not accept this name and password.")
    assert syncing.sync(account.pk) == ""


def test_a_server_that_is_away_is_tried_again(account: Account, theirs: Theirs) -> None:
    Account.objects.update(calendar_url="http://127.0.0.1:9/x/")
    assert syncing.sync(account.pk).startswith("The server cannot be reached")
    Account.objects.update(calendar_url=theirs.url)
    sync(account)
    account.refresh_from_db()
    assert (account.paused, account.error, account.synced_at) == (False, "", NOW)


def test_letting_it_go_forgets_what_it_told_and_leaves_the_server_alone(account: Account, theirs: Theirs) -> None:
    theirs.put("a.ics", entry())
    planned(account)
    sync(account)
    accounts.disconnect(account.user, by=SYSTEM)
    assert busy(account) == []
    assert not Account.objects.exists()
    assert len(theirs.names()) == 2
    assert Meeting.objects.get().state == "planned"
