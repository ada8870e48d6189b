"""Segments in a browser: from a filter to a segment, adding a condition while its name is typed, and the reasons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.marketing.models import Segment
from rapport.marketing.services import members
from rapport.testing import builders
from tests.browser.conftest import visit

PEOPLE = (
    ("Eleanor Marsh", "GB", 17), ("Priya Raman", "GB", 23), ("Tom Ashby", "PT", 1), ("Noor Haddad", "PT", 9),
    ("Lukas Berg", "DE", 4), ("Ida Nyström", "SE", 12), ("Jamal Carter", "GB", 3), ("Sofia Lindgren", "SE", 27),
)  # fmt: skip


@pytest.fixture
def people(cast: object) -> None:
    for name, country, orders in PEOPLE:
        made = builders.customer(name, country=country)
        for _number in range(orders):
            builders.order(made)


def test_from_a_filter_to_a_segment_and_its_reasons(
    signed_in_page: Page, people: None, screenshot: Callable[..., None], axe: Callable[[Page], list[str]]
) -> None:
    page = signed_in_page
    visit(page, "/customers/?f=totals.orders+>%3D+5")
    page.get_by_role("link", name="Make a segment").click()
    expect(page.locator("#list")).to_contain_text("5 customers meet all of it now")
    page.get_by_label("Name", exact=True).fill("Regulars abroad")
    page.get_by_role("link", name="condition", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Write it as text").click()
    dialog.get_by_role("textbox").fill("totals.orders >= 5 and country != GB")
    dialog.get_by_role("button", name="Apply").click()
    expect(page.locator("#list")).to_contain_text("3 customers meet all of it now")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Regulars abroad")  # what was typed stays
    assert axe(page) == []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("being worked out")
    with clock.frozen(clock.now() - timedelta(days=3)):
        members.settle(by=SYSTEM)
    Segment.objects.update(created_at=clock.now() - timedelta(days=4))
    expect(page.locator("#segment-page")).to_contain_text("Ida Nyström")  # the page looks again by itself
    page.get_by_role("combobox", name="Customer").fill("Tom Ashby")
    page.get_by_role("button", name="Ask").click()
    answer = page.locator("#why")
    expect(answer).to_contain_text("Not in it.")
    expect(answer.locator(".reason").first).to_contain_text("not met")
    assert axe(page) == []
    made = Segment.objects.get()
    screenshot("segment", f"/segments/{made.pk}/?who=Tom+Ashby")
    screenshot("segment-draft", f"/segments/draft/?view={made.pk}")
    screenshot("segments", "/segments/")
