"""The calendar and its meetings, by the pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from icalendar import Calendar

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.ids import new_id
from rapport.meetings.models import Busy, Meeting
from rapport.meetings.services import meetings
from rapport.meetings.services.meetings import Guest
from rapport.staff.meetings.grid import Entry, week
from rapport.testing import builders
from rapport.testing.cast import Cast

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
START = datetime(2026, 5, 5, 9, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)
FORM = {"title": "About lamps", "day": "2026-05-05", "time": "10:00", "minutes": "30", "where": "video", "remind": "60"}


@pytest.fixture
def client(cast: Cast) -> Client:
    made = Client()
    made.force_login(cast.ben)
    return made


def planned(cast: Cast, **more: object) -> Meeting:
    values = {"starts_at": START, "ends_at": START + HALF, "zone": "Europe/London", "organiser": cast.ben, **more}
    return meetings.plan("About lamps", by=SYSTEM, guests=[Guest(user=values["organiser"])], **values)  # type: ignore[arg-type]


def page(client: Client, address: str) -> str:
    with clock.frozen(NOW):
        answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_meeting_is_planned_from_the_page_of_a_customer(client: Client, cast: Cast) -> None:
    ana = builders.customer("Ana Lima", email="ana@lima.example", owner=cast.ben)
    assert f"C-{ana.number} Ana Lima" in page(client, f"/calendar/add/?customer={ana.pk}")
    with clock.frozen(NOW):
        answer = client.post("/calendar/add/", {**FORM, "customer": ana.code, "guests": "Otto <otto@else.example>"})
    row = Meeting.objects.get()
    assert answer.headers["Location"] == f"/calendar/{row.pk}/"
    assert (row.starts_at, row.ends_at, row.zone, row.organiser) == (START, START + HALF, "Europe/London", cast.ben)
    assert {one.address for one in row.attendees.all()} == {"ben@example.com", "ana@lima.example", "otto@else.example"}
    assert row.video_url.startswith("https://meet.jit.si/rapport-")
    assert "About lamps" in page(client, f"/customers/{ana.pk}/")
    assert "About lamps" in page(client, "/calendar/?day=2026-05-05")
    assert "About lamps" in page(client, "/calendar/?day=2026-05-05&view=agenda")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"guests": "nobody at all"}, "is no mail address"),
        ({"time": ""}, "This field is required."),
        ({"title": " "}, "This field is required."),
        ({"customer": "Nobody Known"}, "no such customer"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_planned(
    client: Client, wrong: dict[str, str], words: str
) -> None:
    answer = client.post("/calendar/add/", {**FORM, **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Meeting.objects.exists()


def test_moving_calling_off_and_noting_how_it_went(client: Client, cast: Cast) -> None:
    row, other = planned(cast), planned(cast)
    given = {"when-day": "2026-05-06", "when-time": "11:00", "when-minutes": "45"}
    with clock.frozen(NOW):
        assert client.post(f"/calendar/{row.pk}/move/", given).status_code == 302
        client.post(f"/calendar/{other.pk}/cancel/", {"off-reason": "I am ill."})
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.starts_at, row.ends_at - row.starts_at) == (
        datetime(2026, 5, 6, 10, tzinfo=UTC),
        timedelta(minutes=45),
    )
    assert (other.state, other.because) == ("cancelled", "I am ill.")
    with clock.frozen(NOW + timedelta(days=3)):
        client.post(f"/calendar/{row.pk}/outcome/", {"out-text": "She was not there.", "nobody": "1"})
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("no_show", "She was not there.")


def test_editing_keeps_the_room_and_changes_who_comes(client: Client, cast: Cast) -> None:
    row = planned(cast, video_url="https://meet.jit.si/room")
    given = {"title": "About lanterns", "where": "video", "guests": "otto@else.example", "remind": ""}
    assert client.post(f"/calendar/{row.pk}/edit/", given).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.video_url, row.remind_minutes) == ("About lanterns", "https://meet.jit.si/room", None)
    assert {one.address for one in row.attendees.all()} == {"ben@example.com", "otto@else.example"}


def test_a_private_meeting_of_others_says_only_that_they_are_busy(client: Client, cast: Cast) -> None:
    row = planned(cast, organiser=cast.bea, private=True)
    shown = page(client, "/calendar/?day=2026-05-05&who=team")
    assert "Busy" in shown
    assert "About lamps" not in shown
    assert client.get(f"/calendar/{row.pk}/").status_code == 404


def test_what_stands_in_the_own_calendar_of_others_says_only_busy(client: Client, cast: Cast) -> None:
    for user in (cast.ben, cast.bea):
        Busy.objects.create(
            user=user, source="x", title=f"Secret of {user.name}", starts_at=START, ends_at=START + HALF
        )
    shown = page(client, "/calendar/?day=2026-05-05&who=team")
    assert "Secret of Ben Okafor" in shown
    assert "Secret of Bea Lind" not in shown


def test_the_feed_is_read_by_its_secret_alone(client: Client, cast: Cast) -> None:
    row = planned(cast)
    planned(cast, organiser=cast.bea)
    shown = page(client, "/calendar/")
    address = shown.split("http://testserver", 1)[1].split(".ics", 1)[0] + ".ics"
    with clock.frozen(NOW):
        calendar = Calendar.from_ical(Client().get(address).content)
    assert [str(one["uid"]) for one in calendar.walk("VEVENT")] == [row.uid]
    assert Client().get(address.replace(str(cast.ben.pk), str(cast.bea.pk))).status_code == 404
    client.post("/calendar/address/")
    assert Client().get(address).status_code == 404


@pytest.mark.parametrize("query", ["day=never", "day=9999-12-31", "day=0001-01-01", "view=x", "who=y"])
def test_an_odd_address_shows_a_calendar(client: Client, query: str) -> None:
    assert "Calendar" in page(client, f"/calendar/?{query}")


def test_readers_look_and_plan_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.carla)
    row = planned(cast)
    assert "About lamps" in page(client, f"/calendar/{row.pk}/")
    assert client.post(f"/calendar/{row.pk}/cancel/", {"off-reason": ""}).status_code == 403
    assert client.get("/calendar/add/").status_code == 403
    row.refresh_from_db()
    assert row.state == "planned"


def entry(start: str, end: str, *, all_day: bool = False) -> Entry:
    day = "2026-05-05T"
    low, high = (datetime.fromisoformat(f"{day}{one}+00:00") for one in (start, end))
    return Entry(new_id(), "x", "", low, high, all_day, "accent")


def test_overlapping_entries_stand_side_by_side_and_others_have_the_whole_width() -> None:
    found = [entry("09:00", "10:00"), entry("09:30", "10:30"), entry("10:15", "10:45"), entry("12:00", "13:00")]
    day = START.date()
    [column] = week(found, [day], "UTC", day).columns
    placed = [(one.row, one.length, one.lane, one.lanes) for one in column.placed]
    assert placed == [(5, 4, 1, 2), (7, 4, 2, 2), (10, 2, 1, 2), (17, 4, 1, 1)]


def test_the_week_shows_every_hour_that_something_is_in() -> None:
    day = START.date()
    assert week([], [day], "UTC", day).hours == range(8, 18)
    assert week([entry("05:30", "06:00"), entry("21:50", "22:10")], [day], "UTC", day).hours == range(5, 23)
