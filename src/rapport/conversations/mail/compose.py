"""Mails that go out, as bytes: text and HTML, files, and headers by which answers, loops and bounces find their way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from rapport.conversations.mail.automatic import OWN_HEADER
from rapport.conversations.mail.bodies import text_from
from rapport.conversations.mail.charsets import storable
from rapport.conversations.mail.parts import Address, File

_BREAK = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]+")
_POLICY = SMTP.clone(max_line_length=78)
_LONGEST_CHAIN = 20_000


class NobodyToWriteTo(ValueError):
    """A mail needs a recipient."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail to be written. Ids have no brackets; `references` is the whole chain, the oldest first.

    `automatic` marks what no person wrote, so that no machine answers it. `unsubscribe` is an address on the web that
    takes a POST (RFC 8058); `list_id` names a list. Blind copies are no header: they are told to the server alone.
    """

    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    message_id: str
    at: datetime
    html: str = ""
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    automatic: bool = False
    unsubscribe: str = ""
    list_id: str = ""


def compose(mail: Outgoing) -> bytes:
    """Return the bytes of a mail, lines ended by CR LF. Raises `NobodyToWriteTo`."""
    if not mail.to and not mail.cc:
        raise NobodyToWriteTo("a mail needs a recipient")
    everybody = (mail.sender, *mail.to, *mail.cc)
    message = EmailMessage(policy=_POLICY.clone(utf8=True) if needs_utf8(everybody) else _POLICY)
    message["From"] = _header([mail.sender])
    message["To"] = _header(mail.to) if mail.to else "undisclosed-recipients:;"
    if mail.cc:
        message["Cc"] = _header(mail.cc)
    if mail.reply_to:
        message["Reply-To"] = _header([mail.reply_to])
    message["Subject"] = _one_line(mail.subject)[:900] or "-"
    message["Date"] = format_datetime(mail.at)
    _content(message, mail)
    return _head(mail) + message.as_bytes()


def _content(message: EmailMessage, mail: Outgoing) -> None:
    text = storable(mail.text.replace("\r\n", "\n"))
    if mail.html:
        message.set_content(text or text_from(mail.html), charset="utf-8", cte="quoted-printable")
        message.add_alternative(mail.html, subtype="html", charset="utf-8", cte="quoted-printable")
        page = message.get_payload()[1]  # type: ignore[index]
        for file in (one for one in mail.files if one.inline and one.content_id):
            main, sub = _type(file)
            page.add_related(  # type: ignore[union-attr]
                file.content, main, sub, cid=f"<{_plain_id(file.content_id)}>", disposition="inline",
                filename=_one_line(file.name) or "image",
            )  # fmt: skip
    else:
        message.set_content(text, charset="utf-8", cte="quoted-printable")
    for file in mail.files:
        if not (mail.html and file.inline and file.content_id):
            main, sub = _type(file)
            message.add_attachment(file.content, main, sub, filename=_one_line(file.name) or "file")


def _head(mail: Outgoing) -> bytes:
    """Return the headers of ids and machines. They are folded here: the library would encode ids that are long."""
    lines = [f"Message-ID: <{_plain_id(mail.message_id)}>"]
    if mail.in_reply_to:
        lines.append(f"In-Reply-To: <{_plain_id(mail.in_reply_to)}>")
    if chain := _chain(mail):
        lines.append("References: " + "\r\n ".join(f"<{one}>" for one in chain))
    if mail.automatic:
        lines += ["Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All", "Precedence: bulk"]
        lines.append(f"{OWN_HEADER.title()}: automatic")
    if mail.list_id:
        lines.append(f"List-Id: <{_plain_id(mail.list_id)}>")
    if mail.unsubscribe:
        lines.append(f"List-Unsubscribe: <{_plain_id(mail.unsubscribe)}>")
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii", "replace")


def _chain(mail: Outgoing) -> list[str]:
    """Return the References: all, the answered mail last; of a chain without end the first and the last ones."""
    chain = list(dict.fromkeys(filter(None, map(_plain_id, mail.references))))
    answered = _plain_id(mail.in_reply_to)
    if answered:
        chain = [*(one for one in chain if one != answered), answered]
    while sum(len(one) + 5 for one in chain) > _LONGEST_CHAIN:
        del chain[1]
    return chain


def _plain_id(text: str) -> str:
    return re.sub(r"[\s<>\x00-\x1f]+", "", text)


def _one_line(text: str) -> str:
    return _BREAK.sub(" ", text).strip()


def _header(addresses: tuple[Address, ...] | list[Address]) -> list[HeaderAddress]:
    return [
        HeaderAddress(_one_line(one.name), username=one.local, domain=ascii_domain(one.domain)) for one in addresses
    ]


def ascii_domain(domain: str) -> str:
    """Return a domain as servers ask for it: müller.example as xn--mller-kva.example."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def needs_utf8(addresses: Iterable[Address]) -> bool:
    """Return whether only servers that know SMTPUTF8 can take a mail to `addresses`: a local part is not ASCII."""
    return any(not one.local.isascii() for one in addresses)


def _type(file: File) -> tuple[str, str]:
    main, _, sub = file.media_type.partition("/")
    safe = re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.media_type)
    if not safe or main in ("multipart", "message"):
        return "application", "octet-stream"
    return main, sub
