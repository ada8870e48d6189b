"""Servers for the tests of mail, started when the first test asks for them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from rapport.connectors.mail.tests import servers
from rapport.connectors.mail.tests.servers import PASSWORD, USER, Dovecot, Post, Provider
from rapport.conversations.models import Mailbox
from rapport.conversations.services import mailboxes
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast


@pytest.fixture(scope="session")
def _provider() -> Iterator[Provider]:
    with servers.provider() as running:
        yield running


@pytest.fixture
def provider(_provider: Provider) -> Provider:
    """Return an OAuth provider in its first state."""
    _provider.asked.clear()
    _provider.status = 200
    return _provider


@pytest.fixture(scope="session")
def _dovecot(_provider: Provider) -> Iterator[Dovecot]:
    if not shutil.which("dovecot"):
        pytest.skip("Dovecot is not installed: the package dovecot-imapd")
    root = Path(tempfile.mkdtemp(prefix="rapport-dovecot-"))
    try:
        with servers.dovecot(root, _provider) as running:
            yield running
    finally:
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def dovecot(_dovecot: Dovecot) -> Dovecot:
    """Return an IMAP server without any mail."""
    for user in (_dovecot.root / "mail").iterdir():
        with _dovecot.client(user.name) as client:
            for folder in ("INBOX", "Sent"):
                client.select_folder(folder)
                client.delete_messages(client.search())
                client.expunge()
    return _dovecot


@pytest.fixture
def post() -> Iterator[Post]:
    """Return an SMTP server that has taken nothing yet."""
    with servers.post() as running:
        yield running


@pytest.fixture
def files_aside(tmp_path: Path) -> Iterator[None]:
    """Keep files in a directory of the test's own."""
    with override_settings(MEDIA_ROOT=tmp_path):
        yield


@pytest.fixture
def box(cast: Cast, dovecot: Dovecot, post: Post, files_aside: None) -> Mailbox:
    """Return a mailbox that works, at both servers."""
    made = mailboxes.add(
        USER, by=SYSTEM, name="Lantern & Sons", secret=PASSWORD, imap_host="127.0.0.1", imap_port=dovecot.port,
        imap_security="none", smtp_host="127.0.0.1", smtp_port=post.port, smtp_security="none",
    )  # fmt: skip
    return mailboxes.switch_on(made, by=SYSTEM)
