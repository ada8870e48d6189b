"""Calendars and SLA policies in a browser: they fit both sizes and themes, and a calendar is made by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import parse
from rapport.service.clocks.ticking import Aim
from rapport.service.models import Calendar, SlaPolicy
from rapport.service.services import calendars, policies
from tests.browser.conftest import visit

pytestmark = pytest.mark.django_db(transaction=True)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.fixture
def office(cast: object) -> Calendar:
    hours = {name: [["09:00", "13:00"], ["14:00", "17:30"]] for name in WORKDAYS}
    made = calendars.add("Office", "Europe/London", {**hours, "sat": [["22:00", "06:00"]]}, by=SYSTEM)
    calendars.set_day(made, next_weekday(2), "Company outing", by=SYSTEM)
    calendars.set_day(made, next_weekday(4), "Half day", [["09:00", "12:00"]], by=SYSTEM)
    minutes = {
        priority: {Aim.FIRST: first, Aim.NEXT: first * 2, Aim.SOLVE: first * 10}
        for priority, first in (("low", 480), ("normal", 240), ("high", 90), ("urgent", 30))
    }
    policies.add("Everybody", made, minutes, by=SYSTEM, fallback=True)
    condition = parse("priority = urgent and customer.stage = customer")
    policies.add("Urgent matters of customers", made, minutes, by=SYSTEM, condition=condition)
    return made


def next_weekday(number: int) -> date:
    """Return the first such weekday from tomorrow on, Monday being 0."""
    day = clock.now().date() + timedelta(days=1)
    return day + timedelta(days=(number - day.weekday()) % 7)


def test_a_calendar_is_made_by_keyboard(signed_in_page: Page, office: Calendar) -> None:
    page = signed_in_page
    visit(page, "/settings/calendars/add/")
    page.get_by_label("Name").fill("Shop")
    page.get_by_label("Monday").fill("10:00-19:00")
    page.get_by_label("Monday").press("Enter")
    expect(page.get_by_text("Calendar Shop added.")).to_be_visible()
    assert Calendar.objects.get(name="Shop").hours["mon"] == [["10:00", "19:00"]]


def test_the_pages_have_no_faults_of_accessibility(
    signed_in_page: Page, office: Calendar, axe: Callable[[Page], list[str]]
) -> None:
    policy = SlaPolicy.objects.get(fallback=True)
    for address in ("calendars/", f"calendars/{office.pk}/", "sla/", f"sla/{policy.pk}/", "sla/add/"):
        visit(signed_in_page, f"/settings/{address}")
        assert axe(signed_in_page) == [], address


def test_pictures(screenshot: Callable[..., None], office: Calendar) -> None:
    policy = SlaPolicy.objects.get(fallback=True)
    screenshot("calendars", "/settings/calendars/")
    screenshot("calendar", f"/settings/calendars/{office.pk}/")
    screenshot("sla-policies", "/settings/sla/")
    screenshot("sla-policy", f"/settings/sla/{policy.pk}/")
