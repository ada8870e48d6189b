"""The chat of web sites: adding and changing them, and the secret by which a site vouches for its visitors."""

from __future__ import annotations

import secrets as random
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.conversations.events import ChatSiteChanged
from rapport.conversations.models import ChatSite
from rapport.conversations.permissions import MANAGE
from rapport.conversations.services.threads import new_token
from rapport.kernel import clock, secrets
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb

EDITABLE = frozenset(
    {
        "name", "origins", "colour", "side", "theme", "language", "greeting", "away_text", "questions", "prompts",
        "mailbox",
    }
)  # fmt: skip
OLD_COUNTS = timedelta(days=1)


class NameTaken(ValueError):
    """Another site has this name."""


@verb(MANAGE, publishes=(ChatSiteChanged,))
def add(name: str, *, by: Actor, **values: Any) -> ChatSite:
    """Add the chat of a site and return it. Raises `NameTaken`, `ValueError` for an unknown field."""
    _check(values)
    made = ChatSite(name=name, key=new_token(), secret=_new_secret(), created_at=clock.now(), **values)
    return _saved(made, "added", by, new=True)


@verb(MANAGE, publishes=(ChatSiteChanged,))
def change(site: ChatSite, *, by: Actor, **values: Any) -> ChatSite:
    """Set `values` of a site's chat and return it. Raises as `add`."""
    _check(values)
    row = _locked(site)
    for key, value in values.items():
        setattr(row, key, value)
    return _saved(row, "changed", by)


@verb(MANAGE, publishes=(ChatSiteChanged,))
def rotate(site: ChatSite, *, by: Actor) -> ChatSite:
    """Give a site a new secret; the one before counts for a day, so that its server can be changed in peace."""
    row = _locked(site)
    row.old_secret, row.old_until = row.secret, clock.now() + OLD_COUNTS
    row.secret = _new_secret()
    return _saved(row, "rotated", by)


@verb(MANAGE, publishes=(ChatSiteChanged,))
def switch(site: ChatSite, *, on: bool, by: Actor) -> ChatSite:
    """Show the chat of a site, or show it no longer."""
    row = _locked(site)
    if (row.off_at is None) == on:
        return row
    row.off_at = None if on else clock.now()
    return _saved(row, "on" if on else "off", by)


def secrets_of(site: ChatSite) -> list[str]:
    """Return the secrets that count now, the present one first."""
    found = [secrets.unseal(site.secret)]
    if site.old_secret and site.old_until and clock.now() < site.old_until:
        found.append(secrets.unseal(site.old_secret))
    return found


def _new_secret() -> str:
    return secrets.seal(random.token_urlsafe(32))


def _check(values: dict[str, Any]) -> None:
    if unknown := values.keys() - EDITABLE:
        raise ValueError(f"a chat has no field {', '.join(sorted(unknown))}")


def _locked(site: ChatSite) -> ChatSite:
    return ChatSite.objects.select_for_update(of=("self",)).get(pk=site.pk)


def _saved(row: ChatSite, what: str, by: Actor, *, new: bool = False) -> ChatSite:
    try:
        with transaction.atomic():
            row.save(force_insert=new)
    except IntegrityError:
        raise NameTaken(_("Another site has this name.")) from None
    publish(ChatSiteChanged(name=row.name, what=what), by=by, subject=row)
    return row
