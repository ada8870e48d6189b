"""Lists without leaving them: cells changed in place, a look beside the list, cards moved on a board."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from rapport.customers.models import Customer
from rapport.testing import builders
from rapport.testing.cast import Cast
from tests.browser.conftest import Visitor, visit

LIST = "/customers/?columns=name,stage,owner,tags,city&sort=name"


@pytest.fixture
def people(cast: Cast) -> None:
    """Three customers."""
    builders.customer("Ana Lima", city="Porto", stage="lead")
    builders.customer("Ben Ito", city="Leeds", stage="customer", tags=["wholesale"])
    builders.customer("Cy Young", city="York", stage="lead")


def test_a_choice_is_changed_by_keyboard_and_undone(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, LIST)
    for key in ("j", "ArrowRight", "e"):
        page.keyboard.press(key)
    page.get_by_label("Stage", exact=True).select_option("advocate")
    expect(page.locator("tbody tr").first.locator("[data-cell=stage]")).to_have_text("Advocate")
    toast = page.locator(".toast", has_text="Stage changed.")
    assert Customer.objects.get(name="Ana Lima").stage == "advocate"
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr").first.locator("[data-cell=stage]")).to_have_text("Lead")
    expect(page).to_have_url(re.compile("columns=name"))


def test_a_click_on_a_cell_changes_it_and_escape_leaves_it(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, LIST)
    cell = page.locator("tbody tr").first.locator("[data-cell=city]")
    cell.click()
    field = page.get_by_label("City", exact=True)
    expect(field).to_be_focused()
    page.keyboard.type("Faro")
    page.keyboard.press("Escape")
    expect(cell).to_have_text("Porto")
    cell.click()
    field.fill("Faro")
    page.keyboard.press("Enter")
    expect(cell).to_have_text("Faro")
    assert Customer.objects.get(name="Ana Lima").city == "Faro"


def test_tags_are_suggested_while_one_types(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, LIST)
    page.locator("tbody tr").first.locator("[data-cell=tags]").click()
    page.get_by_label("Tags", exact=True).press_sequentially("who")
    expect(page.locator("#cell-options option")).to_have_attribute("value", "wholesale")


def test_space_looks_at_the_row_and_j_at_the_next(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, LIST)
    page.keyboard.press("j")
    page.keyboard.press(" ")
    panel = page.get_by_role("complementary", name="The row beside the list")
    expect(panel.get_by_role("heading", name="Ana Lima")).to_be_visible()
    page.keyboard.press("j")
    expect(panel.get_by_role("heading", name="Ben Ito")).to_be_visible()
    panel.get_by_role("button", name="Next row").click()
    expect(panel.get_by_role("heading", name="Cy Young")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_a_card_is_dragged_or_moved_by_keyboard(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/?board=stage")
    expect(page.locator("rapport-board[data-ready]")).to_be_attached()
    lead, prospect = page.locator("[data-lane=lead]"), page.locator("[data-lane=prospect]")
    lead.locator(".lane-card", has_text="Ana Lima").drag_to(prospect)
    expect(page.locator(".toast", has_text="Stage changed.")).to_be_visible()
    expect(page.locator("[data-lane=prospect] .lane-card")).to_have_count(1)
    assert Customer.objects.get(name="Ana Lima").stage == "prospect"

    expect(page.locator("rapport-board[data-ready]")).to_be_attached()
    page.get_by_role("link", name="Ben Ito", exact=True).focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("[data-lane=advocate] .lane-card", has_text="Ben Ito")).to_be_visible()
    expect(page.locator(".toast", has_text="Stage changed.")).to_have_count(2)
    assert Customer.objects.get(name="Ben Ito").stage == "advocate"


@pytest.mark.parametrize("address", ["/customers/?board=stage", "/customers/?board=owner"])
def test_axe_finds_nothing(signed_in: Visitor, people: None, axe: Callable[[Page], list[str]], address: str) -> None:
    page = signed_in.page()
    visit(page, address)

    assert axe(page) == []


def test_axe_finds_nothing_in_a_cell_and_in_the_look_beside(
    signed_in: Visitor, people: None, axe: Callable[[Page], list[str]]
) -> None:
    page = signed_in.page()
    visit(page, LIST)
    for key in ("j", " "):
        page.keyboard.press(key)
    expect(page.locator(".peek-title")).to_be_visible()
    page.locator("tbody tr").first.locator("[data-cell=tags]").click()
    expect(page.locator("rapport-cell input[name=value]")).to_be_focused()

    assert axe(page) == []


def test_pictures(screenshot: Callable[..., None], people: None) -> None:
    screenshot("board", "/customers/?board=stage")
