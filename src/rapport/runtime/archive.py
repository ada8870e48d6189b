"""The one file a backup is: a tar of numbered pieces and files, compressed with zstd, its manifest at the end.

Every member is named in ``manifest.json`` with its length in bytes and its SHA-256. Pieces are small, so neither
writing nor reading needs memory or room for a whole database.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import zstandard

from rapport.runtime.errors import Refusal

MANIFEST = "manifest.json"
PIECE = 16 * 1024 * 1024
FORMAT = 1


class Writer:
    """Adds members to an archive and remembers their checksums."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.members: dict[str, dict[str, Any]] = {}

    def add(self, name: str, data: bytes) -> None:
        """Add one member."""
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), 0o600
        self._tar.addfile(entry, io.BytesIO(data))
        self.members[name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}

    def add_file(self, name: str, path: Path) -> None:
        """Add the file at ``path`` as it is when it is opened; one that is gone meanwhile is left out."""
        try:
            file = path.open("rb")
        except FileNotFoundError:
            return
        with file:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = os.fstat(file.fileno()).st_size, 0o600
            counted = _Hashing(file)
            self._tar.addfile(entry, counted)
        self.members[name] = {"size": entry.size, "sha256": counted.digest.hexdigest()}


@contextmanager
def writing(target: Path) -> Iterator[Writer]:
    """Give a Writer for ``target``, which appears only when the block ends well, readable by its owner alone."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            compressor = zstandard.ZstdCompressor(level=3, write_checksum=True)
            with (
                compressor.stream_writer(file, closefd=False) as stream,
                tarfile.open(fileobj=stream, mode="w|") as tar,
            ):
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def reading(source: Path) -> Iterator[Iterator[tuple[str, IO[bytes]]]]:
    """Give name and content of each member, in order; a content must be read before the next is asked for.

    Raises Refusal when ``source`` can't be opened, and when the block finds that it isn't a sound archive.
    """
    try:
        file = source.open("rb")
    except OSError as error:
        raise Refusal(f"cannot read {source}: {error.strerror or error}") from error
    try:
        with (
            file,
            zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True) as stream,
            tarfile.open(fileobj=stream, mode="r|") as tar,
        ):
            yield ((entry.name, content) for entry in tar if (content := tar.extractfile(entry)) is not None)
    except (zstandard.ZstdError, tarfile.TarError, EOFError) as error:
        raise Refusal(f"{source} is not a backup, or it is damaged: {error}") from error


def verify(source: Path) -> dict[str, Any]:
    """Read the whole archive once, compare it with its manifest, and return that.

    Raises Refusal when anything is missing, added or changed, or when the format is a newer one.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    with reading(source) as members:
        for name, content in members:
            if name == MANIFEST:
                manifest = _manifest(source, content.read())
            else:
                found[name] = _summed(content)
    if manifest is None:
        raise Refusal(f"{source} is not a backup, or it is damaged: it has no manifest")
    if manifest.get("format") != FORMAT:
        raise Refusal(f"{source} has format {manifest.get('format')}; this version reads format {FORMAT}")
    if found != manifest["members"]:
        wrong = sorted(
            name for name in {*found, *manifest["members"]} if found.get(name) != manifest["members"].get(name)
        )
        raise Refusal(f"{source} is damaged: {wrong[0]} is not what was backed up")
    return manifest


def _summed(content: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    while data := content.read(PIECE):
        digest.update(data)
        size += len(data)
    return {"size": size, "sha256": digest.hexdigest()}


def _manifest(source: Path, text: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
    except ValueError as error:
        raise Refusal(f"{source} is damaged: its manifest cannot be read") from error
    if not isinstance(manifest, dict):
        raise Refusal(f"{source} is damaged: its manifest cannot be read")
    return manifest


class _Hashing(io.RawIOBase):
    """Reads a file and hashes what was read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.digest.update(data)
        return data
