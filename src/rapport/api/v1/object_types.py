"""Which custom objects there are, over the API: their types, and the links between them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from rapport.api.v1.access import actor_of, one
from rapport.api.v1.custom_fields import FieldOut
from rapport.api.v1.custom_fields import shown as field_of
from rapport.api.v1.idempotency import once
from rapport.kernel import fields
from rapport.kernel.actors import Actor
from rapport.objects import queries
from rapport.objects.models import Link, ObjectType
from rapport.objects.models.object_type import OWN_RIGHTS
from rapport.objects.permissions import DESIGN, VIEW
from rapport.objects.services import links, types

router = Router(tags=["custom objects"])
NAMES = (
    "id", "key", "noun", "name", "plural", "description", "icon", "prefix", "name_label", "customer", "created_at",
    "archived_at",
)  # fmt: skip


class LinkOut(Schema):
    """A link: each record leads to one of the type `to`, whose side calls those that lead to it `back_label`."""

    id: UUID
    key: str
    label: str
    to: str
    back_label: str
    required: bool


class TypeOut(Schema):
    """A custom object. `noun` is how conditions, custom fields and imports name it, `prefix` begins its numbers.

    `customer` says whether its records are somebody's: none, optional or required. `restricted`: it has rights of its
    own. `may` is what the caller may do with its records: view, change, delete, export.
    """

    id: UUID
    key: str
    noun: str
    name: str
    plural: str
    description: str
    icon: str
    prefix: str
    name_label: str
    customer: str
    restricted: bool
    created_at: datetime
    archived_at: datetime | None
    fields: list[FieldOut]
    links: list[LinkOut]
    may: list[str]


class TypeChange(Schema):
    """What may change of a type; what is left out stays. The key never changes."""

    name: str | None = Field(None, max_length=60)
    plural: str | None = Field(None, max_length=60)
    prefix: str | None = Field(None, max_length=6)
    description: str | None = Field(None, max_length=300)
    icon: str | None = Field(None, max_length=40)
    name_label: str | None = Field(None, max_length=60)
    customer: ObjectType.Customer | None = None


class TypeIn(TypeChange):
    """A custom object to declare: what one is called and what several are. Its key follows from the name."""

    name: str = Field(max_length=60)
    plural: str = Field(max_length=60)


class LinkChange(Schema):
    """What may change of a link; what is left out stays."""

    label: str | None = Field(None, max_length=60)
    back_label: str | None = Field(None, max_length=60)
    required: bool | None = None


class LinkIn(LinkChange):
    """A link to add, which leads to records of the type with the key `to`."""

    label: str = Field(max_length=60)
    to: str = Field(max_length=30)


@router.get("", response=list[TypeOut], summary="List custom objects")
def list_types(request: HttpRequest, archived: bool = False) -> list[dict[str, Any]]:
    """Return the custom objects whose records the caller may look at, in their order; who designs them sees all.

    `archived=true` gives those in the archive, to who designs them.
    """
    actor = actor_of(request)
    rows = [row for row in ObjectType.known().values() if (row.archived_at is not None) == archived]
    return [shown(row, actor) for row in rows if _sees(row, actor)]


@router.post("", response={201: TypeOut}, summary="Declare a custom object")
@once
def add_type(request: HttpRequest, payload: TypeIn) -> Status[dict[str, Any]]:
    """Declare a custom object. Its fields are added as custom fields of its noun."""
    actor = actor_of(request)
    given = _given(payload)
    made = types.add(given.pop("name"), given.pop("plural"), by=actor, **given)
    return Status(201, shown(made, actor))


@router.get("/{key}", response=TypeOut, summary="Get a custom object")
def get_type(request: HttpRequest, key: str) -> dict[str, Any]:
    """Return one custom object with its fields and links."""
    actor = actor_of(request)
    return shown(_named(key, actor), actor)


@router.patch("/{key}", response=TypeOut, summary="Change a custom object")
@once
def change_type(request: HttpRequest, key: str, payload: TypeChange) -> dict[str, Any]:
    """Set names, prefix, description, icon, what the name is called, or whether records are somebody's."""
    actor = actor_of(request)
    return shown(types.change(find(key, actor), by=actor, **_given(payload)), actor)


@router.delete("/{key}", response={204: None}, summary="Remove a custom object")
def remove_type(request: HttpRequest, key: str) -> Status[None]:
    """Remove a custom object for good, with its fields and links; 409 while it has records, trashed ones included."""
    actor = actor_of(request)
    types.remove(find(key, actor), by=actor)
    return Status(204, None)


