"""The keyboard: the palette, moving in a list, selecting rows, the help."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.conftest import visit


def test_control_k_opens_the_palette_and_enter_goes_to_the_page(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Search and commands")
    expect(palette).to_be_visible()
    page.keyboard.type("gallery")
    option = palette.get_by_role("option", name="Gallery")
    expect(option).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ui/gallery/")
    expect(palette).to_be_hidden()


def test_the_palette_says_when_it_found_nothing(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzzqq")
    expect(page.get_by_text("Nothing found for “zzzzqq”.")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Search and commands")).to_be_visible()


def test_typing_in_the_search_field_goes_on_in_the_palette(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.locator("body").press("/")
    page.keyboard.type("gal")
    expect(page.get_by_role("combobox", name="Search and commands")).to_have_value("gal")


def test_the_search_works_without_javascript(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/palette/?q=gallery")
    expect(page.get_by_role("heading", name="Search: gallery")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="Gallery")).to_be_visible()


def test_j_and_k_move_and_x_selects(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    table = page.get_by_role("table", name="Customers")
    rows = table.locator("tbody tr")
    table.scroll_into_view_if_needed()
    rows.nth(0).locator("td").nth(2).click()
    expect(rows.nth(0)).to_have_attribute("data-at", "")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(2)).to_have_attribute("data-at", "")
    page.keyboard.press("x")
    expect(rows.nth(2).get_by_role("checkbox")).to_be_checked()
    expect(page.locator("#table .bulk [data-count]")).to_have_text("2")
    page.keyboard.press("k")
    expect(rows.nth(1)).to_have_attribute("data-at", "")


def test_the_box_in_the_head_selects_all_and_the_cross_none(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(page.locator("#table .bulk [data-count]")).to_have_text("5")
    page.get_by_role("button", name="Clear the selection").click()
    expect(page.locator("#table .bulk")).to_be_hidden()
    expect(page.get_by_role("checkbox", name="Select Tom Ashby")).not_to_be_checked()


def test_the_question_mark_shows_the_shortcuts(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_a_draft_comes_back_after_leaving_the_page(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.locator("#composer summary").click()
    page.locator("#gallery-note").fill("She prefers mornings.")
    expect(page.locator("rapport-draft")).to_have_attribute("data-kept", "")
    page.reload()
    page.locator("#composer summary").click()
    expect(page.locator("#gallery-note")).to_have_value("She prefers mornings.")


def test_a_draft_that_was_sent_is_forgotten(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.locator("#composer summary").click()
    page.locator("#gallery-note").fill("She prefers mornings.")
    with page.expect_navigation():
        page.locator("#composer").get_by_role("button", name="Save").click()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("#composer summary").click()
    expect(page.locator("#gallery-note")).to_have_value("")


def test_a_draft_that_never_arrived_is_still_there(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.locator("#composer summary").click()
    page.locator("#gallery-note").fill("She prefers mornings.")
    page.route("**/ui/gallery/?text=*", lambda route: route.abort("internetdisconnected"))
    page.locator("#composer").get_by_role("button", name="Save").click()
    page.wait_for_url("chrome-error://**")
    page.go_back()
    page.wait_for_selector("html[data-ready]", state="attached")
    page.locator("#composer summary").click()
    expect(page.locator("#gallery-note")).to_have_value("She prefers mornings.")
