"""Which encoding a text file is in, and whether it is text at all."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from typing import IO

from charset_normalizer import from_bytes

from rapport.imports.reading.problems import FileError

_SAMPLE = 512 * 1024
_SEARCHED = 64 * 1024 * 1024
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = {
    b"%PDF": "a PDF document",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "a database",
    b"{\\rtf": "a text document",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Encodings of other scripts, which charset-normalizer tells apart well; Western ones are left to cp1252.
_DISTINCT = frozenset(
    {"cp1251", "koi8_r", "koi8_u", "mac_cyrillic", "iso8859_5", "cp866", "cp1253", "iso8859_7", "cp1255"}
    | {"iso8859_8", "cp1256", "iso8859_6", "shift_jis", "cp932", "euc_jp", "iso2022_jp", "euc_kr", "cp949"}
    | {"johab", "big5", "big5hkscs", "cp950", "gb2312", "gbk", "gb18030", "hz", "cp874", "tis_620"}
)
# Bytes that are signs in cp1252 and letters in cp1250 (ą ł ż ź ť ľ …), inside a word; and š, ž in both.
_CENTRAL = re.compile(rb"[a-z][\xb9\xb3\xbf\x9f\x9d\xbc\xbe]|[\x9a\x9e\x8a\x8e\x8d\x8f]")
_HUNGARIAN, _NOT_HUNGARIAN = re.compile(rb"[\xf5\xfb\xd5\xdb]"), re.compile(rb"[\xe3\xea\xe0\xe8\xc3]")
_TURKISH, _NOT_TURKISH = re.compile(rb"[\xf0\xfd\xfe\xdd\xde\xd0]"), re.compile(rb"[\xe6\xe1\xf3\xed]")
_FOREIGN_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")


def encoding_of(source: IO[bytes]) -> tuple[str, str]:
    """The encoding of a file's bytes and its first text.

    Reads on to the first letters that are not ASCII, up to 64 MB. Returns the codec's name and the first
    512 kB decoded. Raises FileError `empty` and `binary`.
    """
    start = source.read(_SAMPLE)
    if not start.strip():
        raise FileError("empty")
    _refuse_magic(start)
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name, start.decode(name, "ignore")
    name = _wide(start) or _narrow(_telling(start, source))
    return name, start.decode(name, "replace")


def _refuse_magic(start: bytes) -> None:
    for magic, what in _MAGIC.items():
        if start.startswith(magic):
            raise FileError("binary", what)


def _telling(start: bytes, source: IO[bytes]) -> bytes:
    """The sample, with the first part of the file that is not ASCII."""
    sample, seen = start, len(start)
    with suppress(FileError):  # where it breaks off is said when it is loaded
        while sample.isascii() and seen < _SEARCHED and (more := source.read(_SAMPLE)):
            seen += len(more)
            if not more.isascii():
                sample += more
    return sample


def _wide(start: bytes) -> str:
    """UTF-16 without a mark: every second byte of Western text is zero."""
    head = start[: 4096 & ~1]
    if head.count(0) < len(head) // 5:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 10 * max(even, 1):
        return "utf-16-le"
    if even > 10 * max(odd, 1):
        return "utf-16-be"
    return ""


def _narrow(sample: bytes) -> str:
    if len(_CONTROL.findall(sample)) > len(sample) // 200 + 2:
        raise FileError("binary", "it holds bytes that are no text")
    if sample.isascii() or _is_utf8(sample):
        return "utf-8"
    return _by_letters(sample)


def _is_utf8(sample: bytes) -> bool:
    """Whether the sample is UTF-8, a few stray bytes (under 1 % of what is not ASCII) aside."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoded = decoder.decode(sample)
    stray = decoded.count("\ufffd") - sample.count("\ufffd".encode())
    wide = sum(1 for letter in decoded if letter > "\x7f")
    return stray <= 0 or (wide > 100 and stray * 100 < wide)


def _by_letters(sample: bytes) -> str:
    """cp1252 unless the letters are of another script, or of a Latin one with letters of its own."""
    words = b" ".join(_FOREIGN_WORD.findall(sample)[:8000])
    high = sum(1 for byte in words if byte > 0x7F)
    if 2 * high > len(words) - words.count(b" "):  # whole words of letters that are not ASCII
        return _other_script(sample)
    if len(_CENTRAL.findall(words)) * 20 > high:
        return "cp1250"
    if len(_HUNGARIAN.findall(words)) * 20 > high and not _NOT_HUNGARIAN.search(words):
        return "cp1250"
    if len(_TURKISH.findall(words)) * 6 > high and not _NOT_TURKISH.search(words):
        return "cp1254"
    return "cp1252"


def _other_script(sample: bytes) -> str:
    lines = b"\n".join(line for line in sample.splitlines() if not line.isascii())[: 64 * 1024]
    japanese = lines.decode("cp932", "ignore")
    if sum("\u3040" <= letter <= "\u30ff" for letter in japanese) * 5 > len(japanese):
        return "cp932"
    best = from_bytes(lines).best()
    return best.encoding if best is not None and best.encoding in _DISTINCT else "cp1252"
