"""Waiting for what another process does, for which there is nothing to listen to."""

from __future__ import annotations

import subprocess
import time
import urllib.request
from collections.abc import Callable
from http.client import HTTPException

_PAUSE_SECONDS = 0.01


def until(holds: Callable[[], object], process: subprocess.Popen[bytes] | None = None) -> None:
    """Return once it `holds`, asked again and again; fails when the `process` that should bring it about has ended.

    In between the processor is left to those who are waited for.
    """
    while not holds():
        assert process is None or process.poll() is None, f"{process.args!r} ended"
        time.sleep(_PAUSE_SECONDS)


def answers(url: str) -> bool:
    """Return whether a server answers `url` with success.

    Where nobody listens, a connection may come to meet itself, and is answered with its own question.
    """
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False
