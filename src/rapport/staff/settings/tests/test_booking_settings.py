"""Offering meetings to book, and connecting one's own calendar, by the pages."""

from __future__ import annotations

import pytest
from django.test import Client

from rapport.connectors.caldav.models import Account
from rapport.connectors.caldav.tests.conftest import PASSWORD, Radicale, Theirs, radicale, theirs  # noqa: F401
from rapport.meetings import policy
from rapport.meetings.models import MeetingType
from rapport.testing.cast import Cast

FORM = {
    "name": "First talk", "slug": "", "minutes": "30", "buffer_before": "0", "buffer_after": "10", "notice_hours": "4",
    "horizon_days": "30", "hours": "09:00-12:00, 13:00-17:00", "zone": "Europe/London", "place_kind": "phone",
    "questions": "What about?\n\nWhen shall we call?",
}  # fmt: skip


@pytest.fixture
def client(cast: Cast) -> Client:
    made = Client()
    made.force_login(cast.alice)
    return made


def test_a_kind_is_offered_changed_closed_and_offered_again(client: Client, cast: Cast) -> None:
    assert client.post("/settings/booking/add/", {**FORM, "hosts": [cast.ben.pk, cast.bea.pk]}).status_code == 302
    row = MeetingType.objects.get()
    assert (row.slug, row.buffer_after, row.questions) == ("first-talk", 10, ["What about?", "When shall we call?"])
    assert row.hours == {key: [["09:00", "12:00"], ["13:00", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")}
    assert set(row.hosts.all()) == {cast.ben, cast.bea}
    assert "/book/first-talk/" in client.get("/settings/booking/").content.decode()
    assert "09:00–12:00, 13:00–17:00" in client.get(f"/settings/booking/{row.pk}/").content.decode()
    client.post(f"/settings/booking/{row.pk}/", {**FORM, "slug": "talk", "minutes": "45", "hosts": [cast.ben.pk]})
    client.post(f"/settings/booking/{row.pk}/offer/")
    row.refresh_from_db()
    assert (row.slug, row.minutes, row.offered_at, list(row.hosts.all())) == ("talk", 45, None, [cast.ben])
    client.post(f"/settings/booking/{row.pk}/offer/")
    row.refresh_from_db()
    assert row.offered_at is not None


@pytest.mark.parametrize(
    "wrong", [{"hours": "from nine"}, {"hours": ""}, {"minutes": "0"}, {"hosts": []}, {"questions": "x\n" * 11}]
)
def test_what_is_wrong_is_refused(client: Client, cast: Cast, wrong: dict[str, object]) -> None:
    assert client.post("/settings/booking/add/", {**FORM, "hosts": [cast.ben.pk], **wrong}).status_code == 422
    assert not MeetingType.objects.exists()


def test_two_kinds_do_not_share_an_address(client: Client, cast: Cast) -> None:
    client.post("/settings/booking/add/", {**FORM, "hosts": [cast.ben.pk]})
    answer = client.post("/settings/booking/add/", {**FORM, "hosts": [cast.ben.pk]})
    assert answer.status_code == 422
    assert "Another kind of meeting has this address." in answer.content.decode()
    assert MeetingType.objects.count() == 1


@pytest.mark.parametrize("video", ["http://meet.example/{room}", "https://meet.example/", "javascript:{room}"])
def test_a_video_room_is_a_safe_address_with_a_place_for_its_name(client: Client, video: str) -> None:
    assert client.post("/settings/booking/", {"video": video, "remind_minutes": "60"}).status_code == 422
    assert policy.current() == policy.Policy()


def test_the_template_makes_rooms_that_nobody_guesses(client: Client) -> None:
    given = {"video": "https://video.example/r/{room}?x=1", "remind_minutes": "0"}
    assert client.post("/settings/booking/", given).status_code == 302
    one, two = policy.new_room(), policy.new_room()
    assert one != two
    assert one.startswith("https://video.example/r/rapport-")
    assert one.endswith("?x=1")
    assert policy.current().remind_minutes == 0


def test_agents_offer_nothing(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.ben)
    assert client.get("/settings/booking/").status_code == 403
    assert client.post("/settings/booking/add/", {**FORM, "hosts": [cast.ben.pk]}).status_code == 403
    assert not MeetingType.objects.exists()


def test_a_calendar_is_found_chosen_kept_in_step_and_let_go(
    client: Client,
    cast: Cast,
    radicale: Radicale,  # noqa: F811
    theirs: Theirs,  # noqa: F811
) -> None:
    given = {"url": radicale.url, "username": "ben", "password": PASSWORD}
    shown = client.post("/me/calendar/", {**given, "calendar": theirs.url})
    assert shown.status_code == 302
    row = Account.objects.get()
    assert (row.user, row.calendar_url, row.error) == (cast.alice, theirs.url, "")
    assert row.synced_at is not None
    page = client.get("/me/calendar/").content.decode()
    assert "In step since" in page
    assert PASSWORD not in page
    assert client.post("/me/calendar/sync/").status_code == 302
    client.post("/me/calendar/disconnect/")
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "wrong"}, "does not accept this name and password"),
        ({"url": "ftp://x.example/"}, "begins with https://"),
        ({"url": "http://127.0.0.1:9/"}, "No calendars were found there"),
    ],
)
def test_why_a_calendar_cannot_be_connected_is_said(
    client: Client,
    radicale: Radicale,  # noqa: F811
    wrong: dict[str, str],
    words: str,
) -> None:
    given = {"url": radicale.url, "username": "ben", "password": PASSWORD}
    answer = client.post("/me/calendar/", {**given, **wrong})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Account.objects.exists()
