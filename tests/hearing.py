"""Asking the live process how it is."""

from __future__ import annotations

import urllib.request
from http.client import HTTPException


def hears(port: int) -> bool:
    """Return whether the live process at `port` of this machine hears the database.

    Where nobody listens, a connection may come to meet itself, and is answered with its own question.
    """
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
            return bool(answer.status == 200)
    except (OSError, HTTPException):
        return False
