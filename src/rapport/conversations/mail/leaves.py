"""The leaves of a mail's tree: what is text, what is HTML, what is a file, what is a report."""

from __future__ import annotations

import binascii
import quopri
import re
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesHeaderParser

from rapport.conversations.mail.charsets import storable, text_of
from rapport.conversations.mail.headers import RAW, decoded, loose_base64, tidy_id
from rapport.conversations.mail.parts import File, Report
from rapport.conversations.mail.winmail import TYPES, unpacked

_MOST_PARTS, _MOST_FILES = 500, 200
_REPORTS = ("message/delivery-status", "message/feedback-report", "message/disposition-notification")
_UUENCODED = re.compile(rb"(?m)^begin [0-7]{3} \S")
_RETURNED = 50_000


@dataclass(slots=True)
class Collected:
    """What was found so far."""

    texts: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    reports: list[Report] = field(default_factory=list)
    returned: str = ""
    problems: list[str] = field(default_factory=list)


def collect(message: Message) -> Collected:
    """Return the leaves of `message`, in their order."""
    found = Collected()
    waiting: list[tuple[Message, bool]] = [(message, False)]
    seen = 0
    while waiting:
        part, apart = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            found.problems.append("too many parts, the rest is left out")
            break
        kind = _type(part)
        if kind in _REPORTS:
            _report(part, kind, found)
        elif kind in ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"):
            _whole_mail(part, kind, found)
        elif part.is_multipart():
            children = [child for child in part.get_payload() if isinstance(child, Message)]
            waiting.extend((child, kind == "multipart/digest") for child in reversed(children))
        else:
            _leaf(part, kind, found, apart=apart)
    return found


def _leaf(part: Message, kind: str, found: Collected, *, apart: bool) -> None:
    content = content_of(part, found)
    name, disposition = _name(part), (part.get("content-disposition") or "").strip().lower()
    attached = apart or str(disposition).startswith("attachment") or bool(name)
    if kind in TYPES or name.lower() == "winmail.dat":
        _winmail(part, kind, content, found)
    elif kind == "text/plain" and not attached:
        found.texts.append(text_of(content, _charset(part)).replace("\r\n", "\n"))
    elif kind == "text/html" and not attached:
        found.pages.append(text_of(content, _charset(part) or _declared(content)))
    elif kind in ("text/enriched", "text/richtext") and not attached:
        found.texts.append(re.sub(r"<[^<>]{0,100}>", "", text_of(content, _charset(part))))
    elif content or name:
        _add(found, File(name or _untitled(kind), kind, content, _content_id(part), disposition.startswith("inline")))


def content_of(part: Message, found: Collected) -> bytes:
    """Return the bytes of a part, as far as its encoding can be undone."""
    if part.is_multipart():
        return b""
    how = str(part.get("content-transfer-encoding") or "").strip().strip("\"'").lower()
    del part["content-transfer-encoding"]  # so that the library leaves the bytes as they came
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    if how == "base64":
        return loose_base64(data)
    if how == "quoted-printable":
        return quopri.decodestring(data)
    if how in ("x-uuencode", "uuencode", "uue", "x-uue") or (not how and _UUENCODED.match(data)):
        return _uudecoded(data, found)
    return data


def _uudecoded(data: bytes, found: Collected) -> bytes:
    lines, whole = data.splitlines(), []
    for line in lines[1:]:
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            whole.append(binascii.a2b_uu(line))
        except binascii.Error:
            found.problems.append("broken uuencoding")
            return data
    return b"".join(whole)


def _report(part: Message, kind: str, found: Collected) -> None:
    """Keep the fields of a report; the parser makes a list of messages of them, one for each group."""
    payload = part.get_payload()
    if isinstance(payload, list):
        inside = [one for one in payload if isinstance(one, Message)]
        groups = [[(str(name).lower(), decoded(str(value))) for name, value in one.raw_items()] for one in inside]
    else:
        groups = _groups(text_of(content_of(part, found)))
    found.reports.append(Report(kind, tuple(tuple(group) for group in groups if group)))


def _groups(text: str) -> list[list[tuple[str, str]]]:
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    parsed = [re.findall(r"(?m)^([A-Za-z][\w-]*)\s*:[ \t]*(.*)$", block) for block in blocks]
    return [[(name.lower(), value.strip()) for name, value in block] for block in parsed]


def _whole_mail(part: Message, kind: str, found: Collected) -> None:
    """Keep a mail inside a mail as a file, and its head for whoever asks which mail came back."""
    payload = part.get_payload()
    inside = payload[0] if isinstance(payload, list) and payload else None
    if isinstance(inside, Message):
        try:
            content = inside.as_bytes(policy=RAW)
        except Exception:  # the generator of the standard library raises on what its own parser let through
            content = "\n".join(f"{name}: {value}" for name, value in inside.raw_items()).encode("utf-8", "replace")
    else:
        content = content_of(part, found)
    found.returned = found.returned or text_of(content[:_RETURNED])
    if kind.endswith("headers"):
        return
    head = BytesHeaderParser(policy=RAW).parsebytes(content[:_RETURNED])
    title = re.sub(r"[^\w .,()-]+", " ", decoded(str(head.get("subject") or ""))).strip()[:80]
    _add(found, File(_name(part) or f"{title or 'message'}.eml", "message/rfc822", content))


def _winmail(part: Message, kind: str, content: bytes, found: Collected) -> None:
    inside = unpacked(content)
    if inside is None:
        found.problems.append("winmail.dat could not be opened")
        _add(found, File(_name(part) or "winmail.dat", kind, content))
        return
    text, html, files = inside
    if html and not found.pages:
        found.pages.append(html)
    if text and not any(one.strip() for one in found.texts):
        found.texts.append(text.replace("\r\n", "\n"))
    for file in files:
        _add(found, file)


def _add(found: Collected, file: File) -> None:
    if len(found.files) < _MOST_FILES:
        found.files.append(file)
    else:
        found.problems.append("too many files, the rest is left out")


def _type(part: Message) -> str:
    try:
        return storable(part.get_content_type().lower())
    except Exception:  # a Content-Type that the standard library cannot take apart
        return "text/plain"


def _charset(part: Message) -> str:
    try:
        said = part.get_param("charset")
    except Exception:  # as above
        return ""
    return str(said[2] if isinstance(said, tuple) else said or "")


def _declared(content: bytes) -> str:
    match = re.search(rb"(?i)<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{2,40})", content[:4_000])
    return match[1].decode("ascii", "replace") if match else ""


def _name(part: Message) -> str:
    """Return the name of a file, without folders and what no file system takes."""
    try:
        said = part.get_filename() or ""
    except Exception:  # as above
        said = ""
    plain = decoded(str(said)).replace("\\", "/").rpartition("/")[2]
    return storable(re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", plain)).strip(" .")[:200]


def _untitled(kind: str) -> str:
    main, _, sub = kind.partition("/")
    ending = {"calendar": "ics", "plain": "txt", "jpeg": "jpg", "svg+xml": "svg"}.get(sub, sub)
    return f"{main}.{ending}" if re.fullmatch(r"[a-z0-9]{1,8}", ending) else main


def _content_id(part: Message) -> str:
    return tidy_id(decoded(str(part.get("content-id") or "")))[:250]
