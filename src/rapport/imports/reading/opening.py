"""Opening files: compression off, bytes limited, text decoded; never more than a block in memory."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from rapport.imports.reading.formats import Compression, Format
from rapport.imports.reading.problems import FileError

LONGEST_LINE = 8 * 1024 * 1024
_CHUNK = 256 * 1024


def compression_of(start: bytes) -> Compression:
    """Compression by the first bytes of a file; a workbook is a zip too and is told apart elsewhere."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zip" if start.startswith(b"PK\x03\x04") else ""


@contextmanager
def raw(path: Path, compression: Compression) -> Iterator[BinaryIO]:
    """The bytes of a file without its compression. Raises FileError, also while the file is read."""
    try:
        with path.open("rb") as stored:
            if compression == "gzip":
                with gzip.GzipFile(fileobj=stored) as unpacked:
                    yield cast("BinaryIO", unpacked)
            elif compression == "zip":
                with zipfile.ZipFile(stored) as archive, archive.open(_only_member(archive)) as member:
                    yield cast("BinaryIO", member)
            else:
                yield stored
    except FileNotFoundError:
        raise FileError("missing", str(path)) from None
    except (gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, EOFError) as damaged:
        raise FileError("damaged", str(damaged)) from None
    except (OSError, RuntimeError, NotImplementedError) as refused:
        raise FileError("unreadable", str(refused)) from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
    if len(files) != 1:
        raise FileError("archive", str(len(files)))
    return files[0]


class _Limited(io.RawIOBase):
    """Bytes that refuse to go on when a line grows beyond the limit, before it fills the memory."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._line = 1
        self._since_break = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._source.read(len(view))
        last = data.rfind(b"\n")
        last = data.rfind(b"\r") if last < 0 else last
        if last < 0:
            self._since_break += len(data)
            if self._since_break > LONGEST_LINE:
                raise FileError("line-too-long", f"{LONGEST_LINE:,}", line=self._line)
        else:
            self._line += data.count(b"\n") or data.count(b"\r")
            self._since_break = len(data) - last - 1
        view[: len(data)] = data
        return len(data)


def _keep_undecodable(error: UnicodeError) -> tuple[str, int]:
    """Stray bytes become lone surrogates, to be found and read as Western European later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in stray), error.end


codecs.register_error("rapport-keep", _keep_undecodable)


@contextmanager
def text(path: Path, form: Format) -> Iterator[io.TextIOWrapper]:
    """The text of a file with its line ends as they are. A line longer than 8 MB raises FileError."""
    with raw(path, form.compression) as source:
        buffered = io.BufferedReader(_Limited(source), _CHUNK)
        wrapper = io.TextIOWrapper(buffered, encoding=form.encoding, errors="rapport-keep", newline="")
        wrapper._CHUNK_SIZE = _CHUNK  # type: ignore[attr-defined]  # the default of 8 kB is slow
        try:
            yield wrapper
        finally:
            wrapper.detach()


def western(value: str) -> str:
    """Text whose stray bytes (lone surrogates) are read as Western European: cp1252, else Latin-1."""
    return "".join(_western_letter(letter) if "\udc80" <= letter <= "\udcff" else letter for letter in value)


def _western_letter(letter: str) -> str:
    stray = bytes([ord(letter) - 0xDC00])
    try:
        return stray.decode("cp1252")
    except UnicodeDecodeError:
        return stray.decode("latin-1")
