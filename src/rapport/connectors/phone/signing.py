"""The signature of a report: HMAC-SHA256 over its moment and its body, so that neither can be changed or used again."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable

TOLERANCE = 300  # seconds by which the clocks of both sides may differ
PREFIX = "sha256="
_STAMP = re.compile(r"[0-9]{1,12}")


class NotSigned(ValueError):
    """The signature is missing, made with another secret, or of another moment."""


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """Return the signature of `body` at `timestamp` (seconds since 1970, in digits)."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def check(given: str, timestamp: str, body: bytes, *, keys: Iterable[str], now: float) -> str:
    """Return the digest of a signature by one of `keys` that is at most five minutes old. Raises `NotSigned`."""
    if not _STAMP.fullmatch(timestamp) or not given.startswith(PREFIX):
        raise NotSigned("the headers X-Rapport-Timestamp and X-Rapport-Signature are missing or not in their form")
    if abs(now - int(timestamp)) > TOLERANCE:
        raise NotSigned("the timestamp is more than five minutes off")
    digest = given.removeprefix(PREFIX).lower()
    if not any(hmac.compare_digest(sign(key, timestamp, body).encode(), digest.encode()) for key in keys):
        raise NotSigned("the signature is not by this secret")
    return digest
