"""The pages of the staff around a chat: the talk in the inbox, the site and the survey in the settings."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page

from rapport.conversations.models import ChatSite, Message
from rapport.conversations.services import chats, messages, sites, visitors
from rapport.feedback.services import surveys
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Ticket
from rapport.service.services import assigning
from rapport.testing import builders
from rapport.testing.cast import Cast, actor
from tests.browser.conftest import THEMES

pytestmark = pytest.mark.django_db(transaction=True)


def begun(site: ChatSite, name: str, text: str) -> Message:
    """Let somebody begin a chat and look at two pages."""
    visitor, _token = visitors.welcome(site, by=SYSTEM)
    first = chats.begin(
        visitor, text, name=name, address=f"{name.split()[0].lower()}@example.org", answers=[("Topic", "Order")],
        page="https://shop.lantern.example/lanterns/paper", referrer="https://search.example/", by=SYSTEM,
    )  # fmt: skip
    for page, title in (("/lanterns/paper", "Paper lanterns"), ("/delivery", "Delivery and returns")):
        visitors.saw(visitor, f"https://shop.lantern.example{page}", title=title)
    return first


@pytest.fixture
def addresses(site: ChatSite, cast: Cast) -> dict[str, str]:
    """Return the pages by the names of their pictures, once somebody has chatted, and others wait."""
    sites.change(site, origins=["https://shop.lantern.example"], away_text="Write to us all the same.",
                 prompts=[{"seconds": 20, "page": "/checkout", "text": "Can we help?"}], by=SYSTEM)  # fmt: skip
    by = actor(cast.ben).with_everything()
    begun(site, "Tom Ashby", "Where is my parcel?")
    first = begun(site, "Eleanor Marsh", "Do you sell red ones?")
    chats.hand_over(messages.reply(first.thread, "Yes, in three sizes.\n[Small] [Middle] [Large]", by=by))
    chats.say(first.thread.chat, "Middle", by=SYSTEM)
    messages.note(first.thread, "She asked for the same in May: see the order of then.", by=by)
    ticket = Ticket.objects.get(talk__thread=first.thread)
    assigning.assign(ticket, cast.ben, by=by)
    survey = surveys.add("How it went", "csat5", by=SYSTEM)
    builders.customer("Eleanor Marsh", email="eleanor@marsh.example")
    return {
        "inbox-chat": f"/inbox/{ticket.number}/?view=open",
        "settings-chat": f"/settings/chat/{site.pk}/",
        "settings-survey": f"/settings/surveys/{survey.pk}/",
    }


def test_the_pages_around_a_chat_are_looked_at(addresses: dict[str, str], screenshot: Callable[..., None]) -> None:
    for name, address in addresses.items():
        screenshot(name, address, full=name != "inbox-chat")


def test_axe_finds_nothing_on_the_pages_around_a_chat(
    addresses: dict[str, str], signed_in_page: Page, axe: Callable[[Page | Frame], list[str]]
) -> None:
    for address in addresses.values():
        signed_in_page.goto(address, wait_until="networkidle")
        for theme in THEMES:
            signed_in_page.emulate_media(color_scheme=theme)
            assert axe(signed_in_page) == [], (address, theme)
