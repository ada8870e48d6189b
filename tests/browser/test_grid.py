"""A list as a spreadsheet: typed and pasted into, filled, refused by the cell, undone, kept while nobody answers."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Dialog, Locator, Page, Route, expect

from rapport.customers.models import Customer
from rapport.customers.services import customers
from rapport.kernel.actors import SYSTEM
from rapport.testing import builders
from rapport.testing.cast import Cast
from tests.browser.conftest import Visitor, keep, picture, visit

GRID = "/customers/?grid=1&sort=name&columns=name,stage,city,source,tags,orders"
NAME, STAGE, CITY, SOURCE, TAGS, ORDERS = range(6)


@pytest.fixture
def people(cast: Cast) -> None:
    """Four customers."""
    for name, city in (("Ana Lima", "Porto"), ("Ben Ito", "Leeds"), ("Cy Young", "York"), ("Di Reis", "Faro")):
        builders.customer(name, city=city, stage="lead")


@pytest.fixture
def grid(signed_in_page: Page, people: None) -> Page:
    """The grid of the four."""
    return opened(signed_in_page)


def opened(page: Page, address: str = GRID) -> Page:
    visit(page, address)
    expect(page.locator("rapport-grid[data-ready]")).to_be_attached()
    expect(cell(page, 0, 0)).not_to_be_empty()
    return page


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(f"#cell-{row}-{column}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def paste(page: Page, text: str) -> None:
    """Paste as from a spreadsheet."""
    page.evaluate(
        """text => {
          const data = new DataTransfer()
          data.setData("text/plain", text)
          const how = { clipboardData: data, bubbles: true, cancelable: true }
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", how))
        }""",
        text,
    )


def copied(page: Page) -> str:
    """Copy, and return what is on the clipboard then."""
    return str(
        page.evaluate(
            """() => {
              const data = new DataTransfer()
              const how = { clipboardData: data, bubbles: true, cancelable: true }
              document.activeElement.dispatchEvent(new ClipboardEvent("copy", how))
              return data.getData("text/plain")
            }"""
        )
    )


def said(page: Page) -> Locator:
    return page.locator(".grid-status [data-said]")


def column_of(*, field: str) -> list[object]:
    return list(Customer.objects.order_by("name").values_list(field, flat=True))


def test_one_types_enter_goes_down_and_tab_aside(grid: Page) -> None:
    cell(grid, 0, CITY).click()
    grid.keyboard.type("Lisbon")
    press(grid, "Tab")
    grid.keyboard.type("fair")
    press(grid, "Enter")
    grid.keyboard.type("Bath")
    press(grid, "Enter")

    expect(cell(grid, 1, CITY)).to_have_text("Bath")
    expect(said(grid)).to_have_text(re.compile("Saved"))
    assert column_of(field="city") == ["Lisbon", "Bath", "York", "Faro"]
    assert column_of(field="source") == ["fair", "", "", ""]
    expect(grid.get_by_role("grid", name="Customers")).to_have_attribute("aria-activedescendant", f"cell-2-{CITY}")


def test_enter_opens_a_cell_as_it_is_and_escape_leaves_it(grid: Page) -> None:
    cell(grid, 0, CITY).click()
    press(grid, "Enter")
    field = grid.get_by_label("City: Ana Lima")
    expect(field).to_have_value("Porto")
    field.fill("Faro")
    press(grid, "Escape")

    expect(cell(grid, 0, CITY)).to_have_text("Porto")
    expect(grid.get_by_role("grid", name="Customers")).to_be_focused()


def test_a_choice_is_picked_by_its_first_letter(grid: Page) -> None:
    cell(grid, 1, STAGE).click()
    press(grid, "a")
    expect(grid.get_by_label("Stage: Ben Ito")).to_have_value("Advocate")
    press(grid, "Enter")

    expect(said(grid)).to_have_text("Saved: 1.")
    assert column_of(field="stage") == ["lead", "advocate", "lead", "lead"]


def test_a_block_of_a_spreadsheet_is_pasted_and_undone_at_once(grid: Page) -> None:
    cell(grid, 1, STAGE).click()
    paste(grid, 'Customer\tLondon\t"a ""big""\nfair"\r\nprospect\tBath\tweb\r\nAdvocate\tFaro\t\r\n')

    expect(said(grid)).to_have_text("Saved: 7.")
    assert column_of(field="stage") == ["lead", "customer", "prospect", "advocate"]
    assert column_of(field="city") == ["Porto", "London", "Bath", "Faro"]
    assert column_of(field="source") == ["", 'a "big"\nfair', "web", ""]

    press(grid, "Control+z")
    expect(said(grid)).to_have_text("Put back as it was.")
    expect(cell(grid, 1, CITY)).to_have_text("Leeds")
    assert column_of(field="stage") == ["lead"] * 4
    assert column_of(field="city") == ["Porto", "Leeds", "York", "Faro"]
    assert column_of(field="source") == [""] * 4


def test_what_is_refused_stays_in_its_cell_with_the_reason_and_the_rest_is_saved(grid: Page) -> None:
    cell(grid, 0, STAGE).click()
    paste(grid, f"Customer\tBath\nnonsense\t{'x' * 130}")

    expect(said(grid)).to_have_text("Saved: 2. Refused: 2.")
    assert column_of(field="stage") == ["customer", "lead", "lead", "lead"]
    assert column_of(field="city") == ["Bath", "Leeds", "York", "Faro"]
    grid.get_by_role("button", name="Show it").click()
    expect(cell(grid, 1, STAGE)).to_have_attribute("aria-invalid", "true")
    expect(cell(grid, 1, STAGE)).to_have_text("nonsense")
    expect(grid.locator("#grid-note")).to_have_text("“nonsense” is none of the choices.")

    press(grid, "a", "Enter")
    expect(said(grid)).to_have_text("Saved: 1.")
    expect(cell(grid, 1, STAGE)).not_to_have_attribute("aria-invalid", "true")
    cell(grid, 1, CITY).click()
    press(grid, "Escape")
    expect(cell(grid, 1, CITY)).to_have_text("Leeds")
    assert column_of(field="stage") == ["customer", "advocate", "lead", "lead"]


def test_a_cell_that_somebody_changed_meanwhile_is_not_written_over(grid: Page) -> None:
    customers.change(Customer.objects.get(name="Ana Lima"), by=SYSTEM, city="Braga")
    cell(grid, 0, CITY).click()
    grid.keyboard.type("Lisbon")
    press(grid, "Enter", "ArrowUp")
    expect(grid.locator("#grid-note")).to_have_text("Meanwhile somebody changed this to: Braga")
    assert Customer.objects.get(name="Ana Lima").city == "Braga"

    press(grid, "Enter", "Enter")
    expect(said(grid)).to_have_text("Saved: 1.")
    assert Customer.objects.get(name="Ana Lima").city == "Lisbon"


def test_a_selection_is_filled_down_by_key_and_by_its_handle(grid: Page) -> None:
    cell(grid, 0, CITY).click()
    press(grid, "Shift+ArrowDown", "Control+d")
    expect(said(grid)).to_have_text("Saved: 1.")
    assert column_of(field="city") == ["Porto", "Porto", "York", "Faro"]

    grid.locator(".grid-handle").drag_to(cell(grid, 3, CITY))
    expect(said(grid)).to_have_text("Saved: 2.")
    assert column_of(field="city") == ["Porto"] * 4


def test_delete_empties_cells_and_copy_takes_them_as_a_spreadsheet_does(grid: Page) -> None:
    cell(grid, 1, NAME).click()
    cell(grid, 2, CITY).click(modifiers=["Shift"])
    assert copied(grid) == "Ben Ito\tLead\tLeeds\nCy Young\tLead\tYork"

    cell(grid, 2, CITY).click()
    press(grid, "Delete")
    expect(said(grid)).to_have_text("Saved: 1.")
    assert column_of(field="city") == ["Porto", "Leeds", "", "Faro"]


def test_the_clipboard_of_the_browser_is_used(signed_in: Visitor, people: None) -> None:
    page = signed_in.page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened(page)
    cell(page, 0, STAGE).click()
    press(page, "Shift+ArrowRight", "Control+c")
    expect(said(page)).to_have_text("Copied: 2.")
    cell(page, 2, STAGE).click()
    press(page, "Control+v")

    expect(said(page)).to_have_text("Saved: 1.")
    assert column_of(field="city") == ["Porto", "Leeds", "Porto", "Faro"]


def test_who_signs_in_anew_in_another_tab_goes_on(grid: Page, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.alice)
    grid.context.clear_cookies()
    cell(grid, 0, CITY).click()
    grid.keyboard.type("Lisbon")
    press(grid, "Enter")
    expect(said(grid)).to_have_text("You are signed out. Sign in in another tab; what you typed is kept here.")

    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    grid.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": grid.url}])
    grid.get_by_role("button", name="Try again").click()
    expect(said(grid)).to_have_text("Saved: 1.")
    assert column_of(field="city")[0] == "Lisbon"


def test_one_cell_fills_a_selection_and_a_block_repeats_in_it(grid: Page) -> None:
    cell(grid, 0, CITY).click()
    cell(grid, 3, SOURCE).click(modifiers=["Shift"])
    paste(grid, "Bath")
    expect(said(grid)).to_have_text("Saved: 8.")
    assert (column_of(field="city"), column_of(field="source")) == (["Bath"] * 4, ["Bath"] * 4)

    paste(grid, "York\tfair\nLeeds\tweb")
    expect(said(grid)).to_have_text("Saved: 8.")
    assert column_of(field="city") == ["York", "Leeds", "York", "Leeds"]
    assert column_of(field="source") == ["fair", "web", "fair", "web"]


def test_what_is_filtered_away_with_unsaved_cells_is_asked_first(grid: Page) -> None:
    cell(grid, 0, STAGE).click()
    paste(grid, "nonsense")
    expect(said(grid)).to_have_text("Refused: 1.")
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept() if len(asked) > 1 else dialog.dismiss()

    grid.on("dialog", answer)
    mine = grid.get_by_role("navigation", name="Views").get_by_role("link", name="Mine")
    mine.click()
    expect(cell(grid, 0, STAGE)).to_have_text("nonsense")
    mine.click()
    expect(grid.get_by_text("Nothing fits this filter")).to_be_visible()
    expect(grid).to_have_url(re.compile("view=mine"))
    assert asked == ["Some cells are not saved. Leave all the same?"] * 2


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]),
        ("a\n\nb", [["a"], [""], ["b"]]),
        ("\t", [["", ""]]),
        ('"a\nb"\t"say ""hi"""', [["a\nb", 'say "hi"']]),
        ('"quoted" word\t6"', [['"quoted" word', '6"']]),
        ('"open', [['"open']]),
        ("", [[""]]),
    ],
)
def test_what_spreadsheets_put_on_the_clipboard_is_read(grid: Page, text: str, cells: list[list[str]]) -> None:
    module = "const { read, written } = await import('/static/ui/js/grid/tsv.js')"
    assert grid.evaluate(f"async text => {{ {module}; return read(text) }}", text) == cells
    assert grid.evaluate(f"async cells => {{ {module}; return read(written(cells)) }}", cells) == cells


