"""The chat is looked at in each of its states, in both sizes and themes, and in the language with the longest words."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from rapport.conversations.models import Chat, ChatSite
from rapport.conversations.services import chats, messages, sites
from rapport.kernel.actors import SYSTEM
from rapport.service.services import desks
from rapport.testing.cast import Cast, actor
from tests.browser.conftest import SIZES, THEMES, Visitor, keep, picture
from tests.browser.service.beside import Shop
from tests.browser.service.chatting import chat_of, closed_until, file

pytestmark = pytest.mark.django_db(transaction=True)

LOOK = """<style>body { font: 17px/1.6 Georgia, serif; margin: 0 auto; max-width: 44em; padding: 3em 1.5em; color: #222;
background: #f6f2ea }
@media (prefers-color-scheme: dark) { body { background: #201d19; color: #eee } a { color: #fc9 } }
</style>"""
KEPT = "writing"
"""The state whose pictures are kept for the documentation, in English."""


def test_the_chat_is_looked_at(shopper: Visitor, host: Shop, site: ChatSite, cast: Cast) -> None:
    host.policy = ""
    host.pages["/"] = host.pages["/"].replace("</head>", f"{LOOK}</head>")
    sites.change(site, prompts=[{"text": "Can we help you choose?", "page": "/", "seconds": 0}], by=SYSTEM)
    for language in ("en", "de"):
        sites.change(site, language=language, by=SYSTEM)
        for size in SIZES:
            page = shopper.page(size)
            for name in states(page, site, cast):
                for theme in THEMES:
                    page.emulate_media(color_scheme=theme)
                    picture(page, f"chat-{name}-{language}-{size}-{theme}")
                    if (name, language) == (KEPT, "en"):
                        keep(page, f"chat-{size}-{theme}")
            page.context.close()


def states(page: Page, site: ChatSite, cast: Cast) -> Iterator[str]:
    """Lead the chat from one state into the next, and name each."""
    page.goto("/")
    frame = chat_of(page)
    expect(frame.locator("#teaser")).to_be_visible()
    yield "teaser"
    frame.locator("#teaser-close").press("Enter")
    expect(frame.locator("#teaser")).to_be_hidden()
    yield "closed"
    frame.locator("#launch").press("Enter")
    expect(frame.locator("#questions")).to_be_visible()
    yield "questions"
    frame.locator("#text").fill("Do you sell red ones?")
    frame.locator("#send").press("Enter")
    expect(frame.locator("[aria-invalid]")).to_be_focused()
    yield "needed"
    frame.locator("[name=q-q1]").fill("Eleanor Marsh-Featherstonehaugh")
    frame.locator("#send").press("Enter")
    expect(frame.locator(".mine:not(.waits)")).to_be_visible()
    yield "begun"
    frame.locator("[name=address]").fill("eleanor@marsh.example")
    frame.locator("#mail button").press("Enter")
    expect(frame.locator("#mail")).to_be_hidden()
    chat = Chat.objects.latest("created_at")
    text = "Good morning! Yes, in three sizes: https://lantern.example/red\nHow many?\n[Up to ten] [More than ten]"
    chats.hand_over(messages.reply(chat.thread, text, by=actor(cast.ben).with_everything()))
    chats.look(chat, by=actor(cast.ben).with_everything())
    expect(frame.locator(".said:not(.mine)")).to_be_visible()
    frame.locator("#text").fill("Twelve of the small ones, for a wedding on Saturday.")
    frame.locator("#files").set_input_files(file("the garden at dusk.jpg", JPEG, "image/jpeg"))
    yield "writing"
    frame.locator("#send").press("Enter")
    expect(frame.locator(".mine:not(.waits)")).to_have_count(2)
    yield "answered"
    frame.locator("#end").press("Enter")
    expect(frame.locator("#rate")).to_be_visible()
    yield "over"
    frame.locator("#rate [value='5']").press("Space")
    frame.locator("#rate button").press("Enter")
    expect(frame.locator("#rate")).to_be_hidden()
    yield "rated"
    closed_until(site, days=2)
    page.goto("/")
    frame.locator("#launch").press("Enter")
    expect(frame.locator("#panel")).to_be_visible()
    yield "away"
    desks.set_desk(site, by=SYSTEM)


JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
