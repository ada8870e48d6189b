"""The secret address of a colleague's meetings: signed, so nothing secret is stored, and made anew at will."""

from __future__ import annotations

from uuid import UUID

from django.utils.crypto import constant_time_compare, salted_hmac

from rapport.meetings.models import Feed
from rapport.team.models import User

SALT = "rapport.meetings.feed"


def secret(user: User) -> str:
    """Return the secret part of the address."""
    version = Feed.objects.filter(user=user).values_list("version", flat=True).first() or 1
    return _made(user.pk, version)


def rotate(user: User) -> str:
    """Make the address anew, so that the one before leads nowhere, and return its secret part."""
    row, new = Feed.objects.get_or_create(user=user, defaults={"version": 2})
    if not new:
        row.version += 1
        row.save(update_fields=["version"])
    return secret(user)


def reader_of(user_id: UUID, given: str) -> User | None:
    """Return the colleague whose address this is; None for a wrong one, and for one who left."""
    user = User.objects.filter(pk=user_id, deactivated_at__isnull=True).first()
    return user if user and constant_time_compare(secret(user), given) else None


def _made(user_id: UUID, version: int) -> str:
    return salted_hmac(SALT, f"{user_id.hex}.{version}", algorithm="sha256").hexdigest()[:40]
