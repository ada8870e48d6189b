"""Keys for other programs. A token is shown once; only its hash is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.conditions import Ctx
from rapport.kernel.events import publish
from rapport.kernel.permissions import rights
from rapport.kernel.planned import Planned
from rapport.kernel.verbs import verb
from rapport.team.events import TokenIssued, TokenRevoked
from rapport.team.models import ApiToken, User
from rapport.team.permissions import MANAGE
from rapport.team.queries import mates

PREFIX = "rap_"
_SEEN_EVERY = timedelta(minutes=5)
# Written out, because it runs with every call and the ORM takes longer to write it than the database to answer.
_HELD = Planned("""
SELECT t.id, t.name, t.scopes, t.expires_at, t.last_used_at, t.user_id, r.grants::text, o.zone, o.currency
FROM team_apitoken t JOIN team_user u ON u.id = t.user_id JOIN team_role r ON r.id = u.role_id
CROSS JOIN (SELECT zone, currency FROM team_organisation ORDER BY id LIMIT 1) o
WHERE t.hash = %s AND t.revoked_at IS NULL AND u.deactivated_at IS NULL
""")


class UnknownScope(ValueError):
    """A scope is the name of a right."""


@verb(MANAGE, publishes=(TokenIssued,))
def issue(
    name: str, user: User, scopes: Sequence[str], *, by: Actor, expires_at: datetime | None = None
) -> tuple[ApiToken, str]:
    """Make a token that may do what `user` may, within `scopes`; return it and its secret. Raises `UnknownScope`."""
    unknown = set(scopes) - rights().keys()
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


def context_of(secret: str) -> Ctx | None:
    """Return who a token acts as and how their conditions are read, all in one query.

    None for a token that is unknown, expired, revoked, or of a deactivated user.
    """
    if not secret.startswith(PREFIX):
        return None
    row = _HELD.row(_hash(secret))
    at = clock.now()
    if row is None or (row[3] and row[3] <= at):
        return None
    key, name, scopes, _expires, last_used_at, user_id, kept, zone, currency = row
    granted = json.loads(kept)
    if last_used_at is None or at - last_used_at > _SEEN_EVERY:
        ApiToken.objects.filter(pk=key).update(last_used_at=at)
    grants = {right: Reach[granted[right].upper()] for right in scopes if right in granted}
    actor = Actor(
        kind="token",
        name=name,
        id=key,
        user_id=user_id,
        via="api",
        grants=grants,
        mates=mates(user_id) if Reach.TEAM in grants.values() else frozenset(),
    )
    return Ctx(now=at, zone=zone, currency=currency, actor=actor)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
