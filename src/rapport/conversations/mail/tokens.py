"""Signed marks: in the address that answers go to, in that of bounces, and in subjects.

A token is `kind-value-signature` in small letters and digits, so that it survives servers that fold case. The signature
is 80 bits of HMAC-SHA256: nobody writes into a thread by guessing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from rapport.conversations.mail.parts import Address

THREAD, RETURN, PROBE = "t", "b", "p"
_SIGNATURE = 16
_TOKEN = re.compile(rf"(?P<kind>[a-z])-(?P<value>[a-z0-9]{{1,40}})-(?P<signature>[a-z2-7]{{{_SIGNATURE}}})\Z")
_SUBJECT = re.compile(r"(?<![^\W_])\[#(?P<value>[A-Za-z0-9-]{3,40})\](?![^\W_])")


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs and reads tokens with the key of this installation."""

    key: bytes

    def token(self, kind: str, value: str) -> str:
        """Return the token of `kind` for `value`, which is letters and digits; raises `ValueError` for another."""
        made = f"{kind}-{value.lower()}-{self._signature(kind, value.lower())}"
        if not _TOKEN.match(made):
            raise ValueError(f"no token can be made of {value!r}")
        return made

    def value(self, kind: str, token: str) -> str:
        """Return the value in `token`, or nothing when it is of another kind, broken or not signed by us."""
        match = _TOKEN.match(token.strip().lower())
        if not match or match["kind"] != kind:
            return ""
        right = hmac.compare_digest(match["signature"], self._signature(kind, match["value"]))
        return match["value"] if right else ""

    def address(self, kind: str, value: str, mailbox: str) -> str:
        """Return `mailbox` with a token behind a plus: support+t-k3f9-…@example.com."""
        local, _, domain = mailbox.rpartition("@")
        return f"{local.partition('+')[0]}+{self.token(kind, value)}@{domain}"

    def values_in(self, kind: str, addresses: Iterable[Address]) -> tuple[str, ...]:
        """Return the values of our tokens in `addresses`, each once."""
        found = (self.value(kind, address.local.partition("+")[2]) for address in addresses if "+" in address.local)
        return tuple(dict.fromkeys(filter(None, found)))

    def _signature(self, kind: str, value: str) -> str:
        mac = hmac.new(self.key, f"rapport.mail.{kind}.{value}".encode(), hashlib.sha256).digest()
        return base64.b32encode(mac[:10]).decode("ascii").lower()


def in_subject(subject: str) -> tuple[str, ...]:
    """Return all that stands like `[#k3f9]` in a subject or text, in small letters, each once; not inside of words."""
    return tuple(dict.fromkeys(match["value"].lower() for match in _SUBJECT.finditer(subject)))


def with_token(subject: str, value: str) -> str:
    """Return `subject` with `[#value]` behind it, unless it is there."""
    return subject if value.lower() in in_subject(subject) else f"{subject.rstrip()} [#{value}]".strip()
