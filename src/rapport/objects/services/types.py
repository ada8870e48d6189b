"""Which custom objects there are: adding, changing, restricting, archiving and removing types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.models import CustomField
from rapport.kernel.verbs import verb
from rapport.objects.events import ObjectTypeChanged
from rapport.objects.models import ObjectType
from rapport.objects.models.object_type import OWN_RIGHTS
from rapport.objects.permissions import DESIGN
from rapport.objects.services.naming import NameTaken, checked_prefix, key_for, named, prefix_for
from rapport.team.models import Role

TEXTS = {"description": 300, "icon": 40, "name_label": 60}


class UnknownValue(ValueError):
    """A type has no such value, or not this one of it."""


class InUse(ValueError):
    """Records are there; a type goes for good only without any."""


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def add(name: str, plural: str, *, by: Actor, prefix: str = "", **values: Any) -> ObjectType:
    """Declare a custom object: what one is called and what several are; return its type.

    `values` are description, icon, name_label and customer (none, optional, required). Without a `prefix` its numbers
    get one that the name gives. Raises `Nameless`, `NameTaken`, `BadPrefix`, `UnknownValue`.
    """
    rows = ObjectType.objects.all()
    taken = frozenset(rows.values_list("prefix", flat=True))
    made = ObjectType(
        key=key_for(name),
        prefix=checked_prefix(prefix) if prefix.strip() else prefix_for(name, taken),
        position=(rows.aggregate(last=Max("position"))["last"] or 0) + 1,
        created_at=clock.now(),
    )
    _fill(made, {"name": name, "plural": plural, **values})
    return _saved(made, "added", by, force_insert=True)


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def change(row: ObjectType, *, by: Actor, **values: Any) -> ObjectType:
    """Change name, plural, prefix, description, icon, name_label or customer of a type. Raises as `add` does."""
    locked = _locked(row)
    if "prefix" in values:
        locked.prefix = checked_prefix(values.pop("prefix"))
    _fill(locked, values)
    return _saved(locked, "changed", by)


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def restrict(row: ObjectType, *, by: Actor) -> ObjectType:
    """Give a type rights of its own; who may do what with it stays as it is until a role is changed."""
    locked = _locked(row)
    if locked.restricted_at is None:
        locked.restricted_at = clock.now()
        for role in Role.objects.select_for_update().order_by("pk"):
            copied = {
                locked.own_right(one).name: role.grants[one.name] for one in OWN_RIGHTS if one.name in role.grants
            }
            role.grants = role.grants | copied
            role.save(update_fields=["grants"])
        return _saved(locked, "restricted", by)
    return locked


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def open_up(row: ObjectType, *, by: Actor) -> ObjectType:
    """Let the general rights hold for a type again; its own go."""
    locked = _locked(row)
    if locked.restricted_at is not None:
        locked.restricted_at = None
        _forget_rights(locked)
        return _saved(locked, "opened", by)
    return locked


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def archive(row: ObjectType, *, by: Actor) -> ObjectType:
    """Take a type out of sight with its records; nothing is lost."""
    locked = _locked(row)
    if locked.archived_at is None:
        locked.archived_at = clock.now()
        return _saved(locked, "archived", by)
    return locked


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def restore(row: ObjectType, *, by: Actor) -> ObjectType:
    """Bring an archived type back, with its records."""
    locked = _locked(row)
    if locked.archived_at is not None:
        locked.archived_at = None
        return _saved(locked, "restored", by)
    return locked


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def remove(row: ObjectType, *, by: Actor) -> None:
    """Remove a type for good, with its fields and links. Raises `InUse` while it has records, trashed ones included."""
    locked = _locked(row)
    if locked.records.exists():
        raise InUse(_("There are still records. Archive it, or move them to the trash and wait until they are gone."))
    _forget_rights(locked)
    CustomField.objects.filter(noun=locked.noun).delete()
    publish(ObjectTypeChanged(key=locked.key, name=locked.plural, what="removed"), by=by, subject=locked)
    locked.delete()


def _locked(row: ObjectType) -> ObjectType:
    return ObjectType.objects.select_for_update().get(pk=row.pk)


def _fill(row: ObjectType, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name in {"name", "plural"}:
            setattr(row, name, named(value, 60))
        elif name in TEXTS:
            setattr(row, name, str(value).strip()[: TEXTS[name]])
        elif name == "customer" and value in ObjectType.Customer.values:
            row.customer = value
        else:
            raise UnknownValue(_("A custom object has no %(name)s like that.") % {"name": name})
    row.icon = row.icon or "box"


def _forget_rights(row: ObjectType) -> None:
    own = {row.own_right(one).name for one in OWN_RIGHTS}
    for role in Role.objects.select_for_update().order_by("pk"):
        if own & role.grants.keys():
            role.grants = {right: reach for right, reach in role.grants.items() if right not in own}
            role.save(update_fields=["grants"])


def _saved(row: ObjectType, what: str, by: Actor, **how: Any) -> ObjectType:
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        raise NameTaken(_("There is a custom object of this name or prefix already.")) from error
    publish(ObjectTypeChanged(key=row.key, name=row.plural, what=what), by=by, subject=row)
    return row
