"""Secrets of others that we must keep, such as the password of a mailbox: sealed by the installation's own key.

Sealing is Fernet (AES-128-CBC with HMAC-SHA256, https://github.com/fernet/spec) under a key derived from Django's
`SECRET_KEY` by HKDF-SHA256 (RFC 5869). Former keys in `SECRET_KEY_FALLBACKS` still open what they sealed.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

_PURPOSE = b"rapport.kernel.secrets"


class Unreadable(ValueError):
    """What is stored was not sealed by a key of this installation, or was changed since."""


def seal(secret: str) -> str:
    """Return `secret` in a form that is safe to store; nothing stays nothing."""
    return _box().encrypt(secret.encode()).decode("ascii") if secret else ""


def unseal(sealed: str) -> str:
    """Return the secret that `seal` made unreadable; raises `Unreadable`."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode("ascii")).decode()
    except (InvalidToken, UnicodeError) as error:
        raise Unreadable("this secret was sealed by another key") from error


def _box() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([_fernet(key) for key in keys])


def _fernet(key: str | bytes) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(force_bytes(key))
    return Fernet(base64.urlsafe_b64encode(derived))
