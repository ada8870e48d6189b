"""How colleagues take part in routing: what they can do, how much at once, and whether they are there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.events import AgentAway, AgentBack, ServiceSettingChanged
from rapport.service.models import Agent
from rapport.service.permissions import CHANGE, MANAGE
from rapport.service.services.patching import clean_tags
from rapport.team.models import User


class BackBefore(ValueError):
    """Somebody comes back after they left."""


@verb(MANAGE, publishes=(ServiceSettingChanged,))
def change(user: User, *, by: Actor, capacity: int | None = None, skills: Iterable[str] = ()) -> Agent:
    """Say how many open tickets a user takes at once (None: any number) and which skills they have."""
    row = _locked(user)
    row.capacity, row.skills = capacity, clean_tags(skills)
    row.save(update_fields=["capacity", "skills"])
    publish(ServiceSettingChanged(noun="agent", name=user.name, what="changed"), by=by, subject=row)
    return row


@verb(CHANGE, publishes=(AgentAway,))
def go_away(user: User, *, by: Actor, until: datetime | None = None, because: str = "") -> Agent:
    """Give a user no tickets from now until `until` (None: until they come back). One's own, or with the right to
    manage. Raises `BackBefore`, `Forbidden`."""
    _check(user, by)
    at = clock.now()
    if until is not None and until <= at:
        raise BackBefore(_("That is over already."))
    row = _locked(user)
    row.away_since, row.away_until, row.away_because = at, until, because.strip()[:120]
    row.save(update_fields=["away_since", "away_until", "away_because"])
    publish(AgentAway(name=user.name, reason=row.away_because), by=by, subject=row)
    return row


@verb(CHANGE, publishes=(AgentBack,))
def come_back(user: User, *, by: Actor) -> Agent:
    """Give a user tickets again; what waits is offered to them. Somebody who is not away stays as they are."""
    _check(user, by)
    row = _locked(user)
    if row.away_since is None:
        return row
    row.away_since = row.away_until = None
    row.away_because = ""
    row.save(update_fields=["away_since", "away_until", "away_because"])
    publish(AgentBack(name=user.name, user_id=user.pk), by=by, subject=row)
    return row


def _check(user: User, by: Actor) -> None:
    if user.pk != by.user_id:
        by.require(MANAGE)


def _locked(user: User) -> Agent:
    Agent.objects.get_or_create(user=user)
    return Agent.objects.select_for_update().get(user=user)
