"""Meetings, booking and the telephone in a browser: they fit both sizes and themes, and a visitor books alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rapport.calls.models import Call
from rapport.calls.services import switchboard
from rapport.calls.services.reporting import Said, report
from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.meetings.models import Busy, Meeting, MeetingType
from rapport.meetings.services import kinds, meetings
from rapport.meetings.services.meetings import Guest
from rapport.testing import builders
from rapport.testing.cast import Cast
from tests.browser.conftest import visit

pytestmark = pytest.mark.django_db(transaction=True)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@pytest.fixture
def ana(cast: Cast) -> Customer:
    row = builders.customer("Ana Lima", email="ana@lima.example", phone="+44 113 496 0182", owner=cast.alice)
    now = clock.now()
    begun = now - timedelta(hours=3)
    report(
        Said("c1", "ended", "in", "+441134960182", agent="alice@example.com", started_at=begun, answered_at=begun,
             ended_at=begun + timedelta(minutes=4), recording_url="https://pbx.example/1", transcript="A lamp."),
        by=SYSTEM,
    )  # fmt: skip
    report(Said("c2", "missed", "in", "+441134960182", started_at=now - timedelta(hours=1)), by=SYSTEM)
    return row


@pytest.fixture
def full_week(cast: Cast, ana: Customer) -> Meeting:
    today = clock.day_start(clock.today("Europe/London"), "Europe/London")
    monday = today - timedelta(days=clock.today("Europe/London").weekday())
    made = None
    for day, hour, minutes, title in (
        (0, 9, 60, "Stand at the fair"), (1, 10, 30, "About lamps"), (1, 10, 60, "Prices for spring"),
        (2, 14, 90, "Visit to the workshop"), (4, 11, 30, "Round of the week"),
    ):  # fmt: skip
        start = monday + timedelta(days=day, hours=hour)
        made = meetings.plan(
            title, by=SYSTEM, starts_at=start, ends_at=start + timedelta(minutes=minutes), zone="Europe/London",
            organiser=cast.alice, guests=[Guest(user=cast.alice), Guest("ana@lima.example")],
            video_url="https://meet.jit.si/rapport-x", agenda="What she needs by May.",
        )  # fmt: skip
    lunch = monday + timedelta(days=3, hours=12)
    Busy.objects.create(
        user=cast.alice, source="x", title="Dentist", starts_at=lunch, ends_at=lunch + timedelta(hours=1)
    )
    Busy.objects.create(
        user=cast.alice, source="y", title="Holiday", starts_at=monday + timedelta(days=5),
        ends_at=monday + timedelta(days=7), all_day=True,
    )  # fmt: skip
    assert made is not None
    return made


@pytest.fixture
def kind(cast: Cast) -> MeetingType:
    hours = {day: [["00:00", "24:00"]] for day in DAYS}
    return kinds.add(
        by=SYSTEM, hosts=[cast.ben], name="First talk", slug="first-talk", minutes=60, zone="Europe/London",
        hours=hours, notice_hours=0, questions=["What is it about?"],
        description="Half an hour about what light your rooms need.",
    )  # fmt: skip


def test_a_meeting_is_planned_by_keyboard_from_a_customer(signed_in_page: Page, ana: Customer) -> None:
    page = signed_in_page
    visit(page, f"/calendar/add/?customer={ana.pk}")
    page.get_by_label("What is it about?").fill("About lamps")
    page.locator("#id_time").fill("10:00")
    page.get_by_label("What is it about?").press("Enter")
    expect(page.get_by_role("heading", name="About lamps", level=1)).to_be_visible()
    expect(page.get_by_role("link", name="Ana Lima")).to_be_visible()
    assert Meeting.objects.get().attendees.get(customer=ana).address == "ana@lima.example"


def test_a_visitor_books_moves_and_cancels(page: Page, kind: MeetingType) -> None:
    page.goto("/book/first-talk/?zone=Europe/Lisbon")
    page.locator(".b-day a").first.click()
    page.get_by_label("Your name").fill("Ana Lima")
    page.get_by_label("Your e-mail address").fill("ana@lima.example")
    page.get_by_role("button", name="Book it").click()
    expect(page.get_by_role("heading", name="It is booked")).to_be_visible()
    row = Meeting.objects.get()
    page.goto(row.manage_url)
    page.get_by_text("Choose another time").click()
    page.locator(".b-day button").nth(3).click()
    expect(page.locator(".b-day button").first).not_to_be_visible()
    moved = Meeting.objects.get()
    assert moved.starts_at != row.starts_at
    page.get_by_text("Cancel the meeting").click()
    page.get_by_role("button", name="Cancel it").click()
    expect(page.get_by_text("This meeting is cancelled.")).to_be_visible()


def test_pressing_a_number_leads_to_the_form(signed_in_page: Page, ana: Customer) -> None:
    page = signed_in_page
    switchboard.set_up(dial="tel:{number}", call_back_hours=4, by=SYSTEM)
    visit(page, f"/customers/{ana.pk}/")
    page.locator("#facts .call-link").click()
    page.wait_for_url("**compose=call**")
    expect(page.locator("#composer")).to_have_attribute("open", "")
    assert Call.objects.count() == 2


ADDRESSES = {
    "calendar": "/calendar/", "calendar-list": "/calendar/?view=agenda", "meeting": "/calendar/{meeting}/",
    "meeting-add": "/calendar/add/", "phone": "/settings/phone/", "booking-settings": "/settings/booking/",
    "booking-kind": "/settings/booking/{kind}/", "own-calendar": "/me/calendar/", "book": "/book/first-talk/?zone=UTC",
    "customer-calls": "/customers/{ana}/",
}  # fmt: skip


def test_the_pages_fit_and_axe_finds_nothing(
    signed_in_page: Page, axe: Callable[[Page], list[str]], screenshot: Callable[..., None],
    full_week: Meeting, kind: MeetingType, ana: Customer,
) -> None:  # fmt: skip
    found = {}
    for name, address in ADDRESSES.items():
        there = address.format(meeting=full_week.pk, kind=kind.pk, ana=ana.pk)
        screenshot(name, there)
        signed_in_page.goto(there)
        if trouble := axe(signed_in_page):
            found[name] = trouble
    assert found == {}
