"""A morning of an agent: everything by keyboard, in the inbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Draft, Message
from rapport.conversations.services import messages
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from rapport.service.services import assigning, canned
from rapport.testing.cast import Cast, actor
from tests.browser.conftest import visit

LETTERS = (
    ("ana@example.com", "Ana Lima", "Two bent lanterns", "Two of the six lanterns arrived bent. Can you help?"),
    ("tom@example.org", "Tom Ashby", "Where is my parcel?", "I ordered on Monday and have heard nothing since."),
)


@pytest.fixture
def tickets(cast: Cast) -> list[Ticket]:
    """Two customers wrote; both tickets are Alice's."""
    by = actor(cast.alice)
    for number, (address, name, subject, text) in enumerate(LETTERS):
        letter = Incoming(
            "email", text=text, fresh_text=text, subject=subject, from_address=address, from_name=name,
            message_id=f"{number}@example.org",
        )  # fmt: skip
        messages.receive(letter, by=SYSTEM)
    found = list(Ticket.objects.order_by("number"))
    for ticket in found:
        assigning.assign(ticket, cast.alice, by=by)
    canned.add("Sorry", "We are sorry, {{customer.name}}.", by=by, shortcut="sorry")
    return found


def test_an_agent_answers_and_solves_by_keyboard(signed_in_page: Page, tickets: list[Ticket]) -> None:
    page = signed_in_page
    visit(page, "/inbox/?view=mine")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/inbox/{tickets[0].number}/**")
    expect(page.get_by_role("heading", name="Two bent lanterns", level=1)).to_be_visible()
    text = page.get_by_label("Text", exact=True)
    text.click()
    with page.expect_response(lambda got: "/choices/" in got.url and got.ok):
        page.keyboard.type("/sor")
    page.locator("[data-found] button", has_text="Sorry").click()
    expect(text).to_have_value("We are sorry, Ana Lima.")
    page.get_by_label("And then").select_option("solved")
    text.press("Control+Enter")
    expect(page.get_by_text("The answer goes out.")).to_be_visible()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    assert Message.objects.get(direction="out").text == "We are sorry, Ana Lima."


def test_what_is_being_written_is_kept_and_comes_back(signed_in_page: Page, tickets: list[Ticket]) -> None:
    page = signed_in_page
    visit(page, f"/inbox/{tickets[1].number}/")
    with page.expect_response(lambda got: "/draft/" in got.url):
        page.get_by_label("Text", exact=True).fill("Your parcel is")
    assert Draft.objects.get().text == "Your parcel is"
    visit(page, f"/inbox/{tickets[1].number}/")
    expect(page.get_by_label("Text", exact=True)).to_have_value("Your parcel is")


def test_a_status_is_set_as_soon_as_it_is_chosen(signed_in_page: Page, tickets: list[Ticket]) -> None:
    page = signed_in_page
    visit(page, f"/inbox/{tickets[0].number}/")
    page.locator("#id_status").select_option(label="Solved")
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()


def test_the_inbox_has_no_faults_of_access(
    signed_in_page: Page, tickets: list[Ticket], axe: Callable[[Page], list[Any]]
) -> None:
    page = signed_in_page
    for address in ("/inbox/?view=mine", f"/inbox/{tickets[0].number}/", "/inbox/new/"):
        visit(page, address)
        assert axe(page) == []


def test_the_inbox_looks_right(tickets: list[Ticket], screenshot: Callable[[str, str], None]) -> None:
    screenshot("inbox", f"/inbox/{tickets[0].number}/?view=mine")