def test_a_column_that_is_worked_out_takes_nothing_and_says_so(grid: Page) -> None:
    expect(cell(grid, 0, ORDERS)).to_have_attribute("aria-readonly", "true")
    cell(grid, 0, TAGS).click()
    paste(grid, "vip\t12\tmore\nwholesale\t13\tmore")

    expect(said(grid)).to_have_text(
        "Saved: 2. Pasted columns beyond the last one, left out: 1. "
        "Left as they are, for their column is not changed here: 2."
    )
    cell(grid, 0, ORDERS).click()
    press(grid, "5")
    expect(said(grid)).to_have_text("This column is not changed here.")
    expect(cell(grid, 0, ORDERS)).to_have_text("0")
    assert column_of(field="tags") == [["vip"], ["wholesale"], [], []]


def test_a_name_in_the_last_row_adds_a_customer_and_pasted_rows_are_added_when_one_says_so(grid: Page) -> None:
    cell(grid, 4, NAME).click()
    grid.keyboard.type("Eve Costa")
    press(grid, "Tab", "Tab")
    expect(said(grid)).to_have_text("Saved: 1.")
    grid.keyboard.type("Beja")
    press(grid, "Enter")
    expect(said(grid)).to_have_text("Saved: 1.")
    eve = Customer.objects.get(name="Eve Costa")
    assert (eve.given_name, eve.family_name) == ("Eve", "Costa")

    cell(grid, 5, NAME).click()
    paste(grid, "Fay Dias\tCustomer\tEvora\nGil Pinto\tnonsense\tTomar")
    expect(said(grid)).to_have_text("Pasted rows beyond the end: 2.")
    assert Customer.objects.count() == 5
    grid.get_by_role("button", name="Add them").click()
    expect(said(grid)).to_contain_text("Saved: 2.")
    assert column_of(field="name")[-3:] == ["Eve Costa", "Fay Dias", "Gil Pinto"]
    assert column_of(field="city")[-3:] == ["Beja", "Evora", "Tomar"]
    assert column_of(field="stage")[-2:] == ["customer", "lead"]
    expect(cell(grid, 6, STAGE)).to_have_attribute("aria-invalid", "true")

    press(grid, "Control+z")
    expect(said(grid)).to_have_text("Put back as it was.")
    expect(cell(grid, 5, NAME)).to_have_text("New customer")
    assert Customer.objects.live().count() == 5


