"""Users, roles and teams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.events import publish
from rapport.kernel.permissions import rights
from rapport.kernel.verbs import verb
from rapport.team.events import RoleChanged, UserChanged
from rapport.team.models import Role, User
from rapport.team.permissions import MANAGE

OWN_FIELDS = frozenset({"name", "language", "zone", "theme"})


class AddressTaken(ValueError):
    """Another user signs in with this address."""


class LastAdministrator(ValueError):
    """Somebody must be left who can manage users."""


class UnknownRight(ValueError):
    """A role may only grant rights that exist, with a reach of own, team or all."""


@verb(MANAGE, publishes=(UserChanged,))
def add(email: str, name: str, role: Role, password: str, *, by: Actor) -> User:
    """Add a user who signs in with `email` and `password`.

    Raises `AddressTaken`, and Django's `ValidationError` for a weak password.
    """
    user = User(email=email.strip().lower(), name=name.strip(), role=role, joined_at=clock.now())
    validate_password(password, user)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise AddressTaken(_("%(email)s signs in here already.") % {"email": user.email}) from error
    publish(UserChanged(email=user.email, what="added"), by=by, subject=user)
    return user


@verb(MANAGE, publishes=(UserChanged,))
def give_role(user: User, role: Role, *, by: Actor) -> User:
    """Give a user another role. Raises `LastAdministrator`."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.role = role
    row.save(update_fields=["role"])
    _somebody_manages()
    publish(UserChanged(email=row.email, what=f"gave the role {role.key} to"), by=by, subject=row)
    return row


@verb(MANAGE, publishes=(UserChanged,))
def set_password(user: User, password: str, *, by: Actor) -> User:
    """Give a user a new password, because they forgot theirs. Raises Django's `ValidationError` for a weak one."""
    row = User.objects.select_for_update().get(pk=user.pk)
    validate_password(password, row)
    row.set_password(password)
    row.save(update_fields=["password"])
    publish(UserChanged(email=row.email, what="set a new password for"), by=by, subject=row)
    return row


@verb(MANAGE, publishes=(UserChanged,))
def deactivate(user: User, *, by: Actor) -> User:
    """Keep a user from signing in; what they did stays. Raises `LastAdministrator`."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.deactivated_at = clock.now()
    row.save(update_fields=["deactivated_at"])
    _somebody_manages()
    publish(UserChanged(email=row.email, what="deactivated"), by=by, subject=row)
    return row


@verb(MANAGE, publishes=(UserChanged,))
def reactivate(user: User, *, by: Actor) -> User:
    """Let a deactivated user sign in again."""
    row = User.objects.select_for_update().get(pk=user.pk)
    row.deactivated_at = None
    row.save(update_fields=["deactivated_at"])
    publish(UserChanged(email=row.email, what="brought back"), by=by, subject=row)
    return row


@verb(MANAGE, publishes=(RoleChanged,))
def set_grants(role: Role, grants: Mapping[str, str], *, by: Actor) -> Role:
    """Say what a role may do: right to own, team or all. Raises `UnknownRight`, `LastAdministrator`."""
    row = Role.objects.select_for_update().get(pk=role.pk)
    known = rights()
    for right, reach in grants.items():
        if right not in known or reach.upper() not in Reach.__members__:
            raise UnknownRight(_("There is no right %(right)s.") % {"right": f"{right} {reach}"})
    before = row.grants
    row.grants = dict(grants)
    row.save(update_fields=["grants"])
    _somebody_manages()
    publish(RoleChanged(name=row.name, before=before, after=row.grants), by=by)
    return row


def change_own(user: User, **values: Any) -> User:
    """Let a user change their own name, language, zone and theme; anything else is left alone."""
    chosen = {key: value for key, value in values.items() if key in OWN_FIELDS}
    for key, value in chosen.items():
        setattr(user, key, value)
    user.save(update_fields=list(chosen))
    return user


def _somebody_manages() -> None:
    roles = [role.pk for role in Role.objects.all() if role.grants.get(MANAGE.name) == "all"]
    if not User.objects.filter(role_id__in=roles, deactivated_at__isnull=True).exists():
        raise LastAdministrator(_("Somebody must be left who can manage users."))
