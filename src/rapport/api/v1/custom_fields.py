"""Custom fields over the API: what the firm added to customers, products, orders and its custom objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from rapport.api.v1.access import actor_of, one
from rapport.api.v1.idempotency import once
from rapport.customers.permissions import FIELDS
from rapport.customers.services import custom_fields
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import root_named
from rapport.kernel.conditions.registry import DECLARED
from rapport.kernel.models import CustomField
from rapport.objects.queries import types_for

router = Router(tags=["custom fields"])
CHANGED = ("label", "options", "help", "required", "minimum", "maximum", "default")
NAMES = ("id", "noun", "key", "type", *CHANGED, "position", "archived_at")
EMPTIED = frozenset({"minimum", "maximum", "default"})


class FieldOut(Schema):
    """A custom field; values are given and taken as `custom`, by its `key`. `options` are what there is to choose."""

    id: UUID
    noun: str
    key: str
    label: str
    type: str
    options: list[str]
    help: str
    required: bool
    minimum: float | None
    maximum: float | None
    default: Any
    position: int
    archived_at: datetime | None


class FieldChange(Schema):
    """What may change of a field; what is left out stays."""

    label: str | None = Field(None, min_length=1, max_length=80)
    options: list[str] | None = None
    help: str | None = Field(None, max_length=200)
    required: bool | None = None
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None


class FieldIn(Schema):
    """A field to add to `noun`: customer, product, order, or custom_ and the key of a custom object."""

    noun: str = Field(max_length=40)
    label: str = Field(min_length=1, max_length=80)
    type: CustomField.Type
    options: list[str] = []
    help: str = Field("", max_length=200)
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    default: Any = None


@router.get("", response=list[FieldOut], summary="List custom fields")
def list_fields(request: HttpRequest, noun: str = "", archived: bool = False) -> list[dict[str, Any]]:
    """Return the custom fields of one noun or all within reach, in their order: those in use, or those put away."""
    rows = CustomField.objects.filter(archived_at__isnull=not archived)
    seen = _sees(actor_of(request))
    return [shown(row) for row in (rows.filter(noun=noun) if noun else rows) if seen(row.noun)]


@router.post("", response={201: FieldOut}, summary="Add a custom field")
@once
def add_field(request: HttpRequest, payload: FieldIn) -> Status[dict[str, Any]]:
    """Add a field; its key follows from the label and never changes."""
    given = payload.model_dump()
    made = custom_fields.add(
        given.pop("noun"), given.pop("label"), given.pop("type"), by=actor_of(request), **given
    )  # fmt: skip
    return Status(201, shown(made))


@router.patch("/{field_id}", response=FieldOut, summary="Change a custom field")
@once
def change_field(request: HttpRequest, field_id: UUID, payload: FieldChange) -> dict[str, Any]:
    """Set label, choices, help or whether it is needed; key, type and noun never change."""
    actor = actor_of(request)
    row = find(field_id, actor)
    now = {name: getattr(row, name) for name in CHANGED}
    said = payload.model_dump(exclude_unset=True)
    given = {name: value for name, value in said.items() if value is not None or name in EMPTIED}
    return shown(custom_fields.change(row, by=actor, **(now | given)))


@router.post("/{field_id}/archive", response=FieldOut, summary="Archive a custom field")
@once
def archive_field(request: HttpRequest, field_id: UUID) -> dict[str, Any]:
    """Take a field out of forms, lists and pages; its values stay."""
    actor = actor_of(request)
    return shown(custom_fields.archive(find(field_id, actor), by=actor))


@router.post("/{field_id}/restore", response=FieldOut, summary="Restore a custom field")
@once
def restore_field(request: HttpRequest, field_id: UUID) -> dict[str, Any]:
    """Bring an archived field back, with its values."""
    actor = actor_of(request)
    return shown(custom_fields.restore(find(field_id, actor), by=actor))


def find(field_id: UUID, actor: Actor) -> CustomField:
    """Return a field to change, or answer 404; 403 to who may change none."""
    actor.require(FIELDS)
    return one(CustomField.objects.filter(pk=field_id))


def shown(row: CustomField) -> dict[str, Any]:
    """Return a field as a `FieldOut`."""
    return {name: getattr(row, name) for name in NAMES}


def _sees(actor: Actor) -> Callable[[str], bool]:
    """Return whether the fields of a noun are the actor's to see: who looks at such rows, or says which there are."""
    everything = actor.may(FIELDS)
    declared = {row.noun for row in types_for(actor)}

    def sees(noun: str) -> bool:
        if everything or noun.startswith(DECLARED):
            return everything or noun in declared
        model: Any = root_named(noun).model
        return actor.may(model.VIEW)

    return sees
