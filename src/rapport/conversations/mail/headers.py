"""Headers of mails: encoded words, addresses, dates and ids, however badly they are written."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from datetime import UTC, datetime, timedelta
from email.policy import Compat32
from email.utils import getaddresses, parsedate_to_datetime

from rapport.conversations.incoming import short_id
from rapport.conversations.mail.charsets import storable, text_of
from rapport.conversations.mail.parts import Address

MOST_ADDRESSES = 500
_WORD = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(=\?[^?\s]+\?[bBqQ]\?)")
_FOLD = re.compile(r"\r?\n[ \t]*|\r")
_BARE = re.compile(r"[^\s<>()\[\],;:\"'\\]+@[^\s<>()\[\],;:\"'\\]+")
_ID = re.compile(r"<\s*([^<>]+?)\s*>")
_ODD_ZONE = re.compile(r"\s*\([^)]*\)\s*|\s+(?:UT|Z)$")
_FIRST, _LAST = datetime(1980, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Raw(Compat32):
    """A policy under which headers stay as they came: the usual one makes objects of those that are not ASCII."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Return the value as it came."""
        return value


RAW = Raw()


def unfolded(raw: str) -> str:
    """Return a raw header, as the parser gives it, on one line and in the characters that were meant."""
    try:
        line = raw.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        line = raw.encode("utf-8", "replace")
    return _FOLD.sub(" ", text_of(line)).strip()


def decoded(raw: str) -> str:
    """Return what a raw header says, its encoded words (RFC 2047) read."""
    text = unfolded(raw)
    if "=?" not in text:
        return text
    before = None
    while before != text:
        before, text = text, _BETWEEN.sub(r"\1\2", text)
    return storable(_words(text)).strip()


def _words(text: str) -> str:
    """Read encoded words; neighbours of one character set are joined first, as some cut characters in two."""
    said: list[str] = []
    waiting, charset, end = b"", "", 0
    for match in _WORD.finditer(text):
        apart = match.start() != end
        if waiting and (apart or match[1].lower() != charset):
            said.append(_FOLD.sub(" ", text_of(waiting, charset)))
            waiting = b""
        said.append(text[end : match.start()])
        charset, end = match[1].lower(), match.end()
        waiting += _bytes(match[2], match[3])
    if waiting:
        said.append(_FOLD.sub(" ", text_of(waiting, charset)))
    return "".join(said) + text[end:]


def _bytes(how: str, body: str) -> bytes:
    data = body.encode("utf-8", "replace")
    if how in "qQ":
        return quopri.decodestring(data, header=True)
    return loose_base64(data)


def loose_base64(data: bytes) -> bytes:
    """Decode base64 that may lack its end or hold what does not belong there; return what can be read."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data.split(b"=", 1)[0] if b"=" in data[:-4] else data)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def addresses(raw: str) -> tuple[Address, ...]:
    """Return the mailboxes of an address header in their order, each once; what has no at sign is left out."""
    line = unfolded(raw).replace(";", ",") if ":" not in raw else unfolded(raw)
    found: dict[str, Address] = {}
    for name, address in _pairs(line):
        email = _clean(address)
        if email and email not in found:
            said = decoded(name).strip(" '\"")
            found[email] = Address("" if said.lower() == email else said[:200], email)
        if len(found) >= MOST_ADDRESSES:
            break
    return tuple(found.values())


def _pairs(line: str) -> list[tuple[str, str]]:
    try:
        pairs = [pair for pair in getaddresses([line]) if "@" in pair[1]]
    except (ValueError, IndexError, TypeError, RecursionError):
        pairs = []
    return pairs or [("", bare) for bare in _BARE.findall(line)]


def _clean(address: str) -> str:
    """Return an address in lower case, or nothing where there is none."""
    email = re.sub(r"\s+", "", address).strip("<>.,;:'\"").lower()
    email = email.removeprefix("mailto:").removeprefix("smtp:")
    local, at, domain = email.rpartition("@")
    return email if at and local and domain and len(email) <= 254 else ""


def date_of(raw: str) -> datetime | None:
    """Return the moment a Date header names, in UTC, or None when it names none that can be."""
    text = _ODD_ZONE.sub(" ", unfolded(raw)).strip()
    for attempt in (text, text.replace(".", ":")):
        try:
            at = parsedate_to_datetime(attempt)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        return at if _FIRST <= at < _LAST else None
    return None


def believable(at: datetime | None, received: datetime) -> datetime:
    """Return when a mail was written: its date, or when it came if that has none or one that is still to come."""
    return at if at is not None and at <= received + timedelta(hours=1) else received


def ids(raw: str) -> tuple[str, ...]:
    """Return the message ids of a header in their order, without brackets, each once."""
    line = unfolded(raw)
    found = _ID.findall(line) or [word for word in line.split() if "@" in word]
    return tuple(dict.fromkeys(filter(None, map(tidy_id, found))))


def tidy_id(text: str) -> str:
    """Return a message id as it is stored and looked up: no blanks or brackets, long ones by their digest."""
    return short_id(storable(re.sub(r"\s+", "", text)))
