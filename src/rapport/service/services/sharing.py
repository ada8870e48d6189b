"""Whose a canned answer, a macro or a template is: one's own, a team's, or everybody's."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.events import publish
from rapport.kernel.permissions import OutOfReach
from rapport.service.events import ServiceSettingChanged
from rapport.service.models import Shared
from rapport.service.permissions import TEXTS
from rapport.team.models import Team

Row = TypeVar("Row", bound=Shared)
MINE, TEAM, ALL = "mine", "team", "all"


class NoTeam(ValueError):
    """To share with a team one says which, and is in it unless one's right goes further."""


def place(row: Shared, scope: str, team: Team | None, by: Actor) -> None:
    """Make a row one's own, a team's or everybody's (`scope` mine, team or all).

    For the last two one needs the right to share texts: over one's teams, or over all. Raises `Forbidden`, `NoTeam`,
    `ValueError` for another scope.
    """
    if scope not in {MINE, TEAM, ALL}:
        raise ValueError(f"there is no scope {scope}")
    row.user_id = by.user_id if scope == MINE else None
    row.team = team if scope == TEAM else None
    if scope == MINE and by.user_id is not None:
        return
    reach = by.require(TEXTS)
    if scope == TEAM and (team is None or (reach is not Reach.ALL and not _in(team, by.user_id))):
        raise NoTeam(_("Say which of your teams it is for."))
    if scope != TEAM and reach is not Reach.ALL:
        raise NoTeam(_("Say which of your teams it is for."))


def check_may_change(row: Shared, by: Actor) -> None:
    """Raise `OutOfReach` for somebody else's own row, `Forbidden` for a shared one without the right to share."""
    if by.everything or (row.user_id is not None and row.user_id == by.user_id):
        return
    if row.user_id is not None:
        raise OutOfReach
    if by.require(TEXTS) is not Reach.ALL and (row.team is None or not _in(row.team, by.user_id)):
        raise OutOfReach


def usable(model: type[Row], key: UUID, by: Actor) -> Row:
    """Return the live row of this id if the actor may use it. Raises `OutOfReach`."""
    rows: Any = model._default_manager
    found: Row | None = rows.filter(model.open_to(by), pk=key, archived_at__isnull=True).distinct().first()
    if found is None:
        raise OutOfReach
    return found


def locked(row: Row, by: Actor) -> Row:
    """Return the row, locked, when the actor may change it. Raises `OutOfReach`, `Forbidden`."""
    rows: Any = type(row)._default_manager
    found: Row = rows.select_for_update(of=("self",)).get(pk=row.pk)
    check_may_change(found, by)
    found.updated_at = clock.now()
    return found


def tell(row: Shared, noun: str, what: str, by: Actor) -> None:
    """Announce what became of a row."""
    publish(ServiceSettingChanged(noun=noun, name=str(row), what=what), by=by, subject=row)


def _in(team: Team, user_id: UUID | None) -> bool:
    return user_id is not None and team.members.filter(pk=user_id).exists()
