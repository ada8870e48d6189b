"""What may be done to many records at once, each through its verb, and how it is undone from its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from rapport.kernel.actors import Actor
from rapport.kernel.models import EventRecord
from rapport.objects.models import ObjectType, Record
from rapport.objects.permissions import CHANGE, DELETE
from rapport.objects.queries import links_of
from rapport.objects.services import records
from rapport.staff.customers.verbs import OwnerForm
from rapport.staff.listing.nouns import BulkVerb

CUSTOM = "custom."
REFUSALS = (records.Trashed, records.Archived, records.Nobodys, records.WrongLink, records.ReferenceTaken)
IDS = {"customer_id": "customer", "owner_id": "owner"}


def give_owner(record: Record, actor: Actor, values: Mapping[str, Any]) -> None:
    """Have somebody look after a record."""
    records.change(record, by=actor, owner=values["owner"])


def unchange(event: EventRecord, actor: Actor) -> None:
    """Put back what a change replaced; who or what is gone since stays away."""
    row = Record.objects.visible_to(actor).get(pk=str(event.subject_id))
    old = {key: before for key, (before, _after) in event.data["changes"].items()}
    links = {link.key: link for link in links_of(row.kind)}
    custom = {key.removeprefix(CUSTOM): value for key, value in old.items() if key.startswith(CUSTOM)}
    plain = {key: value for key, value in old.items() if key in {"name", "reference"}}
    for key, name in IDS.items():
        if key in old:
            model = Record._meta.get_field(name).related_model
            plain[name] = model._base_manager.filter(pk=old[key]).first() if old[key] else None  # type: ignore[union-attr]
    back = {key: Record.objects.filter(pk=old[key]).first() if old[key] else None for key in links if key in old}
    records.change(row, by=actor, custom=custom or None, links=back, **plain)


def restore(event: EventRecord, actor: Actor) -> None:
    """Take a record out of the trash."""
    records.restore(_row(event, actor), by=actor)


def untouch(event: EventRecord, actor: Actor) -> None:
    """Put a record back into the trash."""
    records.trash(_row(event, actor), by=actor)


def _row(event: EventRecord, actor: Actor) -> Record:
    return Record.objects.visible_to(actor, DELETE).get(pk=str(event.subject_id))


def of_list(kind: ObjectType) -> tuple[BulkVerb, ...]:
    """Return what may be done in the list of a type."""
    change, delete = kind.right_for(CHANGE), kind.right_for(DELETE)
    return (
        BulkVerb(
            "owner", _("Give to"), "user-check", change, give_owner,
            lambda n: _said("%(things)s: owner of %%(n)s changed.") % _things(kind),
            form=lambda: OwnerForm, refusals=REFUSALS, undo=unchange,
        ),
        BulkVerb(
            "trash", _("Move to the trash"), "trash", delete,
            lambda record, actor, values: records.trash(record, by=actor),
            lambda n: _said("%(things)s: %%(n)s moved to the trash.") % _things(kind),
            refusals=REFUSALS, undo=restore, danger=True,
        ),
    )  # fmt: skip


def of_trash(kind: ObjectType) -> tuple[BulkVerb, ...]:
    """Return what may be done in the trash of a type."""
    return (
        BulkVerb(
            "restore", _("Restore"), "rotate", kind.right_for(DELETE),
            lambda record, actor, values: records.restore(record, by=actor),
            lambda n: _said("%(things)s: %%(n)s restored.") % _things(kind),
            undo=untouch,
        ),
    )  # fmt: skip


def _things(kind: ObjectType) -> dict[str, str]:
    """Return what fills the words of what was done, in which the number is filled in later."""
    return {"things": kind.plural.replace("%", "%%")}
