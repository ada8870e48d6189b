"""The booking page, as a visitor sees it without scripts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.meetings.models import Meeting, MeetingType
from rapport.meetings.services import kinds
from rapport.testing import builders
from rapport.testing.cast import Cast

NOW = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)
NINE = datetime(2026, 5, 5, 8, 0, tzinfo=UTC)
WHO = {"name": "Ana Lima", "email": "ana@lima.example", "q0": "Lamps"}


@pytest.fixture
def kind(cast: Cast) -> MeetingType:
    hours = {day: [["09:00", "11:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    return kinds.add(
        by=SYSTEM, hosts=[cast.ben], name="First talk", slug="first-talk", minutes=30, zone="Europe/London",
        hours=hours, notice_hours=24, questions=["What about?"],
    )  # fmt: skip


def get(address: str, **more: Any) -> Any:
    with clock.frozen(NOW):
        return Client().get(address, **more)


def post(address: str, **given: str) -> Any:
    with clock.frozen(NOW):
        return Client().post(address, given)


def book(**more: str) -> Any:
    return post("/book/first-talk/", at=NINE.isoformat(), zone="Europe/London", **{**WHO, **more})


def offered(page: str) -> list[str]:
    return [unescape(one) for one in re.findall(r'class="button" href="([^"]*at=[^"]*)"', page)]


def test_a_visitor_follows_the_links_and_books(kind: MeetingType, cast: Cast) -> None:
    page = get("/book/first-talk/").content.decode()
    links = offered(page)
    assert len(links) == 4 * 4  # four days of four, as nothing is free today
    who = get(f"/book/first-talk/{links[0]}").content.decode()
    assert "What about?" in who
    at = re.search(r'name="at" value="([^"]+)"', who)
    assert at is not None
    answer = post("/book/first-talk/", at=unescape(at[1]), zone="Europe/London", **WHO)
    row = Meeting.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/book/first-talk/thanks/")
    assert (row.organiser, row.agenda, row.zone) == (cast.ben, "What about?\nLamps", "Europe/London")
    assert len(offered(get("/book/first-talk/").content.decode())) == 15


def test_times_are_those_of_the_visitors_zone(kind: MeetingType) -> None:
    page = get("/book/first-talk/?zone=America/Sao_Paulo").content.decode()
    assert ">5:30 AM<" in page or ">05:30<" in page or "05:30" in page
    assert "Europe/London" in get("/book/first-talk/?zone=Mars/Olympus").content.decode()


def test_a_time_that_is_gone_is_said_and_others_are_offered(kind: MeetingType) -> None:
    assert book().status_code == 302
    again = book(email="otto@else.example")
    assert again.status_code == 409
    assert "This time is not free any more." in again.content.decode()
    assert offered(again.content.decode())
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"email": "nobody"}, {"name": ""}])
def test_what_is_missing_is_asked_for(kind: MeetingType, wrong: dict[str, str]) -> None:
    assert book(**wrong).status_code == 422
    assert not Meeting.objects.exists()


def test_a_program_that_fills_everything_books_nothing(kind: MeetingType) -> None:
    assert book(website="https://spam.example").status_code == 302
    assert not Meeting.objects.exists()


def test_nobody_books_without_end(kind: MeetingType) -> None:
    for number in range(6):
        at = NINE + timedelta(days=number // 4, minutes=30 * (number % 4))
        post("/book/first-talk/", at=at.isoformat(), zone="UTC", **WHO)
    assert Meeting.objects.count() == 5


def test_the_page_tells_a_visitor_nothing_of_who_has_the_address(kind: MeetingType) -> None:
    builders.customer("Secret Name", email="ana@lima.example")
    answer = book()
    thanks = get(answer.headers["Location"]).content.decode()
    assert "Secret Name" not in thanks
    assert "mine/" not in thanks


def test_the_link_moves_and_cancels_and_looking_changes_nothing(kind: MeetingType) -> None:
    book()
    row = Meeting.objects.get()
    path = row.manage_url.removeprefix("http://testserver")
    page = get(path)
    assert page.status_code == 200
    assert page["Referrer-Policy"] == "same-origin"
    assert post(path, at=(NINE + timedelta(hours=9)).isoformat()).status_code == 409
    assert post(path, at=(NINE + timedelta(hours=1)).isoformat()).status_code == 302
    row.refresh_from_db()
    assert (row.starts_at, row.state) == (NINE + timedelta(hours=1), "planned")
    assert post(path, cancel="1", reason="Ill").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.because) == ("cancelled", "Ill")
    assert "This meeting is cancelled." in get(path).content.decode()
    assert post(path, at=NINE.isoformat()).status_code == 409


@pytest.mark.parametrize(
    "address",
    ["/book/nothing/", "/book/mine/x/", "/book/nothing/thanks/"],
)
def test_what_is_not_there_is_not_found(kind: MeetingType, address: str) -> None:
    assert get(address).status_code == 404


@pytest.mark.parametrize("query", ["at=never", "at=2026-05-05T09:00:00", "from=never", "from=9999-01-01", "zone=../x"])
def test_an_odd_address_offers_times(kind: MeetingType, query: str) -> None:
    page = get(f"/book/first-talk/?{query}")
    assert page.status_code == 200


def test_what_is_closed_is_not_found(kind: MeetingType) -> None:
    kinds.offer(kind, offered=False, by=SYSTEM)
    assert get("/book/first-talk/").status_code == 404
    assert book().status_code == 404
