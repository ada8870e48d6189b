"""What browser tests share: a Chromium, pages of it, pictures and axe.

A test asks for `page` (nobody is signed in) or `signed_in_page` (the administrator of the cast is) and goes to
addresses of `live_server`; `visit(page, address)` also waits until the behaviours of the page are loaded. Every page
fails its test when the browser reports an error, a refused script or style, or a missing file. `axe(page)` returns
what axe-core finds; `screenshot(name, address)` looks at an address in both sizes and themes. Pictures are painted only
when somebody asks for them, for that takes as long as the rest: see `picture` and `keep`.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Request, ViewportSize, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from rapport.testing.cast import Cast

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in the thread of the test

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "use" / "pictures"
LOOKS = os.environ.get("RAPPORT_LOOKS", "")
KEEPS = os.environ.get("RAPPORT_PICTURES") == "1"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SIZES: dict[str, ViewportSize] = {
    "desktop": {"width": 1440, "height": 900},
    "phone": {"width": 390, "height": 844},
}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
WITHOUT = (
    # what opens below the address bar: a page of its own, which every window loads with twice the work of ours
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    # what Playwright turns off by a list that this one takes the place of
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(WITHOUT)}",
]
WAIT = 30_000  # milliseconds: how long a busy machine may take; nothing waits that long on an idle one
ROUNDS = 500  # of 20 milliseconds, at most, until the last answer is there

expect.set_options(timeout=WAIT)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of this folder as tests that drive a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def chromium() -> str:
    """Return the path of the installed Chromium, or fail saying what to install."""
    for name in (os.environ.get("RAPPORT_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    pytest.fail("browser tests need Chromium: install the package chromium, or name one by RAPPORT_CHROMIUM")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield launched
        launched.close()


def visit(page: Page, address: str) -> None:
    """Go to `address` and wait until the behaviours of the page are loaded."""
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")


def picture(page: Page, name: str, *, full: bool = False) -> None:
    """Put a picture of a page into the folder RAPPORT_LOOKS, if one is named: to look at all that tests look at."""
    if LOOKS:
        page.screenshot(path=Path(LOOKS) / f"{name}.png", full_page=full)


def keep(page: Page, name: str, *, full: bool = False) -> None:
    """Keep a picture of a page in docs/use/pictures when RAPPORT_PICTURES=1."""
    if KEEPS:
        page.screenshot(path=PICTURES / f"{name}.png", full_page=full)


class Visitor:
    """Opens contexts of the browser for one test and collects what went wrong in their pages."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.cookies: dict[str, str] = {}
        self.troubles: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.looks: dict[str, Page] = {}
        self.asked: set[Request] = set()

    def context(self, size: str = "desktop", theme: str = "light") -> BrowserContext:
        """Return a new context of `size` and `theme`, signed in as this visitor is."""
        phone = size == "phone"
        made = self.browser.new_context(
            base_url=self.address,
            viewport=SIZES[size],
            color_scheme="dark" if theme == "dark" else "light",
            has_touch=phone,
            is_mobile=phone,
            device_scale_factor=2 if phone else 1,
            locale="en-GB",
            reduced_motion="reduce",
        )
        made.set_default_timeout(WAIT)
        self._sign_in(made)
        self.contexts.append(made)
        return made

    def page(self, size: str = "desktop", theme: str = "light") -> Page:
        """Return a new page that is watched for troubles."""
        page = self.context(size, theme).new_page()
        page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("response", lambda got: self._answered(got.status, got.url))
        page.on("request", self._ask)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)
        return page

    def look(self, address: str) -> Iterator[tuple[str, Page]]:
        """Lead somebody to an address in both sizes and themes; give for each its name and the page, as it is there.

        It fails when the page scrolls sideways. Each size has one page for all addresses, because a new one takes
        Chromium longer than three addresses. There an address is loaded in one theme, in the other size in the other,
        and then goes over into the other.
        """
        for size, themes in zip(SIZES, (THEMES, THEMES[::-1]), strict=True):
            page = self.looks.get(size) or self.page(size)
            self.looks[size] = page
            self._sign_in(page.context)
            page.emulate_media(color_scheme=themes[0])
            page.goto(address, wait_until="networkidle")
            for theme in themes:
                page.emulate_media(color_scheme=theme)
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{address} is {wide} px too wide at the size of a {size}, {theme}"
                yield f"{size}-{theme}", page

    def leave(self) -> None:
        """Close everything once all that was asked is answered: the database is emptied next."""
        for page in (page for context in self.contexts for page in context.pages):
            for _ in range(ROUNDS):
                if not self.asked:
                    break
                page.wait_for_timeout(20)
        for context in self.contexts:
            context.close()

    def _sign_in(self, context: BrowserContext) -> None:
        context.add_cookies([{"name": n, "value": v, "url": self.address} for n, v in self.cookies.items()])

    def _ask(self, request: Request) -> None:
        if request.resource_type != "eventsource":  # which is never answered to its end
            self.asked.add(request)

    def _end(self, request: Request) -> None:
        self.asked.discard(request)

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error" and "Failed to load resource" not in text:
            self.troubles.append(f"console: {text}")

    def _answered(self, status: int, url: str) -> None:
        missing = status >= 400 and "/static/" in url
        if missing or status >= 500:
            self.troubles.append(f"{status}: {url}")


@pytest.fixture
def visitor(browser: Browser, live_server: LiveServer) -> Iterator[Visitor]:
    """Somebody with a browser; nothing may go wrong in the pages they see."""
    made = Visitor(browser, live_server.url)
    yield made
    made.leave()
    assert made.troubles == []


@pytest.fixture
def page(visitor: Visitor) -> Page:
    """A page at the size of a desktop, nobody signed in."""
    return visitor.page()


@pytest.fixture
def signed_in(visitor: Visitor, cast: Cast) -> Visitor:
    """The visitor, signed in as the administrator."""
    client = Client()
    client.force_login(cast.alice)
    visitor.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return visitor


@pytest.fixture
def signed_in_page(signed_in: Visitor) -> Page:
    """A page at the size of a desktop, the administrator signed in."""
    return signed_in.page()


@pytest.fixture
def axe() -> Callable[[Page], list[str]]:
    """Return a function that runs axe-core on a page and returns its findings, one line each."""

    def findings(page: Page | Frame) -> list[str]:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
        return [
            f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}" for rule in found for node in rule["nodes"]
        ]

    return findings


@pytest.fixture
def screenshot(signed_in: Visitor) -> Callable[..., None]:
    """Return a function that looks at an address as the administrator, and keeps the pictures that are asked for."""

    def look(name: str, address: str, *, full: bool = False) -> None:
        for view, page in signed_in.look(address):
            picture(page, f"{name}-{view}", full=full)
            keep(page, f"{name}-{view}", full=full)

    return look
