"""winmail.dat: what Outlook packs a mail into when it takes everybody for Outlook (TNEF)."""

from __future__ import annotations

from contextlib import suppress

from tnefparse import TNEF

from rapport.conversations.mail.charsets import storable, text_of
from rapport.conversations.mail.parts import File

TYPES = ("application/ms-tnef", "application/vnd.ms-tnef")
_SIGNATURE = b"\x78\x9f\x3e\x22"
_HEADER, _FRAME = 6, 11
_MOST_OBJECTS, _LARGEST = 5_000, 50_000_000


def unpacked(data: bytes) -> tuple[str, str, tuple[File, ...]] | None:
    """Return the text, the HTML and the files in a winmail.dat, or None when nothing in it can be read."""
    if not data.startswith(_SIGNATURE) or len(data) > _LARGEST or _objects(data) > _MOST_OBJECTS:
        return None
    try:
        packed = TNEF(data, do_checksum=False)
        files = tuple(_file(one) for one in packed.attachments if one.data)
        text, html = _said(packed.body), _said(packed.htmlbody)
        return (text, html, files) if text or html or files else None
    except Exception:  # a library for a format that was guessed at: it raises whatever it stumbles over
        return None


def _objects(data: bytes) -> int:
    """Return how many objects there are, as the library copies the rest of the file for each."""
    count, start = 0, data.find(_SIGNATURE)
    while start >= 0 and count <= _MOST_OBJECTS:
        offset = start + _HEADER
        while offset + _FRAME < len(data) and count <= _MOST_OBJECTS:
            offset += int.from_bytes(data[offset + 5 : offset + 9], "little") + _FRAME
            count += 1
        start = data.find(_SIGNATURE, start + 1)
    return count


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        value = value[0] if value else b""
    if isinstance(value, bytes):
        return text_of(value.rstrip(b"\x00"))
    return storable(value) if isinstance(value, str) else ""


def _file(one: object) -> File:
    name = ""
    with suppress(Exception):
        name = _said(one.long_filename())  # type: ignore[attr-defined]
    return File(name or "file", "application/octet-stream", bytes(one.data))  # type: ignore[attr-defined]
