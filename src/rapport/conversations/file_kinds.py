"""What a file is, by what is in it, and whether we take it. Its name alone proves nothing.

Signatures are those of the formats' own documents, as collected in the WHATWG MIME Sniffing Standard and in `file(1)`.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

LONGEST_NAME = 150
_PROGRAMS = (
    b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe", b"#!", b"L\x00\x00\x00\x01\x14\x02\x00", b"dex\n", b"\x00asm",
)  # fmt: skip
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"wOF2", "font/woff2"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_NAMES = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
_BRANDS = {"heic": "image/heic", "heix": "image/heic", "mif1": "image/heif", "avif": "image/avif", "M4A ": "audio/mp4",
           "qt  ": "video/quicktime"}  # fmt: skip
_OFFICE = {
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_TEXTS = {
    "csv": "text/csv", "ics": "text/calendar", "vcf": "text/vcard", "htm": "text/html", "html": "text/html",
    "xml": "application/xml", "json": "application/json", "eml": "message/rfc822", "svg": "image/svg+xml",
}  # fmt: skip
_PROGRAM_NAMES = (
    "ade adp app apk bat chm cmd com cpl dll dmg docm dotm exe gadget hta inf ins iso jar js jse lnk mde msc msi msp "
    "mst nsh pif potm ppam pptm ps1 ps1xml ps2 psc1 psc2 reg scf scr sct shb sh sys url vb vbe vbs vhd ws wsc wsf wsh "
    "xlam xll xlsm xltm"
)
PROGRAM_NAMES = frozenset(_PROGRAM_NAMES.split())
_HIDDEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13, 27}


class NotTaken(ValueError):
    """A file of a kind that we do not take, or too large; the text says why."""


def clean_name(name: str) -> str:
    """Return the last part of a path without what is not seen, short enough to store; "file" for nothing."""
    plain = _HIDDEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rstrip("/ .")
    plain = plain.rpartition("/")[2].strip(" .") or "file"
    if len(plain) <= LONGEST_NAME:
        return plain
    suffix = PurePosixPath(plain).suffix[:20]
    return plain[: LONGEST_NAME - len(suffix)] + suffix


def recognise(name: str, content: bytes, *, at_most: int) -> str:
    """Return the media type of a file of at most `at_most` bytes; raises `NotTaken`."""
    if len(content) > at_most:
        raise NotTaken(_("The file is larger than %(mb)s MB.") % {"mb": at_most // 1_000_000})
    extension = PurePosixPath(clean_name(name)).suffix.lower().lstrip(".")
    if extension in PROGRAM_NAMES or content.startswith(_PROGRAMS) or _of_windows(content):
        raise NotTaken(_("Programs are not taken."))
    if content.startswith(_OLE):
        return _old_office(extension)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(content)
    return _by_signature(content) or _text(extension, content)


def _of_windows(content: bytes) -> bool:
    """Return whether it is a program of DOS or Windows, and not a text that starts with its two letters."""
    return content.startswith((b"MZ", b"ZM")) and b"\x00" in content[:512]


def _by_signature(content: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(content[8:12], "")
    if content[:2] == b"BM" and content[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12].decode("latin-1"), "video/mp4")
    return ""


def _old_office(extension: str) -> str:
    if extension not in _OLE_NAMES:
        raise NotTaken(_("Files of this kind are not taken."))
    return _OLE_NAMES[extension]


def _archive(content: bytes) -> str:
    """Return what kind of archive it is; raises `NotTaken` when there is a program or a macro in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            first = archive.read("mimetype")[:100] if "mimetype" in names[:1] else b""
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, ValueError, KeyError, EOFError):
        raise NotTaken(_("The archive cannot be read.")) from None
    inside = {PurePosixPath(name.lower()).suffix.lstrip(".") for name in names}
    if inside & PROGRAM_NAMES or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise NotTaken(_("Programs are not taken."))
    if first.startswith((b"application/vnd.oasis.opendocument", b"application/epub")):
        return first.decode("ascii", "replace").strip()
    if "[Content_Types].xml" in names:
        return next((kind for part, kind in _OFFICE.items() if any(name.startswith(part) for name in names)),
                    "application/zip")  # fmt: skip
    return "application/zip"


def _text(extension: str, content: bytes) -> str:
    """Return the media type of a text; raises `NotTaken` for what is none."""
    utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not utf16 and not _CONTROL.isdisjoint(content[:65_536]):
        raise NotTaken(_("Files of this kind are not taken."))
    return _TEXTS.get(extension, "text/plain")
