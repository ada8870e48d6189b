"""Files, kept by what is in them: the key is the SHA-256 of the content, so the same content is kept once.

They lie below the data directory, which no web server serves: `RAPPORT_HOME/files/blobs/ab/cd/abcd…`.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import IO

from django.conf import settings

FOLDER = "blobs"
CHUNK = 256 * 1024
_KEY = re.compile(r"[0-9a-f]{64}\Z")


class NoSuchFile(KeyError):
    """There is no file under this key."""


class TooLarge(ValueError):
    """The content is longer than allowed; nothing was kept."""


def store(content: bytes | IO[bytes], *, at_most: int | None = None) -> str:
    """Keep `content` and return its key. Raises `TooLarge` for more than `at_most` bytes.

    It is on the disk when this returns, and never there in part: it is written aside, then given its name.
    """
    if isinstance(content, bytes) and len(content) <= (CHUNK if at_most is None else min(CHUNK, at_most)):
        key = hashlib.sha256(content).hexdigest()
        if _path(key).exists():
            return key
    descriptor, draft = tempfile.mkstemp(dir=_ready(_root()), prefix=".draft.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            key = _write(content, file, at_most)
            file.flush()
            os.fsync(file.fileno())
        final = _path(key)
        if not final.exists():
            _publish(Path(draft), final)
    finally:
        with suppress(FileNotFoundError):
            Path(draft).unlink()
    return key


@contextmanager
def storing(content: bytes) -> Iterator[str]:
    """Give the key of `content`, none for nothing, and keep it meanwhile: it is on the disk when the block is left.

    Waiting for the disk takes as long as a small transaction. A block that fails is not held up by a disk that does.
    """
    if not content:
        yield ""
        return
    kept: Future[str] = Future()
    hand = Thread(target=_keep, args=(content, kept), name="storing")  # not of a pool, which no fork survives
    hand.start()
    try:
        yield hashlib.sha256(content).hexdigest()
    finally:
        hand.join()
    kept.result()


def open(key: str) -> IO[bytes]:  # noqa: A001 - read as files.open(key)
    """Open the file under `key` for reading; raises `NoSuchFile`."""
    try:
        return _path(key).open("rb")
    except FileNotFoundError as error:
        raise NoSuchFile(key) from error


def read(key: str) -> bytes:
    """Return what is under `key`; raises `NoSuchFile`."""
    with open(key) as file:
        return file.read()


def size(key: str) -> int:
    """Return how many bytes are under `key`; raises `NoSuchFile`."""
    try:
        return _path(key).stat().st_size
    except FileNotFoundError as error:
        raise NoSuchFile(key) from error


def forget(key: str) -> None:
    """Delete what is under `key`, once nobody names it any more; one that is gone already is no error."""
    _path(key).unlink(missing_ok=True)


def _keep(content: bytes, kept: Future[str]) -> None:
    try:
        kept.set_result(store(content))
    except BaseException as error:  # whoever asked for it gets it
        kept.set_exception(error)


def _root() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER


def _ready(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _path(key: str) -> Path:
    if not _KEY.match(key):
        raise NoSuchFile(key)
    return _root() / key[:2] / key[2:4] / key


def _write(content: bytes | IO[bytes], file: IO[bytes], at_most: int | None) -> str:
    digest, length = hashlib.sha256(), 0
    for chunk in _chunks(content):
        length += len(chunk)
        if at_most is not None and length > at_most:
            raise TooLarge(f"more than {at_most} bytes")
        digest.update(chunk)
        file.write(chunk)
    return digest.hexdigest()


def _chunks(content: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(CHUNK):
        yield chunk


def _publish(draft: Path, final: Path) -> None:
    """Give `draft` its name and let the disk know; two that keep the same content at once both succeed."""
    draft.chmod(0o600)
    folder = _ready(final.parent)
    draft.replace(final)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