def test_what_does_not_arrive_is_kept_and_sent_again(grid: Page) -> None:
    away = "**/grid/changes/**"
    grid.route(away, lambda route: route.abort())
    cell(grid, 0, CITY).click()
    grid.keyboard.type("Lisbon")
    press(grid, "Enter")
    expect(said(grid)).to_have_text("The server does not answer. Not saved yet: 1; it is sent again.")
    expect(cell(grid, 0, CITY)).to_have_text("Lisbon")

    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    grid.once("dialog", stay)
    grid.get_by_role("navigation", name="Main").get_by_role("link", name="Orders").click()
    expect(cell(grid, 0, CITY)).to_have_text("Lisbon")
    assert asked == ["beforeunload"]

    grid.unroute(away)
    grid.get_by_role("button", name="Try again").click()
    expect(said(grid)).to_have_text("Saved: 1.")
    assert column_of(field="city")[0] == "Lisbon"


def test_rows_that_do_not_come_are_asked_for_again(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    broken = [True]

    def answer(route: Route) -> None:
        route.abort() if broken else route.continue_()

    page.route("**/grid/rows/**", answer)
    visit(page, GRID)
    expect(said(page)).to_have_text("The server does not answer.")
    broken.clear()
    page.get_by_role("button", name="Try again").click()
    expect(cell(page, 3, NAME)).to_contain_text("Di Reis")


def test_rows_come_as_one_scrolls_and_the_last_one_at_a_jump(signed_in_page: Page, cast: Cast) -> None:
    for number in range(320):
        builders.customer(f"P {number:03}", city="Porto")
    page = opened(signed_in_page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "grid/rows" in request.url else None)
    cell(page, 0, NAME).click()
    press(page, "Control+End")
    expect(cell(page, 319, NAME)).to_contain_text("P 319")
    assert len(asked) == 2  # the last two blocks: the one between was jumped over
    press(page, "Control+Home")
    expect(cell(page, 0, NAME)).to_contain_text("P 000")
    cell(page, 0, NAME).click()
    press(page, "Shift+ArrowDown", "Control+Shift+ArrowDown")
    expect(page.locator(".grid-sums")).to_contain_text("Count 220 · without rows not seen yet: 100")
    page.get_by_role("button", name="New customer").click()
    page.keyboard.type("Z 320")
    press(page, "Enter")
    expect(said(page)).to_have_text("Saved: 1.")
    expect(cell(page, 320, NAME)).to_contain_text("Z 320")
    press(page, "Control+Home")
    page.mouse.move(700, 500)
    page.mouse.wheel(0, 5000)
    expect(cell(page, 155, NAME)).to_contain_text("P 155")
    assert page.locator(".grid-body .grid-row").count() < 60


def test_a_selection_is_counted_and_added_up(signed_in_page: Page, cast: Cast) -> None:
    for name, orders in (("Ana", 1), ("Ben", 3)):
        customer = builders.customer(name)
        for _order in range(orders):
            builders.order(customer)
    page = opened(signed_in_page, "/customers/?grid=1&sort=name&columns=name,orders")
    cell(page, 0, 1).click()
    press(page, "Shift+ArrowDown")

    expect(page.locator(".grid-sums")).to_have_text("Count 2 · Sum 4 · Average 2")


def test_a_head_sorts(grid: Page) -> None:
    grid.get_by_role("columnheader", name="Name").get_by_role("link").click()
    expect(cell(grid, 0, NAME)).to_contain_text("Di Reis")
    expect(grid.get_by_role("columnheader", name="Name")).to_have_attribute("aria-sort", "descending")


def test_escape_then_tab_leaves_the_grid(grid: Page) -> None:
    cell(grid, 0, NAME).click()
    press(grid, "Tab")
    expect(grid.get_by_role("grid", name="Customers")).to_be_focused()
    press(grid, "Escape", "Tab")
    expect(grid.get_by_role("grid", name="Customers")).not_to_be_focused()


def test_a_page_without_scripts_shows_the_table(signed_in: Visitor, people: None) -> None:
    bare = signed_in.browser.new_context(base_url=signed_in.address, java_script_enabled=False)
    signed_in.contexts.append(bare)
    bare.add_cookies([{"name": n, "value": v, "url": signed_in.address} for n, v in signed_in.cookies.items()])
    page = bare.new_page()
    page.goto(GRID)
    expect(page.get_by_role("link", name="Ana Lima")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Stage")).to_be_visible()


def test_a_phone_shows_the_table(signed_in: Visitor, people: None) -> None:
    phone = signed_in.page("phone")
    visit(phone, GRID)
    expect(phone.get_by_role("link", name="Ana Lima")).to_be_visible()
    expect(phone.get_by_role("grid")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(signed_in: Visitor, people: None, axe: Callable[[Page], list[str]], theme: str) -> None:
    page = opened(signed_in.page("desktop", theme))
    cell(page, 0, STAGE).click()
    paste(page, "nonsense\tBath")
    expect(said(page)).to_have_text("Saved: 1. Refused: 1.")
    grid_note = page.locator("#grid-note")
    expect(grid_note).to_be_visible()
    assert axe(page) == []
    press(page, "Escape", "ArrowRight", "Enter")
    expect(page.get_by_label("City: Ana Lima")).to_be_focused()
    assert axe(page) == []


@pytest.fixture
def shop(cast: Cast) -> None:
    """Two dozen customers, as a shop has them."""
    names = (
        "Ana Lima,Ben Ito,Cy Young,Di Reis,Eve Costa,Finn Berg,Gia Rossi,Hugo Sá,Ines Prado,Jon Vik,Kim Sato,Lea Roth"
    )
    towns = (("Porto", "PT"), ("Leeds", "GB"), ("York", "GB"), ("Turin", "IT"), ("Bergen", "NO"), ("Bonn", "DE"))
    for number, name in enumerate(f"{names},{names.replace(',', ' Neto,')} Neto".split(",")):
        town, country = towns[number % len(towns)]
        customer = builders.customer(
            name, email=f"{name.split()[0].lower()}{number}@example.com", city=town, country=country,
            stage=("lead", "customer", "customer", "advocate")[number % 4], source=("fair", "", "web")[number % 3],
            tags=["wholesale"] if number % 5 == 0 else [], owner=(cast.ben, None, cast.sam)[number % 3],
        )  # fmt: skip
        for _order in range(number % 4):
            builders.order(customer)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pictures(signed_in: Visitor, shop: None, theme: str) -> None:
    columns = "name,email,stage,owner,city,country,orders,value"
    page = opened(signed_in.page("desktop", theme), f"/customers/?grid=1&sort=name&columns={columns}")
    cell(page, 2, 2).click()
    paste(page, "Advocate\nBest friend\nAdvocate")
    expect(said(page)).to_contain_text("Refused: 1.")
    cell(page, 6, 6).click()
    cell(page, 12, 6).click(modifiers=["Shift"])
    expect(page.locator(".grid-sums")).to_contain_text("Average")
    picture(page, f"grid-desktop-{theme}")
    keep(page, f"grid-desktop-{theme}")
    page.get_by_role("button", name="Show it").click()
    expect(page.locator("#grid-note")).to_be_visible()
    picture(page, f"grid-refused-{theme}")
    press(page, "ArrowRight", "Enter")
    expect(page.get_by_label(re.compile("^Owner: "))).to_be_focused()
    picture(page, f"grid-choice-{theme}")
