"""Duplicates in a browser: the hint while typing, two side by side, merging with undo; and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from rapport.customers.models import Customer
from rapport.customers.services import comparing
from rapport.testing.builders import company, customer, order
from rapport.testing.cast import Cast
from tests.browser.conftest import visit

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = "+447911123456"
Two = tuple[Customer, Customer]


@pytest.fixture
def two(cast: Cast) -> Two:
    """Two who are one, and other pairs beside them."""
    born = date(1984, 5, 1)
    home: dict[str, Any] = {"street": "High Street 1", "postcode": "LS1 4AP", "city": "Leeds"}
    pair = (
        customer("Eleanor Marsh", phone=PHONE, email="eleanor@marsh.example", birthday=born, source="Fair", **home),
        customer("Ellie Marsh", phone=PHONE, birthday=born, source="Shop", stage="customer", tags=["trade"], **home),
    )
    order(pair[1])
    company("Nyström & Co AB", city="Lund", email="hej@nystrom.example")
    company("Nystrom och Co", email="order@nystrom.example")
    customer("Katrin Maier", postcode="10115", city="Berlin", phone="+4930555666")
    customer("Kathrin Mayer", postcode="10115", city="Berlin", phone="+4930555666")
    comparing.compare_noted()
    return pair


def test_nothing_for_axe_to_find(
    screenshot: Callable[..., None], signed_in_page: Page, axe: Callable[[Page], list[str]], two: Two
) -> None:
    older, newer = two
    pages = {
        "duplicates": reverse("staff:duplicates"),
        "merge": reverse("staff:customer_merge", args=[older.pk, newer.pk]),
        "merge-with": reverse("staff:customer_merge_with", args=[older.pk]),
    }
    for name, address in pages.items():
        visit(signed_in_page, address)
        assert axe(signed_in_page) == [], name
    for name in ("duplicates", "merge"):
        screenshot(name, pages[name])


def test_two_are_merged_by_keyboard_and_taken_apart_by_undo(signed_in_page: Page, two: Two) -> None:
    older, newer = two
    visit(signed_in_page, reverse("staff:duplicates"))
    signed_in_page.keyboard.press("j")
    signed_in_page.keyboard.press("Enter")
    expect(signed_in_page.get_by_role("heading", name="Are these two the same?")).to_be_visible()
    signed_in_page.get_by_role("radio", name="Shop").check()
    signed_in_page.get_by_role("button", name="Merge", exact=True).click()
    expect(signed_in_page.get_by_role("heading", name="Eleanor Marsh")).to_be_visible()
    older.refresh_from_db()
    assert (older.source, older.stage, older.tags) == ("Shop", "customer", ["trade"])
    signed_in_page.get_by_role("button", name="Undo").click()
    expect(signed_in_page.get_by_role("heading", name="Ellie Marsh")).to_be_visible()
    newer.refresh_from_db()
    assert newer.merged_into_id is None


def test_who_may_be_the_same_is_shown_while_typing(signed_in_page: Page, two: Two) -> None:
    visit(signed_in_page, reverse("staff:customer_add"))
    signed_in_page.get_by_label("Given name").fill("Ellie")
    signed_in_page.get_by_label("Family name").fill("Marsh")
    signed_in_page.get_by_label("City").fill("Leeds")
    signed_in_page.get_by_label("City").blur()
    expect(signed_in_page.get_by_role("link", name="Ellie Marsh")).to_be_visible()
