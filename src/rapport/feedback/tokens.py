"""The signed mark of an invitation, in the links of its mail: nobody guesses one, and none is kept anywhere."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.conf import settings
from django.utils.encoding import force_bytes

from rapport.conversations.mail.tokens import Signer

SURVEY = "s"


def token(invitation_id: UUID) -> str:
    """Return the token of an invitation."""
    return _signer().token(SURVEY, invitation_id.hex)


def read(given: str) -> UUID | None:
    """Return the invitation that a token is of, None when it is broken or not signed by us."""
    value = _signer().value(SURVEY, given)
    try:
        return UUID(hex=value) if value else None
    except ValueError:
        return None


def _signer() -> Signer:
    return Signer(hashlib.sha256(b"rapport.feedback" + force_bytes(settings.SECRET_KEY)).digest())
