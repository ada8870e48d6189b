"""Today, a customer, insight and their neighbours: nothing for axe to find, and pictures at both sizes and themes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from rapport.customers.models import Customer
from rapport.customers.services import consents, customers
from rapport.insight.lake.reader import close
from rapport.insight.models import Score
from rapport.insight.upkeep import bring_up_to_date
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.promises.models import Promise
from rapport.promises.services import promises
from rapport.runtime.home import Home
from rapport.testing.builders import answer, company, customer, line, order, promise
from rapport.testing.cast import Cast, actor
from rapport.timeline.services import activities

pytestmark = pytest.mark.django_db(transaction=True)
NAMES = (
    "Noor Haddad", "Lukas Berg", "Tom Ashby", "Ida Nyström", "Priya Raman", "Café Lumen", "Rosa Weber", "Jun Sato",
    "Marta Kowalska", "Ben Carter", "Amélie Laurent", "Otto Lind", "Sofia Russo", "Hugo Costa", "Mia Jensen",
)  # fmt: skip


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A home of the test's own, so that its lake is."""
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.prepare()
    yield tmp_path
    close()


def eleanor(cast: Cast) -> Customer:
    """Return a customer of eleven months with some of everything."""
    now, day = clock.now(), date.today()  # noqa: DTZ011 - the day of the pictures
    row = customer("Eleanor Marsh", owner=cast.ben, email="eleanor@marsh.example", phone="+44 113 496 0182",
                   company=company("Marsh & Daughters"), city="Leeds", language="en", preferred_channel="email",
                   tags=["trade"], since=now - timedelta(days=335))  # fmt: skip
    customers.enter_stage(row, "customer", by=SYSTEM)
    consents.give(row, "email", by=SYSTEM)
    for number in range(9):
        at = now - timedelta(days=320 - 34 * number)
        with clock.frozen(at):
            placed = order(row, line(quantity=3 + number % 4, name="Metal lantern"), placed_at=at,
                           promised_on=(at + timedelta(days=5)).date())  # fmt: skip
        with clock.frozen(at + timedelta(days=3)):
            for made in Promise.objects.filter(source_id=placed.pk):
                promises.fulfil(made, by=SYSTEM)
    answer(row, 4, text="Lovely things as always, packing could be sturdier.", answered_at=now - timedelta(days=2))
    with clock.frozen(now - timedelta(days=3)):
        promise(row, "Replacement lantern", by=actor(cast.ben), due_on=day - timedelta(days=1))
    promise(row, "Call back about bulk prices", by=actor(cast.alice), due_on=day, kind="call")
    activities.log_call(row, "Two of the six metal lanterns arrived bent. She needs them for a window on Friday.",
                        by=actor(cast.ben), direction="in", minutes=12)  # fmt: skip
    return row


def business(cast: Cast) -> Customer:
    """Fill in a small business whose numbers can be worked out, and return its best customer."""
    best, now = eleanor(cast), clock.now()
    for place, name in enumerate(NAMES * 3):
        row = customer(name if place < len(NAMES) else f"{name} {place // len(NAMES) + 1}", city="York")
        for times in range(place % 5 + 1):
            at = now - timedelta(days=350 - 6 * place - 40 * times)
            order(row, line(quantity=1 + place % 7), placed_at=min(at, now - timedelta(days=2)))
        answer(row, 5 if place % 4 else 2, text="The box was crushed again." if not place % 4 else "",
               answered_at=now - timedelta(days=place))  # fmt: skip
    bring_up_to_date(now=True)
    Score.objects.filter(customer=best).update(trend=-6)
    return best


def test_the_pages_of_a_day_fit_and_axe_finds_nothing(
    signed_in_page: Page, axe: Callable[[Page], list[str]], screenshot: Callable[..., None], cast: Cast, home: Path
) -> None:
    best = business(cast)
    here = reverse("staff:customer", args=[best.pk])
    pages = [
        "/", here, f"{here}?compose=promise", f"{here}relationship/", "/insight/", "/insight/metrics/",
        "/insight/metrics/retention/", "/imports/", "/settings/organisation/", "/settings/users/", "/settings/roles/",
        "/settings/fields/add/", "/settings/tokens/add/", "/settings/targets/", "/settings/audit/", "/settings/sample/",
        "/me/", "/accounts/mfa/", "/setup/welcome/",
    ]  # fmt: skip
    found = {}
    for address in pages:
        signed_in_page.goto(address, wait_until="networkidle")
        if trouble := axe(signed_in_page):
            found[address] = trouble
    assert found == {}
    screenshot("today", "/")
    screenshot("customer", here)
    screenshot("insight", "/insight/", full=True)
    screenshot("imports", "/imports/")


def test_axe_finds_nothing_before_the_sign_in(page: Page, axe: Callable[[Page], list[str]]) -> None:
    page.goto("/setup/", wait_until="networkidle")
    assert axe(page) == []


def test_axe_finds_nothing_on_the_sign_in(page: Page, axe: Callable[[Page], list[str]], cast: Cast) -> None:
    page.goto("/accounts/login/", wait_until="networkidle")
    assert axe(page) == []


def test_the_essential_works_without_scripts(signed_in: Any, cast: Cast) -> None:
    row = customer("Ana Lima")
    context = signed_in.browser.new_context(base_url=signed_in.address, java_script_enabled=False)
    context.add_cookies([{"name": n, "value": v, "url": signed_in.address} for n, v in signed_in.cookies.items()])
    page = context.new_page()
    page.goto(reverse("staff:customer", args=[row.pk]) + "?compose=note")
    page.get_by_label("Note", exact=True).fill("Written without a script.")
    page.get_by_role("button", name="Save note").click()
    assert "Written without a script." in page.locator("#timeline").inner_text()
    page.goto("/insight/?whole=1")
    assert page.get_by_role("heading", name="Who stays").is_visible()
    context.close()
