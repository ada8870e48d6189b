"""What visitors and agents do in a chat, as steps."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import FilePayload, FrameLocator, Page, expect

from rapport.conversations.models import ChatSite
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Calendar, Ticket
from rapport.service.services import calendars, desks
from tests.browser.conftest import Visitor, visit


def opened(page: Page, path: str = "/") -> FrameLocator:
    """Go to the site and open its chat."""
    page.goto(path)
    frame = chat_of(page)
    frame.get_by_role("button", name="Open the chat").click()
    expect(frame.get_by_role("dialog", name="Lantern shop")).to_be_visible()
    return frame


def chat_of(page: Page) -> FrameLocator:
    return page.frame_locator("iframe")


def begun(page: Page, text: str = "Do you sell red ones?") -> FrameLocator:
    """Open the chat, answer what is asked before, and say something."""
    frame = opened(page)
    frame.get_by_label("Your name").fill("Eve Stone")
    frame.locator("#questions").get_by_label("Your e-mail").fill("eve@stone.example")
    say(frame, text)
    return frame


def say(frame: FrameLocator, text: str) -> None:
    frame.get_by_label("Your message").fill(text)
    frame.get_by_role("button", name="Send", exact=True).click()
    expect(frame.locator(".said.mine:not(.waits)", has_text=text)).to_be_visible()


def answer(agent: Page, text: str) -> None:
    """Answer in the inbox."""
    agent.get_by_label("Text", exact=True).fill(text)
    agent.get_by_role("button", name="Send", exact=True).click()
    expect(agent.locator(".said-out", has_text=text)).to_be_visible()


def looking(signed_in: Visitor) -> Page:
    """Return the agent's page of the one ticket there is, once it hears what is new."""
    agent = signed_in.page()
    visit(agent, f"/inbox/{Ticket.objects.get().number}/?view=open")
    expect(agent.locator("rapport-live[data-on]")).to_be_attached()
    return agent


def closed_until(site: ChatSite, *, days: int) -> None:
    """Let nobody be at the desk of a site before a day to come."""
    day = (clock.today("Europe/London") + timedelta(days=days)).strftime("%a").lower()
    known = Calendar.objects.filter(name="Market day").first()
    calendar = known or calendars.add("Market day", "Europe/London", {day: [["09:00", "17:00"]]}, by=SYSTEM)
    desks.set_desk(site, calendar=calendar, by=SYSTEM)


def file(name: str, content: bytes, media_type: str = "text/plain") -> FilePayload:
    """Return a file to be chosen."""
    return {"name": name, "mimeType": media_type, "buffer": content}
