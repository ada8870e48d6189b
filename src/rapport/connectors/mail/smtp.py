"""Handing a mail to an SMTP server, so that it is always known whether the server may have it."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from rapport.connectors.mail import oauth
from rapport.conversations.gateways import Refused, TryLater
from rapport.conversations.models import Mailbox
from rapport.kernel import secrets

TIMEOUT = 20.0
_LINE_END = re.compile(rb"\r\n|\r|\n")
_NOT_NOW = (421, 450, 451, 452, 454)


class WrongPassword(Refused):
    """The server does not let us in."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the server said when it took a mail, and whom it would not take it for, with its words."""

    answer: str
    refused: dict[str, str]


@contextmanager
def connection(mailbox: Mailbox) -> Iterator[smtplib.SMTP]:
    """Give a connection on which `mailbox` is signed in. Raises `TryLater`, `WrongPassword`, `Refused`."""
    try:
        server = _connect(mailbox)
    except smtplib.SMTPAuthenticationError as error:
        raise (TryLater if error.smtp_code in _NOT_NOW else WrongPassword)(_words(error)) from error
    except smtplib.SMTPNotSupportedError as error:
        raise Refused(str(error)) from error
    except (OSError, smtplib.SMTPException, oauth.ProviderAway) as error:
        raise TryLater(str(error) or type(error).__name__) from error
    except (oauth.NoToken, secrets.Unreadable) as error:
        raise WrongPassword(str(error)) from error
    try:
        yield server
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()


def submit(
    server: smtplib.SMTP, sender: str, recipients: Sequence[str], raw: bytes, point_of_no_return: Callable[[], None]
) -> Taken:
    """Hand `raw` over and return what the server said. Raises `TryLater` or `Refused` when it certainly has nothing.

    `point_of_no_return` is called before the line that ends the data: what is lost before it was never taken
    (RFC 5321, 4.1.1.4). Any other error means that nobody knows.
    """
    try:
        refused = _envelope(server, sender, recipients, needs_utf8=not raw.partition(b"\r\n\r\n")[0].isascii())
        code, said = server.docmd("DATA")
        if code != 354:
            raise _error(code, said)
        server.send(stuffed(raw))
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(str(error) or type(error).__name__) from error
    point_of_no_return()
    server.send(b".\r\n")
    code, said = server.getreply()
    if code == -1:
        raise ConnectionError("the server went away without an answer")
    if not 200 <= code < 300:
        raise _error(code, said)
    return Taken(f"{code} {_text(said)}", refused)


def stuffed(raw: bytes) -> bytes:
    """Return a mail as its data is sent: lines end in CR LF, dots at their beginning are doubled."""
    lines = _LINE_END.sub(b"\r\n", raw)
    dotted = re.sub(rb"(?m)^\.", b"..", lines)
    return dotted if dotted.endswith(b"\r\n") else dotted + b"\r\n"


def _connect(mailbox: Mailbox) -> smtplib.SMTP:
    context = ssl.create_default_context()
    host, port = mailbox.smtp_host, mailbox.smtp_port
    server: smtplib.SMTP
    if mailbox.smtp_security == Mailbox.Security.TLS:
        server = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT)
    try:
        if mailbox.smtp_security == Mailbox.Security.STARTTLS:
            server.starttls(context=context)
        server.ehlo_or_helo_if_needed()
        _sign_in(server, mailbox)
    except BaseException:
        server.close()
        raise
    return server


def _sign_in(server: smtplib.SMTP, mailbox: Mailbox) -> None:
    user = mailbox.smtp_user or mailbox.imap_user or mailbox.address
    if oauth.uses(mailbox):
        code, said = server.docmd("AUTH", f"XOAUTH2 {oauth.xoauth2(user, oauth.access_token(mailbox))}")
        if code == 334:  # the reason, in base64; an empty line asks for the verdict
            code, said = server.docmd("")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, said)
    elif secret := mailbox.smtp_secret or mailbox.secret:
        server.login(user, secrets.unseal(secret))


def _envelope(server: smtplib.SMTP, sender: str, recipients: Sequence[str], *, needs_utf8: bool) -> dict[str, str]:
    """Name sender and recipients, and return those who were refused while others were taken."""
    options = ["SMTPUTF8"] if needs_utf8 else []
    if needs_utf8 and not server.has_extn("smtputf8"):
        raise Refused("the server takes no addresses beyond ASCII")
    code, said = server.mail(sender, options)
    if code != 250:
        raise _error(code, said)
    refused: dict[str, tuple[int, bytes]] = {}
    for recipient in recipients:
        code, said = server.rcpt(recipient)
        if code == 421:
            raise _error(code, said)
        if code not in (250, 251):
            refused[recipient] = (code, said)
    if len(refused) == len(recipients):
        codes = [code for code, _said in refused.values()]
        code, said = next(iter(refused.values()))
        raise _error(min(codes), said)
    return {address: f"{code} {_text(said)}" for address, (code, said) in refused.items()}


def _error(code: int, said: bytes | str) -> Exception:
    words = f"{code} {_text(said)}"
    return TryLater(words) if 400 <= code < 500 else Refused(words)


def _words(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(said: bytes | str) -> str:
    return (said.decode("utf-8", "replace") if isinstance(said, bytes) else said).replace("\n", " ")[:400]
