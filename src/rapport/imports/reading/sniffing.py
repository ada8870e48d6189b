"""Finding out what a file is."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from rapport.imports.reading import sheets
from rapport.imports.reading.dialects import dialect_of
from rapport.imports.reading.encodings import encoding_of
from rapport.imports.reading.formats import Compression, Format
from rapport.imports.reading.opening import compression_of, raw
from rapport.imports.reading.problems import FileError

_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sniff(path: Path | str, **said: Any) -> Format:
    """What a file is and how it is written.

    `said` are settings of Format that a person knows better (None: not said). Raises FileError when the
    file is missing, empty, binary or damaged.
    """
    path = Path(path)
    start = _start(path)
    if start.startswith(_OLD_WORKBOOK):
        return _workbook_format(path, said)
    compression = compression_of(start)
    if compression == "zip" and _is_workbook(path):
        return _workbook_format(path, said)
    return _text_format(path, compression, said)


def _start(path: Path) -> bytes:
    with raw(path, "") as source:
        start = source.read(16)
    if not start:
        raise FileError("empty")
    return start


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile as damaged:
        raise FileError("damaged", str(damaged)) from None
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise FileError("binary", "a text document or presentation")
    return any(name.startswith("xl/") for name in names) or ("content.xml" in names and "mimetype" in names)


def _workbook_format(path: Path, said: dict[str, Any]) -> Format:
    form = Format(kind="xlsx").but(**said)
    return form if said.get("header_row") is not None else form.but(header_row=sheets.header_row(path, form))


def _text_format(path: Path, compression: Compression, said: dict[str, Any]) -> Format:
    with raw(path, compression) as source:
        encoding, sample = encoding_of(source)
    if said.get("encoding"):
        with raw(path, compression) as source:
            sample = source.read(512 * 1024).decode(said["encoding"], "replace")
    if said.get("kind") == "vcard" or sample.lstrip("\ufeff \r\n\t")[:11].upper() == "BEGIN:VCARD":
        return Format(kind="vcard", compression=compression, encoding=encoding).but(**said)
    dialect = dialect_of(sample, said.get("delimiter") or "")
    if said.get("delimiter"):
        _refuse_delimiter(sample, said["delimiter"])
    found = Format(
        kind="csv",
        compression=compression,
        encoding=encoding,
        delimiter=dialect.delimiter,
        quote=dialect.quote,
        header_row=dialect.header_row,
    )
    return found.but(**said)


def _refuse_delimiter(sample: str, said: str) -> None:
    """What was said to set cells apart stands nowhere in the header, and something else does."""
    header = sample.lstrip("\ufeff\r\n").partition("\n")[0]
    seen = dialect_of(sample).delimiter
    if said not in header and seen in header:
        raise FileError("delimiter", seen, row=1, line=1)
