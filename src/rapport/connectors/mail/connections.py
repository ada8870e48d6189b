"""Trying a mailbox's settings, before anybody relies on them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rapport.connectors.mail import imap, smtp
from rapport.connectors.mail.signing import signer
from rapport.conversations.gateways import Refused, TryLater
from rapport.conversations.mail.compose import Outgoing, compose
from rapport.conversations.mail.parts import Address
from rapport.conversations.mail.tokens import PROBE
from rapport.conversations.models import Mailbox
from rapport.conversations.permissions import MANAGE
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.ids import new_id


@dataclass(frozen=True, slots=True)
class Findings:
    """What came of trying: for each direction empty when it works, else the server's words; `folders` of the mailbox.

    A direction that is not set up is None.
    """

    incoming: str | None = None
    outgoing: str | None = None
    folders: tuple[str, ...] = ()
    messages: int = 0

    @property
    def good(self) -> bool:
        """Whether everything that is set up works, and something is."""
        tried = [words for words in (self.incoming, self.outgoing) if words is not None]
        return bool(tried) and not any(tried)


def try_out(mailbox: Mailbox, *, by: Actor, probe: bool = False) -> Findings:
    """Sign in at both servers of a mailbox and return what they say; nothing is filed or changed.

    With `probe` a mail goes out to its own address with something behind a plus. When that is fetched, answers and
    bounces carry our token from then on. Raises `Forbidden`.
    """
    by.require(MANAGE)
    folders: tuple[str, ...] = ()
    count = 0
    incoming = outgoing = None
    if mailbox.imap_host:
        incoming, folders, count = _incoming(mailbox)
    if mailbox.smtp_host:
        outgoing = _outgoing(mailbox, probe=probe)
    return Findings(incoming, outgoing, folders, count)


def _incoming(mailbox: Mailbox) -> tuple[str, tuple[str, ...], int]:
    try:
        with imap.connection(mailbox) as client:
            names = tuple(str(name) for _flags, _delimiter, name in client.list_folders())
            count = int(client.folder_status(imap.INBOX, ["MESSAGES"])[b"MESSAGES"])
            return "", names, count
    except (imap.Away, imap.WrongPassword) as error:
        return str(error) or type(error).__name__, (), 0


def _outgoing(mailbox: Mailbox, *, probe: bool) -> str:
    try:
        with smtp.connection(mailbox) as server:
            if probe:
                to = signer().address(PROBE, mailbox.pk.hex, mailbox.address)
                smtp.submit(server, mailbox.address, [to], _probe(mailbox, to), lambda: None)
    except (TryLater, Refused) as error:
        return str(error) or type(error).__name__
    return ""


def _probe(mailbox: Mailbox, to: str) -> bytes:
    return compose(
        Outgoing(
            sender=Address("", mailbox.address),
            to=(Address("", to),),
            subject=_("Does mail arrive behind a plus?"),
            text=_("Rapport sent this mail to itself, and takes it away when it comes."),
            message_id=f"{new_id().hex}.probe@{mailbox.address.rpartition('@')[2]}",
            at=clock.now(),
            automatic=True,
        )
    )
