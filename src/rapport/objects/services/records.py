"""What may happen to a record of a custom object."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rapport.kernel import clock, fields, numbering
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.objects.events import RecordAdded, RecordChanged, RecordRestored, RecordsPurged, RecordTrashed
from rapport.objects.models import ObjectType, Record
from rapport.objects.permissions import CHANGE, DELETE
from rapport.objects.queries import links_of
from rapport.objects.services import indexing

KEPT = timedelta(days=30)
AT_ONCE = 5_000
PLAIN = ("name", "reference", "customer", "owner")


class UnknownField(ValueError):
    """A record has no such field."""


class Nobodys(ValueError):
    """Records of this type always belong to a customer, or never do."""


class WrongLink(ValueError):
    """A link that is needed is missing, or leads to something else than it should; `key` names it."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class ReferenceTaken(ValueError):
    """There is a record of this number in another system already."""


class Trashed(ValueError):
    """The record is in the trash; restore it first."""


class Archived(ValueError):
    """The type is archived; restore it first."""


@verb(CHANGE, publishes=(RecordAdded,), offer=("mcp",))
def add(
    type: ObjectType,  # noqa: A002 - the word people use
    *,
    by: Actor,
    custom: Mapping[str, Any] | None = None,
    links: Mapping[str, Record | None] | None = None,
    **values: Any,
) -> Record:
    """Add a record of a type and return it; `values` are name, reference, customer and owner, `links` go by their keys.

    Raises `UnknownField`, `Nobodys`, `WrongLink`, `ReferenceTaken`, `Archived`, `fields.InvalidField`.
    """
    kind = ObjectType.known()[type.pk]
    if kind.archived_at is not None:
        raise Archived(_("%(things)s are archived.") % {"things": kind.plural})
    now = clock.now()
    row = Record(type=kind, created_at=now, updated_at=now, custom=fields.clean(kind.noun, custom or {}))
    _fill(row, kind, values)
    _lead(row, kind, links or {})
    _check_whole(row, kind)
    row.number = numbering.next_number(f"record.{kind.key}")
    _save(row, kind, force_insert=True)
    publish(RecordAdded(**row.told()), by=by, subject=row, customer=row.customer_id)
    return row


@verb(CHANGE, publishes=(RecordChanged,), offer=("rules", "bulk", "mcp"))
def change(
    record: Record,
    *,
    by: Actor,
    custom: Mapping[str, Any] | None = None,
    links: Mapping[str, Record | None] | None = None,
    **values: Any,
) -> Record:
    """Set what is given of a record, and return it; what is left out stays.

    Nothing is written and nothing announced when nothing differs. Raises as `add` does, and `Trashed`.
    """
    row = _locked(record)
    kind = row.kind
    before = _state(row, kind)
    _fill(row, kind, values)
    _lead(row, kind, links or {})
    if custom is not None:
        kept = {key: value for key, value in row.custom.items() if key not in custom}
        row.custom = kept | fields.clean(kind.noun, custom, partial=True)
    _check_whole(row, kind)
    after = _state(row, kind)
    changes = {key: [before.get(key), after.get(key)] for key in labels_of(kind) if before.get(key) != after.get(key)}
    if not changes:
        return row
    row.updated_at = clock.now()
    _save(row, kind)
    happening = RecordChanged(**row.told(), summary=_summary(kind, changes), changes=changes)
    publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


@verb(DELETE, publishes=(RecordTrashed,), offer=("bulk",))
def trash(record: Record, *, by: Actor) -> Record:
    """Move a record to the trash; nothing of it is lost for 30 days."""
    row = _locked(record)
    row.deleted_at = row.updated_at = clock.now()
    row.save(update_fields=["deleted_at", "updated_at"])
    publish(RecordTrashed(**row.told()), by=by, subject=row, customer=row.customer_id)
    return row


