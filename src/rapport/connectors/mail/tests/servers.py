"""Real servers for the tests: Dovecot for IMAP, aiosmtpd for SMTP, and the token page of an OAuth provider."""

from __future__ import annotations

import asyncio
import base64
import grp
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from imapclient import IMAPClient

from rapport.testing.waiting import until

USER, PASSWORD, TOKEN = "help@lantern.example", "a-good-password", "a-good-token"
_CONFIGURATION = """
protocols = imap
listen = 127.0.0.1
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
mail_location = maildir:{root}/mail/%u
mail_max_userip_connections = 200
first_valid_uid = 1
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {root}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={root}/home/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  {chroot}
}}
service stats {{
  {chroot}
}}
"""
_INTROSPECTION = """
introspection_url = http://127.0.0.1:{port}/introspect?token=
introspection_mode = get
username_attribute = username
active_attribute = active
active_value = true
"""


def free_port() -> int:
    """Return a port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Dovecot:
    """A running IMAP server with any user under `PASSWORD`."""

    root: Path
    port: int

    @contextmanager
    def client(self, user: str = USER) -> Iterator[IMAPClient]:
        """Give a connection of a user's own program."""
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        try:
            yield client
        finally:
            with suppress(Exception):
                client.logout()

    def put(self, *mails: bytes, user: str = USER, folder: str = "INBOX", at: Any = None) -> None:
        """Put mails into a folder."""
        with self.client(user) as client:
            for mail in mails:
                client.append(folder, mail, msg_time=at)

    def renumber(self, user: str = USER) -> None:
        """Let all mails of a user have new numbers, as after a mailbox was moved or restored."""
        for path in (self.root / "mail" / user).glob("dovecot*"):
            path.unlink()


@contextmanager
def dovecot(root: Path, provider: Provider) -> Iterator[Dovecot]:
    """Run Dovecot below `root`; as root its workers run as nobody."""
    port = free_port()
    for name in ("run", "state", "mail", "home"):
        (root / name).mkdir()
    me = pwd.getpwuid(os.geteuid()).pw_name
    mine = grp.getgrgid(os.getegid()).gr_name
    as_root = os.geteuid() == 0
    user, group = ("nobody", "nogroup") if as_root else (me, mine)
    if as_root:
        root.chmod(0o755)
        for name in ("mail", "home"):
            shutil.chown(root / name, user, group)
    (root / "oauth2.conf").write_text(_INTROSPECTION.format(port=provider.port))
    (root / "dovecot.conf").write_text(
        _CONFIGURATION.format(
            root=root, port=port, password=PASSWORD, user=user, group=group,
            internal="dovecot" if as_root else me, internal_group="dovecot" if as_root else mine,
            login="dovenull" if as_root else me, chroot="" if as_root else "chroot =",
        )
    )  # fmt: skip
    command = ["dovecot", "-F", "-c", str(root / "dovecot.conf")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        until(lambda: _greets(port), process)
        yield Dovecot(root, port)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as line:
            return line.recv(4) == b"* OK"
    except OSError:
        return False


@dataclass
class Provider:
    """The pages of an OAuth provider: it gives `TOKEN` for the refresh token it knows, and says who has it.

    Who comes to its sign-in is let in at once and sent back with a code, which is good once and with the verifier of
    the challenge that came along (RFC 7636).
    """

    port: int = 0
    refresh: str = "a refresh token"
    code: str = "a code"
    challenge: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200


@contextmanager
def provider() -> Iterator[Provider]:
    """Run a provider."""
    state = Provider()

    class Pages(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            state.asked.append(form)
            lasting = {"refresh_token": state.refresh} if self._exchanges(form) else {}
            good = bool(lasting) or form.get("refresh_token") == state.refresh
            status = state.status if state.status != 200 else (200 if good else 400)
            tokens = {"access_token": TOKEN, "expires_in": 3600, **lasting}
            self._answer(status, tokens if status == 200 else {"error": "no"})

        def _exchanges(self, form: dict[str, str]) -> bool:
            verifier = sha256(form.get("code_verifier", "").encode()).digest()
            challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
            good = form.get("code") == state.code and bool(state.challenge) and challenge == state.challenge
            state.challenge = "" if good else state.challenge
            return good

        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            if self.path.startswith("/authorize"):
                state.challenge = asked["code_challenge"]
                back = urlencode({"code": state.code, "state": asked["state"]})
                self.send_response(302)
                self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            token = asked.get("token", "")
            self._answer(200, {"active": "true" if token == TOKEN else "false", "username": USER})

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            content = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    state.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Post:
    """A running SMTP server: what it took, and how it behaves from now on.

    `refuses` maps addresses to answers; `answer` is what it says after the data; `hangs_up` drops the connection
    "before" or "after" it took a mail, without a word.
    """

    port: int = 0
    taken: list[tuple[str, tuple[str, ...], bytes]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    answer: str = "250 2.0.0 taken"
    hangs_up: str = ""

    async def handle_RCPT(  # noqa: N802 - the library looks for these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient unless told otherwise."""
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail unless told otherwise."""
        if self.answer.startswith("2") and self.hangs_up != "before":
            sender, content = envelope.mail_from or "", envelope.original_content or b""
            self.taken.append((sender, tuple(envelope.rcpt_tos), content))
        if self.hangs_up:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return self.answer


class _Server(SMTP):
    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        said = base64.b64decode(args[1]).decode() if len(args) > 1 else ""
        good = said == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01"
        return AuthResult(success=good, handled=False)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


def _signs_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def post() -> Iterator[Post]:
    """Run an SMTP server to which `USER` signs in."""
    state = Post()
    controller = _Controller(
        state, hostname="127.0.0.1", port=free_port(), authenticator=_signs_in, auth_required=True,
        auth_require_tls=False, enable_SMTPUTF8=True,
    )  # fmt: skip
    controller.start()
    state.port = controller.port
    try:
        yield state
    finally:
        controller.stop()
