"""The list of customers in a browser: filter, sort, select, undo, views and columns; and all of it without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from rapport.customers.models import Customer
from rapport.insight.models import Score
from rapport.kernel import clock
from rapport.team.models import SavedView
from rapport.testing import builders
from rapport.testing.cast import PASSWORD, Cast
from tests.browser.conftest import visit

PEOPLE = (
    ("Eleanor Marsh", "GB", 17, 72, -6, "loyalty"), ("Priya Raman", "GB", 23, 41, -18, "loyalty"),
    ("Tom Ashby", "PT", 1, None, None, ""), ("Noor Haddad", "PT", 9, 77, 2, "advisory"),
    ("Lukas Berg", "DE", 4, 64, 0, "transactional"), ("Ida Nyström", "SE", 12, 49, -11, "value_add"),
    ("Jamal Carter", "GB", 3, 69, 1, "transactional"), ("Sofia Lindgren", "SE", 27, 88, 3, "community"),
)  # fmt: skip


@pytest.fixture
def people(cast: Cast) -> None:
    """Customers with orders, scores and promises, made up for the pictures."""
    firms = {name: builders.company(name) for name in ("Marsh & Daughters", "Haddad Interiors", "Nyström & Co")}
    homes = {"Eleanor Marsh": "Marsh & Daughters", "Noor Haddad": "Haddad Interiors", "Ida Nyström": "Nyström & Co"}
    today = clock.today("Europe/London")
    for days, (name, country, orders, index, trend, kind) in enumerate(PEOPLE):
        made = builders.customer(name, country=country, company=firms.get(homes.get(name, "")))
        at = clock.now() - timedelta(days=days, hours=2)
        builders.order(made, builders.line(quantity=orders, unit_price_minor=1995), placed_at=at)
        if index is not None:
            Score.objects.create(customer=made, index=index, trend=trend, kind=kind, as_of=clock.now())
    noor = Customer.objects.get(name="Noor Haddad")
    builders.promise(noor, "Call back about bulk prices", kind="call", due_on=today)
    builders.promise(Customer.objects.get(name="Lukas Berg"), "Refund", kind="refund", due_on=today + timedelta(days=2))


def rows(page: Page) -> list[str]:
    """Return the names of the rows of the list."""
    return page.locator("tbody tr .cell-main .who .clip").all_text_contents()


def test_from_a_filter_to_a_view(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/")
    page.keyboard.press("f")
    expect(page.get_by_role("dialog", name="Add a condition")).to_be_visible()
    page.keyboard.type("countr")
    page.keyboard.press("Enter")
    page.get_by_label("Choice").select_option("GB")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator(".chip-text", has_text="Country is United Kingdom")).to_be_visible()
    assert rows(page) == ["Eleanor Marsh", "Priya Raman", "Jamal Carter"]

    page.get_by_role("link", name="Orders").locator("visible=true").last.click()
    expect(page.locator("th[aria-sort=ascending]")).to_have_text(re.compile("Orders"))
    page.get_by_role("link", name="Save view").click()
    page.get_by_label("Name", exact=True).fill("Britain")
    page.get_by_label("Pin it to the side").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".tab[aria-current=page]")).to_contain_text("Britain")
    assert SavedView.objects.get().sort == "orders"

    page.get_by_role("link", name=re.compile("^Remove")).click()
    expect(page.get_by_role("link", name="Save view")).to_be_visible()
    assert len(rows(page)) == 11


def test_select_change_and_undo_by_keyboard(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/")
    for key in "jxjx":
        page.keyboard.press(key)
    bar = page.get_by_role("region", name="What to do with the selected rows")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Move to the trash").click()
    dialog = page.get_by_role("dialog", name="Move to the trash: 2 customers")
    dialog.get_by_role("button", name="Move to the trash").click()
    toast = page.locator(".toast", has_text="Moved 2 customers to the trash.")
    expect(toast).to_be_visible()
    expect(page.locator("tbody tr")).to_have_count(9)
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("tbody tr")).to_have_count(11)
    assert Customer.objects.filter(deleted_at__isnull=False).count() == 0


def test_the_bar_of_verbs_hides_until_something_is_selected(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/")
    bar = page.locator(".bulk")
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Select all on this page").check()
    expect(bar).to_be_visible()
    page.get_by_role("button", name="Select none").click()
    expect(bar).to_be_hidden()


def test_slash_goes_to_the_search_of_the_list(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/")
    page.keyboard.press("/")
    page.keyboard.type("nystrom")
    page.keyboard.press("Enter")
    expect(page.locator(".chip-text", has_text="nystrom")).to_be_visible()
    assert set(rows(page)) == {"Ida Nyström", "Nyström & Co"}


def test_columns_are_dragged_into_order(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/")
    page.get_by_role("link", name="Columns").click()
    dialog = page.get_by_role("dialog", name="Columns")
    handles = dialog.locator("[data-handle]")
    expect(handles.first).to_be_visible()
    handles.nth(7).drag_to(handles.nth(1))
    dialog.get_by_role("button", name="Show these").click()
    expect(page.locator("thead th").nth(2)).to_have_text(re.compile("Value"))


def test_e_edits_the_row_and_enter_opens_it(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/?sort=name")
    page.keyboard.press("j")
    page.keyboard.press("e")
    page.wait_for_url("**/edit/")
    page.go_back()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Eleanor Marsh")


def test_back_leads_to_the_row_that_one_came_from(signed_in_page: Page, people: None) -> None:
    page = signed_in_page
    visit(page, "/customers/?sort=name")
    for key in "jjj":
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ida Nyström")
    page.go_back()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Jamal Carter")


def test_it_all_works_without_scripts(browser: Browser, live_server: LiveServer, people: None) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/customers/")
    page.locator("[name=login]").fill("alice@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    page.get_by_role("link", name="condition").click()
    page.get_by_role("link", name="Country", exact=True).first.click()
    page.get_by_label("Choice").select_option("PT")
    page.get_by_role("button", name="Apply").click()
    assert rows(page) == ["Noor Haddad", "Tom Ashby"]

    page.locator(".table-pick").first.check()
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Tag").fill("vip")
    page.get_by_role("button", name="Add a tag").click()
    assert list(Customer.objects.filter(tags=["vip"]).values_list("name", flat=True)) == ["Noor Haddad"]

    page.get_by_role("link", name="Columns").click()
    page.get_by_label("Place of Value").fill("2")
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("thead th").nth(2)).to_have_text(re.compile("Value"))
    context.close()


ADDRESSES = (
    "/customers/", "/customers/filter/", "/customers/filter/?field=country", "/customers/columns/", "/customers/save/",
    "/customers/add/", "/orders/", "/orders/add/", "/promises/", "/promises/add/",
)  # fmt: skip


def test_axe_finds_nothing(signed_in_page: Page, people: None, axe: Callable[[Page], list[str]]) -> None:
    found = {}
    for address in ADDRESSES:
        visit(signed_in_page, address)
        if trouble := axe(signed_in_page):
            found[address] = trouble
    assert found == {}


def test_pictures(screenshot: Callable[..., None], people: None) -> None:
    order = Customer.objects.get(name="Noor Haddad").orders.get()
    screenshot("customers", "/customers/?f=totals.orders >= 1&sort=-relationship")
    screenshot("orders", "/orders/")
    screenshot("order", f"/orders/{order.pk}/")
    screenshot("promises", "/promises/")