@verb(DELETE, publishes=(RecordRestored,), offer=("bulk",))
def restore(record: Record, *, by: Actor) -> Record:
    """Take a record back out of the trash; one that is not in it stays as it is."""
    row = Record.objects.select_for_update().get(pk=record.pk)
    if row.deleted_at is not None:
        row.deleted_at, row.updated_at = None, clock.now()
        row.save(update_fields=["deleted_at", "updated_at"])
        publish(RecordRestored(**row.told()), by=by, subject=row, customer=row.customer_id)
    return row


@verb(DELETE, publishes=(RecordsPurged,))
def purge(*, by: Actor) -> int:
    """Delete the records that were moved to the trash 30 days ago or earlier, some at a time; return how many went."""
    rows = Record.objects.filter(deleted_at__lte=clock.now() - KEPT).order_by("deleted_at", "pk")
    ids = list(rows.values_list("pk", flat=True)[:AT_ONCE])
    if ids:
        Record.objects.filter(pk__in=ids).delete()
        publish(RecordsPurged(count=len(ids)), by=by)
    return len(ids)


def _locked(record: Record) -> Record:
    row = Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if row.deleted_at is not None:
        raise Trashed(_("%(record)s is in the trash.") % {"record": row.label})
    return row


def _fill(row: Record, kind: ObjectType, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in PLAIN or (name == "customer" and value is not None and not kind.of_customers):
            raise UnknownField(_("%(things)s have no %(field)s.") % {"things": kind.plural, "field": name})
        made = {"name": _name_of, "reference": reference_of}.get(name)
        setattr(row, name, made(value) if made else value)


def reference_of(text: Any) -> str:
    """Return a number in another system as records keep it."""
    return " ".join(str(text).split())[:80]


def _name_of(text: Any) -> str:
    return " ".join(str(text).split())[:200]


def _lead(row: Record, kind: ObjectType, links: Mapping[str, Record | None]) -> None:
    known = {link.key: link for link in links_of(kind)}
    for key, there in links.items():
        if key not in known:
            raise UnknownField(_("%(things)s have no %(field)s.") % {"things": kind.plural, "field": key})
        link = known[key]
        if there is not None and (there.type_id != link.to_id or there.pk == row.pk):
            raise WrongLink(key, _("%(label)s leads to something else.") % {"label": link.label})
        setattr(row, link.attr, there)


def _check_whole(row: Record, kind: ObjectType) -> None:
    if kind.customer == ObjectType.Customer.REQUIRED and row.customer_id is None:
        raise Nobodys(_("%(thing)s: say whose it is.") % {"thing": kind.name})
    for link in links_of(kind):
        if link.required and getattr(row, f"{link.attr}_id") is None:
            raise WrongLink(link.key, _("%(label)s is needed.") % {"label": link.label})


def labels_of(kind: ObjectType) -> dict[str, str]:
    """Return what may change of a record, in the order of its page, each with what it is called."""
    fixed = {"name": kind.name_label or _("Name"), "customer_id": _("Customer"), "owner_id": _("Owner")}
    links = {link.key: link.label for link in links_of(kind)}
    own = {f"custom.{field.key}": field.label for field in fields.live(kind.noun)}
    return fixed | links | own | {"reference": _("Number in another system")}


def _state(row: Record, kind: ObjectType) -> dict[str, Any]:
    """Return all that may change of a record as plain values."""
    links = {link.key: getattr(row, f"{link.attr}_id") for link in links_of(kind)}
    ids = {"customer_id": row.customer_id, "owner_id": row.owner_id, **links}
    own = {f"custom.{key}": value for key, value in row.custom.items()}
    plain = {"name": row.name, "reference": row.reference}
    return plain | own | {key: str(value) if value else None for key, value in ids.items()}


def _summary(kind: ObjectType, changes: Mapping[str, Any]) -> str:
    words = labels_of(kind)
    return _("changed %(fields)s") % {"fields": ", ".join(words[key] for key in changes)}


def _save(row: Record, kind: ObjectType, **how: Any) -> None:
    row.search = indexing.search_value(row, kind)
    try:
        with transaction.atomic():
            row.save(**how)
    except IntegrityError as error:
        if "record_reference_once" not in str(error):
            raise
        raise ReferenceTaken(_("There is a %(reference)s already.") % {"reference": row.reference}) from error
