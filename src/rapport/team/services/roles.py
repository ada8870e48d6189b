"""Roles: what kinds of staff there are. What each may do is said by `users.set_grants`."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.team.events import RoleAdded, RoleRemoved, RoleRenamed
from rapport.team.models import Role
from rapport.team.permissions import MANAGE

NAMED = 5  # people whom a refusal names


class RoleNameTaken(ValueError):
    """There is a role of this name already."""


class Unnamed(ValueError):
    """A role needs a name."""


class RoleInUse(ValueError):
    """A role that people have cannot go; give them another one first."""


@verb(MANAGE, publishes=(RoleAdded,))
def add(name: str, *, by: Actor, like: Role | None = None) -> Role:
    """Add a role that may do what the role `like` may, else nothing, and return it.

    Raises `Unnamed`, `RoleNameTaken`.
    """
    row = Role(name=_free(name), grants=dict(like.grants) if like else {})
    row.key = _key(row.name)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise RoleNameTaken(_("There is a role “%(name)s” already.") % {"name": row.name}) from error
    publish(RoleAdded(name=row.name, grants=row.grants), by=by)
    return row


@verb(MANAGE, publishes=(RoleRenamed,))
def rename(role: Role, name: str, *, by: Actor) -> Role:
    """Call a role by another name. Raises `Unnamed`, `RoleNameTaken`."""
    row = Role.objects.select_for_update().get(pk=role.pk)
    before, row.name = row.name, _free(name, row)
    if row.name != before:
        row.save(update_fields=["name"])
        publish(RoleRenamed(name=row.name, before=before), by=by)
    return row


@verb(MANAGE, publishes=(RoleRemoved,))
def remove(role: Role, *, by: Actor) -> None:
    """Remove a role that nobody has. Raises `RoleInUse`."""
    row = Role.objects.select_for_update().get(pk=role.pk)
    people = list(row.users.order_by("name").values_list("name", flat=True))
    if people:
        shown = ", ".join(people[:NAMED]) + (" …" if len(people) > NAMED else "")
        told = {"name": row.name, "people": shown}
        raise RoleInUse(_("%(people)s: the role “%(name)s” is theirs. Give them another one first.") % told)
    publish(RoleRemoved(name=row.name, grants=row.grants), by=by)
    row.delete()


def _free(name: str, own: Role | None = None) -> str:
    """Return the name without blanks around it; raises `Unnamed`, `RoleNameTaken`."""
    chosen = name.strip()
    if not chosen:
        raise Unnamed(_("A role needs a name."))
    others = Role.objects.filter(name__iexact=chosen)
    if (others.exclude(pk=own.pk) if own else others).exists():
        raise RoleNameTaken(_("There is a role “%(name)s” already.") % {"name": chosen})
    return chosen


def _key(name: str) -> str:
    """Return a key that no other role has."""
    key = slugify(name)[:30] or "role"
    taken = set(Role.objects.filter(key__startswith=key).values_list("key", flat=True))
    return next(one for one in (key, *(f"{key}-{n}" for n in range(2, len(taken) + 3))) if one not in taken)