@router.post("/{key}/archive", response=TypeOut, summary="Archive a custom object")
@once
def archive_type(request: HttpRequest, key: str) -> dict[str, Any]:
    """Take a custom object out of sight with its records; nothing is lost."""
    actor = actor_of(request)
    return shown(types.archive(find(key, actor), by=actor), actor)


@router.post("/{key}/restore", response=TypeOut, summary="Restore a custom object")
@once
def restore_type(request: HttpRequest, key: str) -> dict[str, Any]:
    """Bring an archived custom object back, with its records."""
    actor = actor_of(request)
    return shown(types.restore(find(key, actor), by=actor), actor)


@router.post("/{key}/restrict", response=TypeOut, summary="Restrict a custom object")
@once
def restrict_type(request: HttpRequest, key: str) -> dict[str, Any]:
    """Give a custom object rights of its own; roles keep what they may, until somebody changes them.

    A token has them only when they are among its scopes: `objects.KEY.view` and so on.
    """
    actor = actor_of(request)
    return shown(types.restrict(find(key, actor), by=actor), actor)


@router.post("/{key}/open-up", response=TypeOut, summary="Open a custom object up")
@once
def open_up_type(request: HttpRequest, key: str) -> dict[str, Any]:
    """Let the general rights hold for a custom object again; its own go."""
    actor = actor_of(request)
    return shown(types.open_up(find(key, actor), by=actor), actor)


@router.post("/{key}/links", response={201: TypeOut}, summary="Add a link")
@once
def add_link(request: HttpRequest, key: str, payload: LinkIn) -> Status[dict[str, Any]]:
    """Let each record lead to one of another custom object; at most five links of one."""
    actor = actor_of(request)
    row, there = find(key, actor), find(payload.to, actor)
    links.add(
        row, payload.label, there, by=actor, back_label=payload.back_label or "", required=bool(payload.required)
    )  # fmt: skip
    return Status(201, shown(row, actor))


@router.patch("/{key}/links/{link}", response=TypeOut, summary="Change a link")
@once
def change_link(request: HttpRequest, key: str, link: str, payload: LinkChange) -> dict[str, Any]:
    """Set both labels of a link and whether it is needed."""
    actor = actor_of(request)
    row = find(key, actor)
    held = one(row.links.filter(key=link))
    now: dict[str, Any] = {"label": held.label, "back_label": held.back_label, "required": held.required}
    links.change(held, by=actor, **(now | _given(payload)))
    return shown(row, actor)


@router.delete("/{key}/links/{link}", response=TypeOut, summary="Remove a link")
def remove_link(request: HttpRequest, key: str, link: str) -> dict[str, Any]:
    """Remove a link; its records lead there no more."""
    actor = actor_of(request)
    row = find(key, actor)
    links.remove(one(row.links.filter(key=link)), by=actor)
    return shown(row, actor)


def find(key: str, actor: Actor) -> ObjectType:
    """Return a type to design, an archived one too, or answer 404; 403 to who may design none."""
    actor.require(DESIGN)
    return _named(key, actor)


def _named(key: str, actor: Actor) -> ObjectType:
    found = next((row for row in ObjectType.known().values() if row.key == key and _sees(row, actor)), None)
    if found is None:
        raise Http404
    return found


def _sees(row: ObjectType, actor: Actor) -> bool:
    return actor.may(DESIGN) or (row.archived_at is None and actor.may(row.right_for(VIEW)))


def shown(row: ObjectType, actor: Actor) -> dict[str, Any]:
    """Return a type as a `TypeOut`."""
    seen = queries.links_of(row) if actor.may(DESIGN) else queries.links_for(row, actor)
    return {
        **{name: getattr(row, name) for name in NAMES},
        "restricted": row.restricted_at is not None,
        "fields": [field_of(one) for one in fields.live(row.noun)],
        "links": [_link(link) for link in seen],
        "may": [right.name.rpartition(".")[2] for right in OWN_RIGHTS if actor.may(row.right_for(right))],
    }


def _link(link: Link) -> dict[str, Any]:
    own = {name: getattr(link, name) for name in ("id", "key", "label", "back_label", "required")}
    return {**own, "to": ObjectType.known()[link.to_id].key}


def _given(payload: Schema) -> dict[str, Any]:
    """Return what was sent, without what is null: every value of a type and a link is a text or a choice."""
    return {name: value for name, value in payload.model_dump(exclude_unset=True).items() if value is not None}
