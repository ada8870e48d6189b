"""The chat in two browsers at once: a visitor on a site of another origin, an agent in the inbox."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page, expect

from rapport.conversations.models import Chat, ChatSite, Message
from rapport.conversations.services import sites
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from tests.browser.conftest import THEMES, Visitor, visit
from tests.browser.service.beside import Shop
from tests.browser.service.chatting import answer, begun, chat_of, closed_until, file, looking, opened, say

pytestmark = pytest.mark.django_db(transaction=True)

MOST_BYTES = 30_000  # of the widget, its frame and all that these load, compressed


def test_a_chat_comes_into_the_inbox_by_itself_and_is_answered(shopper: Visitor, signed_in: Visitor) -> None:
    agent = signed_in.page()
    visit(agent, "/inbox/?view=unassigned")
    expect(agent.locator("rapport-live[data-on]")).to_be_attached()
    frame = opened(shopper.page())
    frame.get_by_label("Your message").fill("Do you sell red ones?")
    frame.get_by_label("Your message").press("Enter")
    expect(frame.get_by_label("Your name")).to_be_focused()
    frame.get_by_label("Your name").fill("Eve Stone")
    frame.get_by_label("Topic").select_option("Order")
    say(frame, "Do you sell red ones?")
    expect(frame.get_by_text("You are number 1 in the queue.")).to_be_visible()
    agent.locator(".line", has_text="Do you sell red ones?").click()
    visitor = agent.locator("#chat-visitor")
    expect(visitor.get_by_text("Eve Stone")).to_be_visible()
    expect(visitor.get_by_text("not verified")).to_be_visible()
    expect(visitor.get_by_text("Topic Order")).to_be_visible()
    answer(agent, "Yes, from tomorrow on.")
    expect(frame.locator(".said", has_text="Yes, from tomorrow on.")).to_contain_text("Alice")
    expect(frame.get_by_text("You are number")).to_have_count(0)
    say(frame, "Then two, please.")
    expect(agent.locator(".said-in", has_text="Then two, please.")).to_be_visible()
    assert Ticket.objects.get().queue.name == "Web shop"  # type: ignore[union-attr]


def test_each_sees_that_the_other_writes_reads_and_is_there(shopper: Visitor, signed_in: Visitor) -> None:
    page = shopper.page()
    frame = begun(page)
    agent = looking(signed_in)
    here = agent.locator("#chat-here")
    expect(here).to_contain_text("The visitor is there.")
    expect(frame.locator(".said.mine")).to_contain_text("Read")
    frame.get_by_label("Your message").press_sequentially("And")
    expect(here).to_contain_text("Eve Stone is writing")
    agent.get_by_label("Text", exact=True).press_sequentially("Ye")
    expect(frame.get_by_role("status")).to_have_text("Alice is writing")
    answer(agent, "Yes, from tomorrow on.")
    expect(here).to_contain_text("Read")
    page.close()
    expect(here).to_contain_text("The visitor has left: your answer goes by mail.")


def test_files_go_both_ways(shopper: Visitor, signed_in: Visitor) -> None:
    frame = begun(shopper.page())
    agent = looking(signed_in)
    frame.locator("#files").set_input_files(file("bent.txt", b"This one is bent."))
    expect(frame.get_by_text("bent.txt")).to_be_visible()
    say(frame, "Here it is.")
    with agent.expect_download() as came:
        agent.get_by_role("link", name="bent.txt").click()
    assert Path(came.value.path()).read_bytes() == b"This one is bent."
    agent.get_by_text("Files, send later").click()
    agent.locator("rapport-answer input[type=file]").set_input_files(file("label.txt", b"Send it back with this."))
    answer(agent, "And a label for you.")
    with shopper.contexts[0].pages[0].expect_download() as went:
        frame.get_by_role("link", name="label.txt").click()
    assert Path(went.value.path()).read_bytes() == b"Send it back with this."


def test_a_button_under_an_answer_says_its_words(shopper: Visitor, signed_in: Visitor) -> None:
    frame = begun(shopper.page())
    agent = looking(signed_in)
    agent.get_by_label("Text", exact=True).fill("How large?")
    agent.get_by_role("button", name="Buttons").click()
    agent.keyboard.type("Small")
    agent.get_by_role("button", name="Buttons").click()
    agent.keyboard.type("Large, 60 cm")
    expect(agent.get_by_label("Text", exact=True)).to_have_value("How large?\n[Small] [Large, 60 cm]")
    agent.get_by_role("button", name="Send", exact=True).click()
    frame.get_by_label("Your message").fill("I am still writing")
    expect(frame.locator(".choices button")).to_have_text(["Small", "Large, 60 cm"])
    frame.get_by_role("button", name="Large, 60 cm").click()
    expect(frame.locator(".said.mine:not(.waits)").last).to_contain_text("Large, 60 cm")
    expect(frame.locator(".choices")).to_have_count(0)
    expect(frame.get_by_label("Your message")).to_have_value("I am still writing")
    expect(agent.locator(".said-in", has_text="Large, 60 cm")).to_be_visible()


def test_after_it_was_solved_the_visitor_rates_it_and_takes_it_home(shopper: Visitor, signed_in: Visitor) -> None:
    frame = begun(shopper.page())
    agent = looking(signed_in)
    expect(frame.get_by_role("button", name="Transcript by mail")).to_be_hidden()
    answer(agent, "Yes, from tomorrow on.")
    frame.get_by_role("button", name="Transcript by mail").click()
    expect(frame.get_by_role("status")).to_have_text("It comes by mail.")
    expect(frame.get_by_role("button", name="Transcript by mail")).to_be_hidden()
    agent.get_by_role("button", name="Solve").click()
    expect(frame.get_by_text("How did we do?")).to_be_visible()
    frame.get_by_text("4", exact=True).click()
    frame.get_by_label("Anything to add?").fill("Quick and kind.")
    frame.locator("#rate").get_by_role("button", name="Send").click()
    expect(frame.get_by_text("Thank you for telling us.")).to_be_visible()
    expect(frame.get_by_text("How did we do?")).to_be_hidden()
    expect(agent.get_by_text("Rated 4 of 5: Quick and kind.")).to_be_visible()
    sent = Message.objects.get(automatic__gt="")
    assert (sent.to, "Alice: Yes, from tomorrow on." in sent.text) == ([["Eve Stone", "eve@stone.example"]], True)


def test_a_chat_goes_on_on_the_next_page_and_after_coming_back(shopper: Visitor) -> None:
    page = shopper.page()
    begun(page)
    page.goto("/light")
    frame = chat_of(page)
    frame.get_by_role("button", name="Open the chat").click()
    expect(frame.locator(".said.mine")).to_contain_text("Do you sell red ones?")
    expect(frame.get_by_label("Your name")).to_be_hidden()
    say(frame, "Or blue ones?")
    assert Chat.objects.get().thread.messages.count() == 2


def test_out_of_hours_it_says_when_somebody_is_back_and_asks_for_an_address(
    shopper: Visitor, signed_in: Visitor, site: ChatSite
) -> None:
    closed_until(site, days=2)
    sites.change(site, away_text="Write to us all the same.", questions=[], by=SYSTEM)
    frame = opened(shopper.page())
    expect(frame.get_by_text("We are back ")).to_be_visible()
    expect(frame.get_by_text("Write to us all the same.")).to_be_visible()
    say(frame, "Do you sell red ones?")
    frame.get_by_label("Your e-mail, in case you have to leave").fill("eve@stone")
    frame.get_by_role("button", name="Save").click()
    expect(frame.get_by_role("alert")).to_have_text("eve@stone is not an address.")
    frame.get_by_label("Your e-mail, in case you have to leave").fill("eve@stone.example")
    frame.get_by_role("button", name="Save").click()
    expect(frame.get_by_label("Your e-mail, in case you have to leave")).to_be_hidden()
    agent = looking(signed_in)
    expect(agent.get_by_text("Says their address is eve@stone.example")).to_be_visible()


def test_all_of_it_by_keyboard_at_the_size_of_a_phone(shopper: Visitor) -> None:
    page = shopper.page("phone")
    page.goto("/")
    frame = chat_of(page)
    expect(frame.get_by_role("button", name="Open the chat")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(frame.get_by_label("Your name")).to_be_focused()
    page.wait_for_function(
        """() => {
            const box = document.querySelector("iframe").getBoundingClientRect()
            return box.x === 0 && box.y === 0 && box.width === 390 && box.height === 844
        }"""
    )
    page.keyboard.type("Eve Stone")
    page.keyboard.press("Tab")
    page.keyboard.type("eve@stone.example")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(frame.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("Do you sell red ones?")
    page.keyboard.press("Enter")
    expect(frame.locator(".said.mine:not(.waits)")).to_contain_text("Do you sell red ones?")
    expect(frame.get_by_label("Your message")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(frame.get_by_role("log", name="What was said")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(frame.get_by_role("button", name="Send", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    expect(frame.get_by_role("button", name="Open the chat")).to_be_focused()
    expect(page.locator("iframe")).to_have_css("width", "92px")


def test_the_widget_weighs_little_and_waits_for_nobody(shopper: Visitor, host: Shop) -> None:
    page, came = shopper.page(), dict[str, int]()
    page.on("response", lambda got: came.update({got.url: len(gzip.compress(got.body())) if got.ok else 0}))
    opened(page)
    own = {url: size for url, size in came.items() if not url.startswith(host.address)}
    assert sum(own.values()) < MOST_BYTES
    assert {url.rpartition("/")[2].partition(".")[0] for url in own} == {"widget", "frame", "", "look", "now"} - {"now"}
    assert shopper.contexts[0].cookies() == []


def test_axe_finds_nothing_in_the_chat(
    shopper: Visitor, signed_in: Visitor, site: ChatSite, axe: Callable[[Page | Frame], list[str]]
) -> None:
    page = shopper.page()
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        inside = next(one for one in page.frames if "/chat/" in one.url)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            if trouble := axe(page) + axe(inside):
                found[f"{name} {theme}"] = trouble

    page.goto("/")
    expect(chat_of(page).get_by_role("button", name="Open the chat")).to_be_visible()
    look("closed")
    frame = begun(page)
    look("begun")
    agent = looking(signed_in)
    answer(agent, "Yes, from tomorrow on: https://shop.example/red")
    expect(frame.get_by_role("link", name="https://shop.example/red")).to_be_visible()
    frame.get_by_label("Emoji").click()
    look("answered")
    frame.get_by_role("button", name="End chat").click()
    expect(frame.get_by_text("How did we do?")).to_be_visible()
    look("over")
    assert found == {}
    assert axe(agent) == []
