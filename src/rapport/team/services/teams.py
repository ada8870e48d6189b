"""Teams: who looks after the same customers."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.team.events import TeamChanged
from rapport.team.models import Team, User
from rapport.team.permissions import MANAGE


class NameTaken(ValueError):
    """Another team has this name."""


@verb(MANAGE, publishes=(TeamChanged,))
def add(name: str, members: Iterable[UUID] = (), *, by: Actor) -> Team:
    """Add a team with `members` (ids of users) and return it. Raises `NameTaken`."""
    team = Team(name=name.strip())
    _save(team)
    publish(TeamChanged(name=team.name, what="added", members=_put(team, members)), by=by)
    return team


@verb(MANAGE, publishes=(TeamChanged,))
def change(team: Team, name: str, members: Iterable[UUID], *, by: Actor) -> Team:
    """Give a team this name and exactly these members (ids of users). Raises `NameTaken`."""
    row = Team.objects.select_for_update().get(pk=team.pk)
    row.name = name.strip()
    _save(row)
    publish(TeamChanged(name=row.name, what="changed", members=_put(row, members)), by=by)
    return row


@verb(MANAGE, publishes=(TeamChanged,))
def remove(team: Team, *, by: Actor) -> None:
    """Remove a team; its people stay."""
    names = [user.name for user in team.members.all()]
    Team.objects.filter(pk=team.pk).delete()
    publish(TeamChanged(name=team.name, what="removed", members=names), by=by)


def _save(team: Team) -> None:
    try:
        with transaction.atomic():
            team.save()
    except IntegrityError as error:
        raise NameTaken(_("There is a team %(name)s already.") % {"name": team.name}) from error


def _put(team: Team, members: Iterable[UUID]) -> list[str]:
    users = list(User.objects.filter(pk__in=list(members)).order_by("name"))
    team.members.set(users)
    return [user.name for user in users]
