"""What tests of live service share: the live process, a site with a chat, and somebody who looks at it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker

from rapport.connectors.mail.tests.conftest import (  # noqa: F401 - the fixtures of real mail servers
    _dovecot,
    _provider,
    box,
    dovecot,
    files_aside,
    post,
    provider,
)
from rapport.conversations.models import ChatSite
from rapport.conversations.services import sites
from rapport.kernel.actors import SYSTEM
from rapport.service.services import desks, queues
from rapport.testing.cast import Cast
from tests.browser.conftest import Visitor
from tests.browser.service.beside import Shop, live_process, shop

QUESTIONS = [
    {"key": "q1", "label": "Your name", "kind": "name", "required": True, "options": []},
    {"key": "q2", "label": "Your e-mail", "kind": "email", "required": False, "options": []},
    {"key": "q3", "label": "Topic", "kind": "choice", "required": False, "options": ["Order", "Return"]},
]
HTML = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Lanterns</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>Paper lanterns</h1>
<p>Folded by hand in our workshop since 1987. <a href="/light">Which light to put in</a></p></main>
<script async src="{address}/chat/widget.js" data-site="{key}"></script></body></html>"""


@pytest.fixture(scope="module")
def _live(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[int]:
    """The live process, once for the tests of a module; its port."""
    with django_db_blocker.unblock(), live_process() as port:
        yield port


@pytest.fixture
def live(_live: int) -> Iterator[int]:
    """Let pages hear by themselves what is new, and return the port of the live process."""
    with override_settings(LIVE_PORT=_live):
        yield _live


@pytest.fixture
def site(cast: Cast) -> ChatSite:
    """A site with a chat, in a queue of its own."""
    made = sites.add("Lantern shop", by=SYSTEM, questions=QUESTIONS, greeting="Hello! What are you looking for?")
    desks.set_desk(made, queue=queues.add("Web shop", by=SYSTEM), by=SYSTEM)
    return made


@pytest.fixture
def host(site: ChatSite, live_server: LiveServer, live: int) -> Iterator[Shop]:
    """The web site with the script tag; its policy allows that script and its frame, and nothing else."""
    with shop() as made:
        page = HTML.format(address=live_server.url, key=site.key)
        made.pages = {"/": page, "/light": page.replace("Paper lanterns", "Light")}
        made.policy = f"default-src 'none'; script-src {live_server.url}; frame-src {live_server.url}"
        yield made


@pytest.fixture
def shopper(browser: Browser, host: Shop) -> Iterator[Visitor]:
    """Somebody who looks at the site; nothing may go wrong in their pages."""
    made = Visitor(browser, host.address)
    yield made
    made.leave()
    assert made.troubles == []
