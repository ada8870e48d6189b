"""One instance on one data directory: the lock that says so."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rapport.runtime import locks
from rapport.runtime.errors import Refusal
from rapport.runtime.home import Home


@dataclass(frozen=True, slots=True)
class Instance:
    """A running instance: its process and, once the web server listens, its address."""

    pid: int
    address: str = ""


@contextmanager
def alone(home: Home, doing: str) -> Iterator[None]:
    """Be the only instance on this home for the length of the block.

    Raises Refusal naming the other one; ``doing`` ends that sentence, as in "stop it before ``doing``".
    """
    home.prepare()
    descriptor = locks.take(_path(home), wait=False)
    if descriptor is None:
        other = running(home)
        known = f" (process {other.pid}{f', {other.address}' if other.address else ''})" if other else ""
        raise Refusal(f"Rapport already runs on {home.root}{known}; stop it before {doing}")
    try:
        announce(home, "")
        yield
    finally:
        _told(home).unlink(missing_ok=True)
        locks.release(descriptor)


def announce(home: Home, address: str) -> None:
    """Write down for others where this instance listens."""
    draft = _told(home).with_suffix(".new")
    draft.write_text(json.dumps(asdict(Instance(os.getpid(), address))), "utf-8")
    draft.replace(_told(home))


def running(home: Home) -> Instance | None:
    """Return the instance that runs on this home, or None."""
    if not home.run.is_dir():
        return None
    descriptor = locks.take(_path(home), shared=True, wait=False)
    if descriptor is not None:
        locks.release(descriptor)
        return None
    try:
        return Instance(**json.loads(_told(home).read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _path(home: Home) -> Path:
    return home.run / "instance.lock"


def _told(home: Home) -> Path:
    return home.run / "instance.json"
