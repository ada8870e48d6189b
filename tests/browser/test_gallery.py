"""The gallery in a real browser: every component in both sizes and themes, without findings of axe."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor, keep, picture, visit


def test_the_gallery_fits_both_sizes_and_axe_finds_nothing(
    signed_in: Visitor, axe: Callable[[Page], list[str]]
) -> None:
    for view, page in signed_in.look("/ui/gallery/"):
        keep(page, f"gallery-{view}")
        picture(page, f"gallery-{view}")
        assert axe(page) == [], view


PLACE_OF_FIRST_POINT = """
async (canvas) => {
  const echarts = await import(canvas.closest("rapport-chart").dataset.echarts)
  const drawn = echarts.getInstanceByDom(canvas)
  return drawn.convertToPixel({ seriesIndex: drawn.getOption().series.length - 1 }, [0, 182])
}
"""


def test_a_click_on_a_mark_of_a_chart_opens_its_rows(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    chart = page.locator("rapport-chart").first
    chart.scroll_into_view_if_needed()
    expect(chart).to_have_attribute("data-ready", "")
    canvas = chart.locator(".chart-canvas")
    x, y = canvas.evaluate(PLACE_OF_FIRST_POINT)
    canvas.click(position={"x": x, "y": y})
    page.wait_for_url("**/ui/gallery/#chart-Dec")


def test_the_figures_of_a_chart_are_there_as_a_table(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.locator("#chart").get_by_text("Show as a table").first.click()
    table = page.get_by_role("table", name="Revenue by month")
    expect(table.get_by_role("row").nth(1)).to_have_text("Dec182")


def test_a_dialog_opens_takes_the_focus_and_closes_with_escape(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.get_by_role("button", name="Open a dialog").click()
    dialog = page.get_by_role("dialog", name="Delete 14 customers?")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Open a dialog")).to_be_focused()


def test_a_menu_opens_below_its_button_and_moves_with_arrows(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    button = page.get_by_role("button", name="Open a menu")
    button.click()
    menu = page.locator("#gallery-menu")
    expect(menu).to_be_visible()
    near, box = button.bounding_box(), menu.bounding_box()
    assert near is not None
    assert box is not None
    assert 0 <= box["y"] - (near["y"] + near["height"]) <= 12
    expect(menu.get_by_role("button", name="Edit")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Merge with…")).to_be_focused()
    page.keyboard.press("End")
    expect(menu.get_by_role("button", name="Delete")).to_be_focused()


def test_the_theme_changes_at_once_and_stays(signed_in_page: Page) -> None:
    page = signed_in_page
    visit(page, "/ui/gallery/")
    page.get_by_role("button", name="Me", exact=True).click()
    with page.expect_response("**/ui/look/"):
        page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(231, 234, 239)"
