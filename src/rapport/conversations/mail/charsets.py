"""Bytes of mails to text: by the character set they name, by what they look like, and never with an error."""

from __future__ import annotations

import codecs
import re
from functools import cache

from charset_normalizer import from_bytes

# What mail programs write, and what they mean by it. Microsoft's and the Chinese supersets read more than they name.
_MEANT = {
    "ansi_x3.4-1968": "cp1252",
    "big5": "big5hkscs",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "iso-2022-jp": "iso2022_jp_2",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "latin1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "unicode-1-1-utf-7": "utf-7",
    "us-ascii": "cp1252",
    "utf8mb4": "utf-8",
    "windows-31j": "cp932",
    "windows-874": "cp874",
    "x-gbk": "gb18030",
    "x-mac-roman": "mac-roman",
    "x-sjis": "cp932",
}
# Codecs of Python that no mail means: some take time without bound, others read backslashes.
_NEVER = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "oem"}
_SAMPLE = 20_000
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def text_of(data: bytes, charset: str = "") -> str:
    """Return `data` as text: by `charset` where it fits, else as UTF-8, else as what it looks like.

    Zero bytes and lone surrogates are taken out, because no database keeps them.
    """
    codec = _codec(charset)
    for name in (codec, "utf-8") if codec != "cp1252" else ("utf-8", codec):
        text = _strictly(data, name) if name else None
        if text is not None:
            return storable(text)
    if codec and codec != "cp1252":
        return storable(data.decode(codec, "replace"))
    return storable(_guessed(data))


def storable(text: str) -> str:
    """Return `text` without what neither UTF-8 nor PostgreSQL can hold."""
    return _UNSTORABLE.sub("", text)


@cache
def _codec(charset: str) -> str:
    """Return the codec for a name out of a mail, or nothing for one that nobody knows."""
    name = charset.strip().strip("\"'").lower().split("*", 1)[0]
    if not name:
        return ""
    name = _MEANT.get(name, name)
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    if found.name.replace("_", "-") in _NEVER or not getattr(found, "_is_text_encoding", True):
        return ""
    return found.name


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, ValueError):
        return None


def _guessed(data: bytes) -> str:
    best = from_bytes(data[:_SAMPLE], steps=3, chunk_size=512).best()
    name = best.encoding if best else "cp1252"
    return data.decode(name, "replace")
