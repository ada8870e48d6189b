"""A real Radicale server for one run of the tests, and a calendar of its own for each."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from caldav.davclient import DAVClient

from rapport.connectors.caldav.models import Account
from rapport.connectors.caldav.server import Found
from rapport.connectors.caldav.services import accounts
from rapport.kernel.actors import SYSTEM
from rapport.testing.cast import Cast
from rapport.testing.waiting import answers, until

PASSWORD = "lantern"
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Radicale:
    """A running server; `folder` is where it keeps its files."""

    url: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Theirs:
    """A calendar on the server, as another program uses it."""

    url: str
    client: DAVClient

    def put(self, name: str, data: str) -> str:
        """Write an entry and return its version."""
        answer = self.client.put(f"{self.url}{name}", data, {"Content-Type": "text/calendar"})
        assert answer.status in (200, 201, 204), answer.status
        return str(answer.headers["ETag"])

    def get(self, name: str) -> str:
        """Return an entry."""
        return str(self.client.request(f"{self.url}{name}").raw)

    def delete(self, name: str) -> None:
        """Delete an entry."""
        self.client.request(f"{self.url}{name}", "DELETE")

    def names(self) -> list[str]:
        """Return the names of the entries that are there."""
        answer = self.client.propfind(self.url, depth=1)
        assert answer.tree is not None
        found = [one.findtext("{DAV:}href") or "" for one in answer.tree.iter("{DAV:}response")]
        return sorted(one.rpartition("/")[2] for one in found if one.endswith(".ics"))


@pytest.fixture(scope="session")
def radicale() -> Iterator[Radicale]:
    """Start a Radicale server with one user."""
    with tempfile.TemporaryDirectory(prefix="radicale-") as made, socket.socket() as free:
        folder = Path(made)
        (folder / "users").write_text(f"ben:{PASSWORD}\n")
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [
            sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}",
            "--auth-type", "htpasswd", "--auth-htpasswd-filename", str(folder / "users"),
            "--auth-htpasswd-encryption", "plain", "--auth-delay", "0",
            "--storage-filesystem-folder", str(folder / "data"),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until(lambda: answers(f"http://127.0.0.1:{port}/.web/"), process)
            yield Radicale(f"http://127.0.0.1:{port}/", folder / "data")
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def theirs(radicale: Radicale) -> Iterator[Theirs]:
    """A new calendar on the server."""
    client = DAVClient(url=radicale.url, username="ben", password=PASSWORD, require_tls=False, enable_rfc6764=False)
    url = f"{radicale.url}ben/work{next(_numbers)}/"
    client.mkcalendar(url)
    yield Theirs(url, client)
    client.request(url, "DELETE")
    client.close()


@pytest.fixture
def account(cast: Cast, radicale: Radicale, theirs: Theirs) -> Account:
    """Ben's account, with that calendar chosen."""
    found = Found(theirs.url, "Work")
    return accounts.connect(cast.ben, found, url=radicale.url, username="ben", password=PASSWORD, by=SYSTEM)
