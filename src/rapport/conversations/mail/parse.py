"""Bytes of a mail to what it says. Nothing that somebody may send raises an error here; what is odd is a problem."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable
from email.message import Message
from email.parser import BytesParser
from typing import TypeVar

from rapport.conversations.mail.bodies import LONGEST_HTML, LONGEST_TEXT, text_from, too_many_links
from rapport.conversations.mail.charsets import text_of
from rapport.conversations.mail.headers import RAW, addresses, date_of, decoded, ids, tidy_id
from rapport.conversations.mail.leaves import Collected, collect
from rapport.conversations.mail.parts import Address, Mail

Value = TypeVar("Value")

_HEAD = 100_000
_LONGEST_HEADER, _MOST_VALUES = 20_000, 50
_DEEPEST = 60
_BOUNDARY = re.compile(rb"boundary\s*=", re.IGNORECASE)


def parse(raw: bytes) -> Mail:
    """Return what the mail `raw` says. Never raises: one that cannot be read comes back as text and `unreadable`."""
    try:
        if len(_BOUNDARY.findall(raw[:5_000_000])) > _DEEPEST * 5:
            return unreadable(raw, "too many parts")
        message = BytesParser(policy=RAW).parsebytes(raw)
        return _read(message, raw)
    except Exception as error:  # whatever it was, the mail must be kept and shown
        return unreadable(raw, f"{type(error).__name__}: {error}"[:200])


def _read(message: Message, raw: bytes) -> Mail:
    headers = _headers(message)
    if not headers:
        return unreadable(raw, "no headers")
    collected = collect(message)
    text, html = _bodies(collected)

    def first(name: str) -> str:
        return next(iter(headers.get(name, ())), "")

    known = ids(first("message-id")) or ((tidy_id(first("message-id")),) if first("message-id").strip(" <>") else ())
    sender = next(
        (found[0] for name in ("from", "sender", "return-path") if (found := _addresses(headers, name))), None
    )
    references = _all(headers, "references", ids)
    return Mail(
        message_id=known[0] if known else digest(raw),
        has_id=bool(known),
        subject=decoded(first("subject"))[:1_000],
        sender=sender,
        reply_to=_addresses(headers, "reply-to"),
        to=_addresses(headers, "to"),
        cc=_addresses(headers, "cc"),
        at=date_of(first("date")),
        in_reply_to=_all(headers, "in-reply-to", ids),
        references=references,
        text=text,
        html=html,
        files=tuple(collected.files),
        reports=tuple(collected.reports),
        returned=collected.returned,
        headers=_said(headers),
        problems=tuple(dict.fromkeys(collected.problems)),
    )


def digest(raw: bytes) -> str:
    """Return an id for a mail without one: the same mail gives the same id, whatever servers added on top of it.

    One without a date has only its bytes: two of the same words may well be two mails.
    """
    head, _, body = raw.replace(b"\r\n", b"\n").partition(b"\n\n")
    kept = [line for line in re.split(rb"\n(?![ \t])", head) if re.match(rb"(?i)(?:from|to|date|subject)\s*:", line)]
    dated = any(line[:5].lower() == b"date:" for line in kept)
    digested = hashlib.sha256(b"\n".join(sorted(kept)) + b"\n\n" + body.strip() if dated else raw)
    return f"{digested.hexdigest()}@without-id.invalid"


def _headers(message: Message) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in message.raw_items():
        values = found[str(name).lower()]
        if len(values) < _MOST_VALUES:
            values.append(str(value)[:_LONGEST_HEADER])
    return dict(found)


def _said(headers: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(map(decoded, values)) for name, values in headers.items()}


def _addresses(headers: dict[str, list[str]], name: str) -> tuple[Address, ...]:
    return _all(headers, name, addresses)


def _all(headers: dict[str, list[str]], name: str, read: Callable[[str], tuple[Value, ...]]) -> tuple[Value, ...]:
    found = [value for raw in headers.get(name, ()) for value in read(raw)]
    return tuple(dict.fromkeys(found))


def _bodies(collected: Collected) -> tuple[str, str]:
    """Return text and HTML; where only one was sent, the text is made from it."""
    text, html = "\n\n".join(collected.texts), "\n".join(collected.pages)
    if too_many_links(html):
        collected.problems.append("too many links, shown as text alone")
        html = "" if text.strip() else html
        if html:
            text, html = text_from(html), ""
    if len(html) > LONGEST_HTML:
        collected.problems.append("too long, shown in part")
        html = html[:LONGEST_HTML]
    if len(text) > LONGEST_TEXT:
        collected.problems.append("too long, shown in part")
        text = text[:LONGEST_TEXT]
    return text.strip("\n"), html


def unreadable(raw: bytes, why: str) -> Mail:
    """Return a mail as its own source, with what can be found in its head by looking for it."""
    shown = text_of(raw[:_HEAD])
    head = shown.replace("\r\n", "\n").partition("\n\n")[0]

    def line(name: str) -> str:
        match = re.search(rf"(?im)^{name}\s*:\s*(.{{0,900}})$", head)
        return match[1].strip() if match else ""

    senders, known = addresses(line("from")), ids(line("message-id"))
    return Mail(
        message_id=known[0] if known else digest(raw),
        has_id=bool(known),
        subject=decoded(line("subject"))[:1_000],
        sender=senders[0] if senders else None,
        to=addresses(line("to")),
        at=date_of(line("date")),
        text=shown,
        problems=(why,),
        unreadable=True,
    )
