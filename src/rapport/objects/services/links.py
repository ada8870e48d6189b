"""Links between custom objects: adding, changing and removing them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.objects.events import ObjectTypeChanged
from rapport.objects.models import SLOTS, Link, ObjectType, Record
from rapport.objects.permissions import DESIGN
from rapport.objects.services.naming import NameTaken, key_for, named

FIXED = frozenset({"customer", "owner", "name", "number", "reference", "created", "updated", "type", "trashed"})


class TooMany(ValueError):
    """A type has as many links as there can be."""


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def add(
    row: ObjectType, label: str, to: ObjectType, *, by: Actor, back_label: str = "", required: bool = False
) -> Link:
    """Let each record of a type lead to one of `to`; `back_label` is what the other side calls those that lead to it.

    Raises `Nameless`, `NameTaken`, `TooMany`.
    """
    locked = ObjectType.objects.select_for_update().get(pk=row.pk)
    there = list(locked.links.all())
    free = [slot for slot in SLOTS if slot not in {one.slot for one in there}]
    if not free:
        raise TooMany(_("A custom object has at most %(n)s links.") % {"n": len(SLOTS)})
    said = named(label, 60)
    key = key_for(said)
    if key in FIXED or key in {one.key for one in there}:
        raise NameTaken(_("There is a %(label)s already.") % {"label": said})
    made = Link.objects.create(
        type=locked, to=to, key=key, label=said, back_label=back_label.strip()[:60] or locked.plural, slot=free[0],
        required=required,
    )  # fmt: skip
    _tell(locked, "changed", by)
    return made


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def change(link: Link, *, by: Actor, label: str, back_label: str = "", required: bool = False) -> Link:
    """Set what may change of a link: both labels, whether it is needed. Raises `Nameless`."""
    locked = Link.objects.select_for_update().get(pk=link.pk)
    locked.label, locked.required = named(label, 60), required
    locked.back_label = back_label.strip()[:60] or locked.type.plural
    locked.save(update_fields=["label", "back_label", "required"])
    _tell(locked.type, "changed", by)
    return locked


@verb(DESIGN, publishes=(ObjectTypeChanged,))
def remove(link: Link, *, by: Actor) -> int:
    """Remove a link; its records lead there no more. Returns how many did."""
    locked = Link.objects.select_for_update().get(pk=link.pk)
    freed = Record.objects.filter(type=locked.type, **{f"{locked.attr}__isnull": False}).update(**{locked.attr: None})
    locked.delete()
    _tell(locked.type, "changed", by)
    return freed


def _tell(row: ObjectType, what: str, by: Actor) -> None:
    publish(ObjectTypeChanged(key=row.key, name=row.plural, what=what), by=by, subject=row)
