"""Locks between processes, held by the kernel: they vanish with the process that held them, crash or not."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def take(path: Path, *, shared: bool = False, wait: bool = True) -> int | None:
    """Lock the file ``path`` (created when missing) and return its descriptor; ``release`` gives it back.

    With ``wait`` false the answer is None when another process holds a lock that is in the way.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def release(descriptor: int) -> None:
    """Give back a lock taken by ``take``."""
    os.close(descriptor)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock on ``path`` alone for the length of the block, waiting for it first."""
    descriptor = take(path)
    assert descriptor is not None
    try:
        yield
    finally:
        release(descriptor)
