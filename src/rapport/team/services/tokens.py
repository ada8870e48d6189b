"""Keys for other programs. A token is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.permissions import RIGHTS
from rapport.kernel.verbs import verb
from rapport.team.events import TokenIssued, TokenRevoked
from rapport.team.models import ApiToken, User
from rapport.team.permissions import MANAGE
from rapport.team.queries import actor_for

PREFIX = "rap_"
_SEEN_EVERY = timedelta(minutes=5)


class UnknownScope(ValueError):
    """A scope is the name of a right."""


@verb(MANAGE, publishes=(TokenIssued,))
def issue(
    name: str, user: User, scopes: Sequence[str], *, by: Actor, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token that may do what `user` may, within `scopes`; return it and its secret. Raises `UnknownScope`."""
    unknown = set(scopes) - RIGHTS.keys()
    if unknown or not scopes:
        raise UnknownScope(_("There is no right %(right)s.") % {"right": ", ".join(sorted(unknown)) or "–"})
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        name=name.strip(),
        user=user,
        prefix=secret[:12],
        hash=_hash(secret),
        scopes=sorted(set(scopes)),
        created_at=clock.now(),
        expires_at=expires_at,
    )
    publish(TokenIssued(name=token.name, scopes=token.scopes), by=by)
    return token, secret


@verb(MANAGE, publishes=(TokenRevoked,))
def revoke(token: ApiToken, *, by: Actor) -> ApiToken:
    """Take a token back; a second time changes nothing."""
    row = ApiToken.objects.select_for_update().get(pk=token.pk)
    if row.revoked_at is None:
        row.revoked_at = clock.now()
        row.save(update_fields=["revoked_at"])
        publish(TokenRevoked(name=row.name), by=by)
    return row


def actor_of(secret: str) -> Actor | None:
    """Return who a token acts as, or None for one that is unknown, expired, revoked, or of a deactivated user."""
    if not secret.startswith(PREFIX):
        return None
    row = ApiToken.objects.select_related("user__role").filter(hash=_hash(secret), revoked_at__isnull=True).first()
    at = clock.now()
    if row is None or (row.expires_at and row.expires_at <= at) or not row.user.is_active:
        return None
    if row.last_used_at is None or at - row.last_used_at > _SEEN_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=at)
    whole = actor_for(row.user, via="api")
    grants = {right: whole.grants[right] for right in row.scopes if right in whole.grants}
    return Actor(
        kind="token", name=row.name, id=row.pk, user_id=row.user_id, via="api", grants=grants, mates=whole.mates
    )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
