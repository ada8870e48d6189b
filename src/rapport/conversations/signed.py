"""Who a visitor is, signed by the site: a JSON Web Token by HMAC-SHA256 (RFC 7515, 7519), made with the site's secret.

Nothing else is taken: neither another algorithm nor a token without an end, so what leaks is of use for a while only.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

LONGEST = timedelta(days=1)
MOST_CHARACTERS = 4_000


class NotSigned(ValueError):
    """The token was not signed with this site's secret, is over, or says too little."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the site vouches for."""

    address: str
    name: str


def read(token: str, secrets: Iterable[str], at: datetime) -> Person:
    """Return whom `token` names; one of `secrets` made it. Raises `NotSigned`."""
    if len(token) > MOST_CHARACTERS or token.count(".") != 2:
        raise NotSigned("this is no token")
    signed, _dot, signature = token.rpartition(".")
    header, claims = (_read(part) for part in signed.split("."))
    if header.get("alg") != "HS256":
        raise NotSigned("only HS256 is taken")
    if not any(hmac.compare_digest(_signature(secret, signed), signature.encode()) for secret in secrets if secret):
        raise NotSigned("another secret made this")
    until = claims.get("exp")
    if isinstance(until, bool) or not isinstance(until, int | float):
        raise NotSigned("a token needs an end (exp)")
    if not at.timestamp() < until <= (at + LONGEST).timestamp() + 60:
        raise NotSigned("the token is over, or lasts longer than a day")
    address = claims.get("email")
    if not isinstance(address, str) or not address.strip():
        raise NotSigned("a token needs an address (email)")
    return Person(address.strip(), str(claims.get("name") or "")[:200])


def write(secret: str, claims: Mapping[str, Any]) -> str:
    """Return the token that says `claims`, as the server of a site makes it."""
    signed = ".".join(_written(part) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{signed}.{_signature(secret, signed).decode()}"


def _signature(secret: str, signed: str) -> bytes:
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=")


def _written(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode("ascii")


def _read(part: str) -> dict[str, Any]:
    try:
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise NotSigned("this is no token") from None
    if not isinstance(found, dict):
        raise NotSigned("this is no token")
    return found
