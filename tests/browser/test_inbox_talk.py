"""Reading and answering in the inbox: mails in their frame, marks, undo, what came meanwhile, many at once, keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from rapport.conversations.incoming import Incoming
from rapport.conversations.models import Draft, Message, Thread
from rapport.conversations.services import messages, presence
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from rapport.service.services import assigning, canned
from rapport.staff.inbox.tests.making import PIXEL, wrote, wrote_html
from rapport.testing.cast import Cast, actor
from tests.browser.conftest import Visitor, visit


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    """Ana sent a laid-out mail; the ticket is Alice's."""
    message = wrote_html()
    found = Ticket.objects.get(talk__thread=message.thread_id)
    canned.add("Sorry", "We are **sorry**, {{customer.name}}.", by=actor(cast.alice), shortcut="sorry")
    return assigning.assign(found, cast.alice, by=actor(cast.alice))


def test_a_mail_stands_in_its_frame_and_asks_for_nothing_until_it_may(signed_in_page: Page, ticket: Ticket) -> None:
    page, asked = signed_in_page, []
    page.route("https://far.example/**", lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    page.on("request", lambda request: asked.append(request.url))
    visit(page, f"/inbox/{ticket.number}/")
    mail = page.frame_locator("iframe")
    expect(mail.get_by_text("bent")).to_be_visible()
    expect(mail.get_by_text("Your order is on its way.")).to_be_hidden()
    mail.get_by_text("Show what it quotes").click()
    expect(mail.get_by_text("Your order is on its way.")).to_be_visible()
    assert not [url for url in asked if "far.example" in url]
    with page.expect_request("https://far.example/a.png"):
        page.get_by_role("link", name="Show them").click()
    expect(page.get_by_role("link", name="Show them")).to_have_count(0)


def test_an_answer_is_marked_looked_at_sent_and_taken_back(signed_in_page: Page, ticket: Ticket) -> None:
    page = signed_in_page
    visit(page, f"/inbox/{ticket.number}/")
    text = page.get_by_label("Text", exact=True)
    page.get_by_role("button", name="Insert").click()
    with page.expect_response(lambda got: "/choices/?q=sorry" in got.url and got.ok):
        page.get_by_label("Find a text, an article or a macro").fill("sorry")
    expect(page.locator("[data-found]")).to_contain_text("Sorry")
    with page.expect_response(lambda got: "/texts/" in got.url):
        page.keyboard.press("Enter")
    expect(text).to_have_value("We are **sorry**, Ana Lima.")
    text.press("Control+b")
    page.keyboard.type("soon")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-preview] strong").first).to_have_text("sorry")
    page.get_by_role("button", name="Preview").click()
    text.press("Control+Enter")
    expect(page.get_by_text("The answer goes out.")).to_be_visible()
    assert "<strong>sorry</strong>" in Message.objects.get(direction="out").html
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Text", exact=True)).to_have_value("We are **sorry**, Ana Lima.**soon**")
    assert Message.objects.get(direction="out").state == "cancelled"
    assert Draft.objects.count() == 1


def test_a_file_that_is_pasted_goes_along(signed_in_page: Page, ticket: Ticket) -> None:
    page = signed_in_page
    visit(page, f"/inbox/{ticket.number}/")
    page.get_by_label("Text", exact=True).fill("Here it is.")
    page.evaluate(
        """() => {
          const data = new DataTransfer()
          data.items.add(new File(["hello"], "note.txt", { type: "text/plain" }))
          document.querySelector("rapport-answer textarea").dispatchEvent(
            new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }))
        }"""
    )
    expect(page.get_by_text("note.txt")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("The answer goes out.")).to_be_visible()
    assert [one.name for one in Message.objects.get(direction="out").attachments.all()] == ["note.txt"]


def test_who_else_writes_and_what_came_meanwhile_is_said(signed_in_page: Page, ticket: Ticket, cast: Cast) -> None:
    page, thread = signed_in_page, Thread.objects.get()
    presence.type(thread, by=actor(cast.ben))
    visit(page, f"/inbox/{ticket.number}/")
    expect(page.get_by_text(f"{cast.ben.name} is writing")).to_be_visible()
    again = Incoming(
        "email", text="One more is bent.", fresh_text="One more is bent.", from_address="ana@example.com",
        message_id="again@example.com", tokens=[thread.token],
    )  # fmt: skip
    messages.receive(again, by=SYSTEM)
    page.get_by_label("Text", exact=True).fill("Two are on their way.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("A newer message came while you wrote.")).to_be_visible()
    expect(page.get_by_text("One more is bent.").first).to_be_visible()
    expect(page.get_by_label("Text", exact=True)).to_have_value("Two are on their way.")
    assert not Message.objects.filter(direction="out").exists()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text("The answer goes out.")).to_be_visible()


