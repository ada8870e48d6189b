"""Passes: signed words by which a page may hear of some topics for a while. Knows no Django."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

CHANNEL = "rapport_live"
"""The channel of PostgreSQL's NOTIFY by which news travel from whoever changes something to the live process."""


def sign(key: str, topics: Iterable[str], until: int) -> str:
    """Return a pass for `topics` (letters, digits, hyphens) that holds until `until`, in seconds since 1970."""
    words = f"{','.join(topics)}.{until}"
    return f"{words}.{_signature(key, words)}"


def read(key: str, given: str, now: float) -> frozenset[str]:
    """Return the topics of a pass; none when it is not ours or its time is over."""
    words, _dot, signature = given.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(key, words).encode()):
        return frozenset()
    topics, _dot, until = words.rpartition(".")
    return frozenset(topics.split(",")) if now < int(until) else frozenset()


def _signature(key: str, words: str) -> str:
    mac = hmac.new(key.encode(), f"rapport.live|{words}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac[:18]).decode("ascii")
