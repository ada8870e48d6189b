"""A door for servers that hand mail over themselves: SMTP, for the addresses of our mailboxes alone."""

from __future__ import annotations

import logging
import ssl
from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import close_old_connections

from rapport.connectors.mail.filing import Arrival, file, mailbox_at

LOG = logging.getLogger(__name__)
LARGEST = 60_000_000
AT_ONCE = 2
TAKEN, NOT_HERE, LATER = "250 2.0.0 Filed", "550 5.1.1 No such mailbox", "451 4.3.0 Try again later"


class Door:
    """Files what servers bring. A mail counts as taken only when it is in the database."""

    def __init__(self) -> None:
        self._hands = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="door")

    async def handle_RCPT(  # noqa: N802 - the library looks for these names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient who is one of us."""
        try:
            ours = await get_running_loop().run_in_executor(self._hands, _ours, address)
        except Exception:  # whatever is wrong with the database now, the sender shall come again
            LOG.exception("could not look up %s", address)
            return LATER
        if not ours:
            return NOT_HERE
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """File a mail; when that fails, the sender keeps it and comes again."""
        content = envelope.original_content or b""
        try:
            await get_running_loop().run_in_executor(self._hands, _file, content, tuple(envelope.rcpt_tos))
        except Exception:  # as above
            LOG.exception("could not file a mail of %d bytes", len(content))
            return LATER
        return TAKEN


def open_door(host: str, port: int, *, certificate: str = "", key: str = "") -> Controller:
    """Open the door at an address and return its controller, which `stop` closes. A certificate gives STARTTLS."""
    context: ssl.SSLContext | None = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key or None)
    controller = Controller(
        Door(), hostname=host, port=port, data_size_limit=LARGEST, enable_SMTPUTF8=True, tls_context=context,
        ident="Rapport",
    )  # fmt: skip
    controller.start()
    return controller


def _ours(address: str) -> bool:
    close_old_connections()
    return mailbox_at(address) is not None


def _file(content: bytes, recipients: tuple[str, ...]) -> None:
    close_old_connections()
    file(Arrival(content, None, recipients))
