"""What may happen to a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from rapport.customers.events import (
    CustomerChanged,
    CustomerCreated,
    CustomerRestored,
    CustomerTrashed,
    IdentityAdded,
    StageEntered,
)
from rapport.customers.models import Customer, Identity, StageSpan
from rapport.customers.permissions import CHANGE, DELETE
from rapport.customers.services import identities as identity_verbs
from rapport.customers.services import indexing
from rapport.kernel import clock, fields, numbering
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.sending import insert
from rapport.kernel.verbs import verb

EDITABLE = frozenset(
    {
        "kind", "name", "given_name", "family_name", "language", "zone", "preferred_channel", "quiet_from",
        "quiet_to", "birthday", "street", "city", "region", "postcode", "country", "source", "tags", "owner_id",
        "since",
    }
)  # fmt: skip


class UnknownField(ValueError):
    """A field that a customer does not have or that a verb of its own changes."""


class Nameless(ValueError):
    """A customer needs a name or an identity to be known by."""


class Trashed(ValueError):
    """The customer is in the trash; restore it first."""


class MergedAway(Trashed):
    """The customer (`customer`) was merged into another one, `survivor`."""

    def __init__(self, customer: Customer) -> None:
        self.customer, self.survivor = customer, customer.merged_into
        told = {"number": customer.code, "into": self.survivor.code if self.survivor else ""}
        super().__init__(_("%(number)s was merged into %(into)s.") % told)


@dataclass(frozen=True, slots=True)
class NewIdentity:
    """An identity as it was given: `kind` is email, phone, handle or external."""

    kind: str
    value: str
    namespace: str = ""
    label: str = ""


@verb(CHANGE, publishes=(CustomerCreated, StageEntered, IdentityAdded), offer=("mcp",))
def create(
    *,
    by: Actor,
    identities: Iterable[NewIdentity] = (),
    stage: str = Customer.Stage.LEAD,
    custom: Mapping[str, Any] | None = None,
    **values: Any,
) -> Customer:
    """Add a customer with `values` of the editable fields and return it.

    Raises `Nameless`, `UnknownField`, `fields.InvalidField`, and what adding an identity raises (`BadIdentity`,
    `IdentityTaken`).
    """
    given = list(identities)
    _check(values)
    at = clock.now()
    values = {**values, "name": _name(values)}
    if not values["name"] and not given:
        raise Nameless(_("A customer needs a name, an address or a number."))
    customer = Customer(
        number=numbering.next_number("customer"),
        stage=stage,
        custom=fields.clean("customer", custom or {}),
        created_at=at,
        updated_at=at,
        **{"since": at, **values},
    )
    made = [identity_verbs.build(customer, new.kind, new.value, new.namespace, new.label) for new in given]
    _mark_primaries(made)
    customer.search = indexing.search_value(customer, made)
    insert(customer)
    identity_verbs.store(made)
    insert(StageSpan(customer=customer, stage=stage, entered_at=at))
    happening = CustomerCreated(kind=customer.kind, source=customer.source)
    publish(happening, by=by, subject=customer, customer=customer.pk)
    return customer


@verb(CHANGE, publishes=(CustomerChanged,), offer=("rules", "bulk", "mcp"))
def change(customer: Customer, *, by: Actor, custom: Mapping[str, Any] | None = None, **values: Any) -> Customer:
    """Set `values` of the editable fields and of the `custom` ones, and return the customer.

    Nothing is written and nothing is announced when nothing differs. Raises `UnknownField`, `fields.InvalidField`,
    `Trashed`.
    """
    _check(values)
    row = _locked(customer)
    if "given_name" in values or "family_name" in values:
        values.setdefault("name", _joined(row, values))
    changes = {key: [_plain(getattr(row, key)), _plain(new)] for key, new in values.items() if getattr(row, key) != new}
    for key in changes:
        setattr(row, key, values[key])
    if custom is not None:
        changes |= _merge_custom(row, fields.clean("customer", custom, partial=True), custom)
    if not changes:
        return row
    row.updated_at = clock.now()
    if {"name", "city"} & changes.keys():
        row.search = indexing.search_value(row, row.identities.all())
        row.save()
    else:
        row.save(update_fields=[*(key for key in values if key in changes), "custom", "updated_at"])
    happening = CustomerChanged(summary=_summary(changes), changes=changes)
    publish(happening, by=by, subject=row, customer=row.pk)
    return row


@verb(CHANGE, publishes=(StageEntered,), offer=("rules", "bulk", "mcp"))
def enter_stage(customer: Customer, stage: str, *, by: Actor, at: datetime | None = None) -> Customer:
    """Move a customer to another stage of the life cycle; the dates of the one before stay on record."""
    row = _locked(customer)
    if row.stage == stage:
        return row
    if stage not in Customer.Stage.values:
        raise UnknownField(_("There is no stage %(stage)s.") % {"stage": stage})
    moment = at or clock.now()
    row.stages.filter(left_at__isnull=True).update(left_at=moment)
    StageSpan.objects.create(customer=row, stage=stage, entered_at=moment)
    before, row.stage, row.updated_at = row.stage, stage, clock.now()
    row.save(update_fields=["stage", "updated_at"])
    happening = StageEntered(stage=stage, before=before)
    publish(happening, by=by, subject=row, customer=row.pk, at=moment)
    return row


@verb(DELETE, publishes=(CustomerTrashed,), offer=("bulk",))
def trash(customer: Customer, *, by: Actor) -> Customer:
    """Move a customer to the trash; nothing of theirs is lost for 30 days."""
    row = _locked(customer)
    row.deleted_at = row.updated_at = clock.now()
    row.save(update_fields=["deleted_at", "updated_at"])
    publish(CustomerTrashed(), by=by, subject=row, customer=row.pk)
    return row


@verb(DELETE, publishes=(CustomerRestored,), offer=("bulk",))
def restore(customer: Customer, *, by: Actor) -> Customer:
    """Take a customer back out of the trash; one that is not in it stays as it is.

    Raises `MergedAway`: what was merged into another is un-merged.
    """
    row = Customer.objects.select_for_update().get(pk=customer.pk)
    if row.merged_into_id is not None:
        raise MergedAway(row)
    if row.deleted_at is None:
        return row
    row.deleted_at, row.updated_at = None, clock.now()
    row.save(update_fields=["deleted_at", "updated_at"])
    publish(CustomerRestored(), by=by, subject=row, customer=row.pk)
    return row


def _locked(customer: Customer) -> Customer:
    row = Customer.objects.select_for_update().get(pk=customer.pk)
    if row.merged_into_id is not None:
        raise MergedAway(row)
    if row.deleted_at is not None:
        raise Trashed(_("%(name)s is in the trash.") % {"name": row.label})
    return row


def _check(values: Mapping[str, Any]) -> None:
    unknown = values.keys() - EDITABLE
    if unknown:
        raise UnknownField(_("A customer has no field %(field)s.") % {"field": ", ".join(sorted(unknown))})


def _name(values: Mapping[str, Any]) -> str:
    parts = (values.get("given_name", ""), values.get("family_name", ""))
    return str(values.get("name") or " ".join(part for part in parts if part)).strip()


def _joined(row: Customer, values: Mapping[str, Any]) -> str:
    return _name({"given_name": row.given_name, "family_name": row.family_name, **values})


def _mark_primaries(made: Iterable[Identity]) -> None:
    seen: set[str] = set()
    for identity in made:
        identity.primary = identity.kind not in seen
        seen.add(identity.kind)


def _merge_custom(row: Customer, cleaned: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, list[Any]]:
    before = dict(row.custom)
    row.custom = {**{key: value for key, value in before.items() if key not in given}, **cleaned}
    return {
        f"custom.{key}": [before.get(key), row.custom.get(key)]
        for key in given
        if before.get(key) != row.custom.get(key)
    }


def _summary(changes: Mapping[str, Any]) -> str:
    labels = []
    for key in changes:
        if key.startswith("custom."):
            labels.append(key.removeprefix("custom."))
        else:
            labels.append(str(getattr(Customer._meta.get_field(key.removesuffix("_id")), "verbose_name", key)))
    return _("changed %(fields)s") % {"fields": ", ".join(labels)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Model):
        return str(value.pk)
    return value if isinstance(value, str | int | float | bool | list | type(None)) else str(value)
