"""The key under which this installation signs what it puts into addresses."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.utils.encoding import force_bytes

from rapport.conversations.mail.tokens import Signer


def signer() -> Signer:
    """Return the signer of this installation."""
    return Signer(hashlib.sha256(b"rapport.connectors.mail" + force_bytes(settings.SECRET_KEY)).digest())
