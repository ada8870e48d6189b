"""Opening files: compression off, bytes limited, text decoded; never more than a block in memory."""

from __future__ import annotations

import codecs
import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, TypeVar, cast

from rapport.imports.reading.formats import Compression, Format
from rapport.imports.reading.problems import FileError

LONGEST_LINE = 2 * 1024 * 1024
"""Characters. Whoever reads lines must refuse longer ones: of those only the beginning is given."""
_MOST_BYTES = 4 * LONGEST_LINE  # as many characters at least, in every encoding
_CHUNK = 256 * 1024
_DAMAGE = (gzip.BadGzipFile, zlib.error, zipfile.BadZipFile, EOFError)
Item = TypeVar("Item")


def compression_of(start: bytes) -> Compression:
    """Compression by the first bytes of a file; a workbook is a zip too and is told apart elsewhere."""
    if start.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zip" if start.startswith(b"PK\x03\x04") else ""


@contextmanager
def raw(path: Path, compression: Compression) -> Iterator[BinaryIO]:
    """The bytes of a file without its compression. Raises FileError, also while the file is read.

    Of a file that breaks off everything before that is given first.
    """
    try:
        with path.open("rb") as stored:
            if compression == "gzip":
                with gzip.GzipFile(fileobj=stored) as unpacked:
                    yield cast("BinaryIO", _UntilDamage(unpacked, stored))
            elif compression == "zip":
                with zipfile.ZipFile(stored) as archive, archive.open(_only_member(archive)) as member:
                    yield cast("BinaryIO", _UntilDamage(member, stored))
            else:
                yield stored
    except FileNotFoundError:
        raise FileError("missing", str(path)) from None
    except _DAMAGE as damaged:
        raise FileError("damaged", str(damaged)) from None
    except (OSError, RuntimeError, NotImplementedError) as refused:
        raise FileError("unreadable", str(refused)) from None


def _only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    files = [info for info in archive.infolist() if not info.is_dir() and "__MACOSX" not in info.filename]
    if len(files) != 1:
        raise FileError("archive", str(len(files)))
    return files[0]


class _UntilDamage:
    """Unpacked bytes: where they break off, what came before is given, and FileError raised by the next reading."""

    def __init__(self, source: Any, stored: BinaryIO) -> None:
        self._source, self._stored = source, stored
        self._damage: FileError | None = None

    def tell(self) -> int:
        """Return how far the stored file is read."""
        return self._stored.tell()

    def read(self, size: int) -> bytes:
        """Return as many bytes as there are, at most `size`."""
        if self._damage is not None:
            raise self._damage
        parts: list[bytes] = []
        wanted = size
        try:
            while wanted and (part := self._source.read1(min(wanted, _CHUNK))):
                parts.append(part)
                wanted -= len(part)
        except _DAMAGE as damaged:
            self._damage = FileError("damaged", str(damaged))
            if not parts:
                raise self._damage from None
        return b"".join(parts)


class _Limited(io.RawIOBase):
    """Bytes whose lines end at a limit: what is beyond it is read and forgotten, so that memory stays flat."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._since_break = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer)
        data = self._source.read(len(view))
        if self._since_break > _MOST_BYTES:
            data = self._next_line(data, len(view))
        end = _line_end(data, data.rfind)
        self._since_break = self._since_break + len(data) if end < 0 else len(data) - end - 1
        view[: len(data)] = data
        return len(data)

    def tell(self) -> int:
        """Return how far the stored file is read, in bytes."""
        return self._source.tell()

    def _next_line(self, data: bytes, size: int) -> bytes:
        """The bytes from the end of the present line on, forgetting those before in whole letters of any encoding."""
        forgotten = 0
        while data and (end := _line_end(data, data.find)) < 0:
            forgotten += len(data)
            data = self._source.read(size)
        return data[max(end - (forgotten + end) % 4, 0) :] if data else data


def _line_end(data: bytes, find: Callable[[bytes], int]) -> int:
    """Where the first or the last line (as `find` searches) of some bytes ends; -1 when none does."""
    place = find(b"\n")
    return find(b"\r") if place < 0 else place


def taken(source: Iterable[Item], most: int, size: Callable[[Item], int]) -> tuple[list[Item], FileError | None]:
    """The next items, until their sizes come to `most`, and why there are no more where the file breaks off."""
    items: list[Item] = []
    total = 0
    try:
        for item in source:
            items.append(item)
            total += size(item)
            if total >= most:
                break
    except FileError as broken:
        return items, broken
    return items, None


def _keep_undecodable(error: UnicodeError) -> tuple[str, int]:
    """Stray bytes become lone surrogates, to be found and read as Western European later."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in stray), error.end


codecs.register_error("rapport-keep", _keep_undecodable)


@contextmanager
def text(path: Path, form: Format) -> Iterator[io.TextIOWrapper]:
    """The text of a file with its line ends as they are; a line beyond `LONGEST_LINE` is cut, and still beyond it."""
    with raw(path, form.compression) as source:
        buffered = io.BufferedReader(_Limited(source), _CHUNK)
        wrapper = io.TextIOWrapper(buffered, encoding=form.encoding, errors="rapport-keep", newline="")
        wrapper._CHUNK_SIZE = _CHUNK  # type: ignore[attr-defined]  # the default of 8 kB is slow
        try:
            yield wrapper
        finally:
            wrapper.detach()


def place(stream: io.TextIOWrapper) -> int:
    """How many bytes of the file behind a stream of `text` were read."""
    return cast("io.BufferedReader", stream.buffer).raw.tell()


def western(value: str) -> str:
    """Text whose stray bytes (lone surrogates) are read as Western European: cp1252, else Latin-1."""
    return "".join(_western_letter(letter) if "\udc80" <= letter <= "\udcff" else letter for letter in value)


def _western_letter(letter: str) -> str:
    stray = bytes([ord(letter) - 0xDC00])
    try:
        return stray.decode("cp1252")
    except UnicodeDecodeError:
        return stray.decode("latin-1")