def test_two_windows_of_one_person_lose_nothing_of_each_other(signed_in: Visitor, ticket: Ticket) -> None:
    one, other = signed_in.page(), signed_in.page()
    for page in (one, other):
        visit(page, f"/inbox/{ticket.number}/")
    with one.expect_response(lambda got: "/draft/" in got.url):
        one.get_by_label("Text", exact=True).fill("Two are on their way.")
    other.get_by_label("Text", exact=True).fill("I ask the warehouse.")
    told = other.get_by_role("alert").filter(has_text="You write here in another window as well.")
    expect(told.get_by_text("Two are on their way.")).to_be_visible()
    assert Draft.objects.get().text == "Two are on their way."
    with other.expect_response(lambda got: "/draft/" in got.url and got.ok):
        told.get_by_role("button", name="Add it to mine").click()
    both = "I ask the warehouse.\n\nTwo are on their way."
    expect(other.get_by_label("Text", exact=True)).to_have_value(both)
    assert Draft.objects.get().text == both
    one.get_by_role("button", name="Send", exact=True).click()
    expect(one.get_by_role("alert").get_by_text("I ask the warehouse.")).to_be_visible()
    assert not Message.objects.filter(direction="out").exists()
    one.get_by_role("button", name="Keep mine only").click()
    one.get_by_role("button", name="Send", exact=True).click()
    expect(one.get_by_text("The answer goes out.")).to_be_visible()
    assert Message.objects.get(direction="out").text == "Two are on their way."
    other.get_by_label("Text", exact=True).fill("I ask the warehouse today.")
    expect(other.get_by_text("This was sent, or thrown away, in another window.")).to_be_visible()
    with other.expect_response(lambda got: "/draft/" in got.url and got.ok):
        other.get_by_role("button", name="Keep it here").click()
    assert Draft.objects.get().text == "I ask the warehouse today."


def test_several_are_selected_by_keyboard_and_tagged(signed_in_page: Page, ticket: Ticket, cast: Cast) -> None:
    other = wrote("Where is it?", key="2", address="tom@example.org", subject="Parcel")
    assigning.assign(other, cast.alice, by=actor(cast.alice))
    page = signed_in_page
    visit(page, "/inbox/?view=mine")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-count]")).to_have_text("2")
    page.get_by_role("button", name="Add a tag").click()
    page.get_by_label("Tags").fill("lantern")
    page.get_by_role("button", name="Add a tag").click()
    page.wait_for_url("**/inbox/?view=mine")
    expect(page.get_by_text("Tagged 2 tickets.")).to_be_visible()
    assert [one.tags for one in Ticket.objects.all()] == [["lantern"], ["lantern"]]


def test_keys_lead_to_fields_and_pages_and_are_listed(signed_in_page: Page, ticket: Ticket) -> None:
    page = signed_in_page
    visit(page, f"/inbox/{ticket.number}/")
    page.keyboard.press("a")
    expect(page.get_by_label("Owner")).to_be_focused()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog").get_by_text("Owner")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")


def test_the_work_beside_the_talk_is_done_without_leaving_it(signed_in_page: Page, ticket: Ticket) -> None:
    page = signed_in_page
    visit(page, f"/inbox/{ticket.number}/")
    page.get_by_text("Checklist 0/0").click()
    page.get_by_label("Something to do").fill("Ask the warehouse")
    page.get_by_label("Something to do").press("Enter")
    point = page.get_by_role("checkbox", name="Ask the warehouse")
    expect(point).to_have_attribute("aria-checked", "false")
    point.click()
    expect(page.get_by_role("checkbox", name="Ask the warehouse")).to_have_attribute("aria-checked", "true")


def test_no_page_about_tickets_has_faults_of_access(
    signed_in_page: Page, ticket: Ticket, axe: Callable[[Page], list[Any]]
) -> None:
    page, message = signed_in_page, Message.objects.get()
    addresses = (
        f"/inbox/{ticket.number}/", f"/inbox/{ticket.number}/?write=note", f"/inbox/{ticket.number}/why/",
        f"/inbox/{ticket.number}/print/", f"/inbox/messages/{message.pk}/original/", "/inbox/blocked/", "/tickets/",
    )  # fmt: skip
    for address in addresses:
        visit(page, address)
        if address.endswith("/"):
            page.wait_for_load_state("networkidle")
        assert axe(page) == [], address


def test_pages_about_tickets_look_right(ticket: Ticket, screenshot: Callable[[str, str], None]) -> None:
    screenshot("ticket-mail", f"/inbox/{ticket.number}/?view=mine")
    screenshot("tickets", "/tickets/")
