"""How the records of a type are listed: its columns follow from what the type declares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext as _said
from django.utils.translation import gettext_lazy as _

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import Is, Op, text
from rapport.kernel.fields import InvalidField, live
from rapport.kernel.models import CustomField
from rapport.objects.models import Link, ObjectType, Record
from rapport.objects.permissions import CHANGE, DELETE, EXPORT, VIEW
from rapport.objects.queries import links_of, looked_for, types
from rapport.objects.services import records
from rapport.staff.addresses import address
from rapport.staff.custom_inputs import custom_input, plain
from rapport.staff.listing import custom
from rapport.staff.listing.nouns import OWN, Action, Add, Board, Column, Edit, Empty, Listing, Look, Preset, Sort
from rapport.staff.objects import verbs
from rapport.team.models import User
from rapport.ui import formats
from rapport.ui.components import leaves

SHOWN = 4
TRASH = ".trash"
UNSHOWN = frozenset({CustomField.Type.LONG_TEXT, CustomField.Type.URL})


def listing_of(kind: ObjectType) -> Listing:
    """Return the list of the records of a type."""
    return Listing(
        name=kind.noun,
        root=kind.noun,
        title=kind.plural,
        url_name="staff:objects",
        args=(kind.key,),
        right=kind.right_for(VIEW),
        rows=lambda actor: _rows(kind, actor).live(),
        load=load,
        columns=columns(kind),
        sort="-created",
        counted=lambda number: _counted(kind, number),
        href=href,
        label=str,
        search=looked_for,
        search_hint=_said("%(name)s, number or text") % {"name": kind.name_label or _said("Name")},
        empty=Empty(
            _said("%(things)s: none yet") % {"things": kind.plural}, kind.description or _NOTHING, kind.icon,
            _said("Add: %(thing)s") % {"thing": kind.name}, "staff:objects_add", kind.right_for(CHANGE), (kind.key,),
        ),
        presets=(
            Preset("all", _("All")),
            Preset("mine", _("Mine"), "owner = me"),
            Preset("new", _("New this month"), "created within this month", "-created"),
        ),
        verbs=verbs.of_list(kind),
        export=kind.right_for(EXPORT),
        suggested=("name", "owner", *(f"custom.{field.key}" for field in live(kind.noun)), "created"),
        actions=(
            Action(_("Trash"), "staff:objects_trash", "trash", kind.right_for(DELETE), "quiet", args=(kind.key,)),
            Action(_("Add"), "staff:objects_add", "plus", kind.right_for(CHANGE), "primary", "n", (kind.key,)),
        ),
        edit=lambda row, look: edit_url(row, look.actor),
        boards=boards(kind),
        adds=Add(
            kind.right_for(CHANGE), _said("Add: %(thing)s") % {"thing": kind.name},
            lambda name, actor: records.add(kind, by=actor, name=name), "objects.record_added", verbs.untouch,
            (InvalidField, records.Archived, *verbs.REFUSALS),
        ),
    )  # fmt: skip


def trash_of(kind: ObjectType) -> Listing:
    """Return the list of the records of a type that are in the trash."""
    whole = listing_of(kind)
    kept = tuple(replace(one, edit=None) for one in whole.columns if one.sort is None or one.key != "name")
    name = next(one for one in whole.columns if one.key == "name")
    return replace(
        whole,
        name=f"{kind.noun}{TRASH}",
        title=_said("%(things)s: trash") % {"things": kind.plural},
        url_name="staff:objects_trash",
        right=kind.right_for(DELETE),
        rows=lambda actor: _rows(kind, actor, DELETE).filter(deleted_at__isnull=False),
        columns=(replace(name, sort=None, edit=None), *kept),
        empty=Empty(_("The trash is empty"), _("What is moved here can be restored for 30 days."), "trash"),
        presets=(Preset("all", _("All")),),
        verbs=verbs.of_trash(kind),
        export=None,
        actions=(),
        edit=None,
        boards=(),
        adds=None,
    )


def named(name: str) -> Listing | None:
    """Return the list of this name when it is one of a type that is not archived."""
    of, make = (name.removesuffix(TRASH), trash_of) if name.endswith(TRASH) else (name, listing_of)
    kind = next((one for one in types() if one.noun == of), None)
    return make(kind) if kind else None


def _rows(kind: ObjectType, actor: Actor, right: Any = None) -> Any:
    return Record.objects.visible_to(actor, right).filter(type=kind)


def load(ids: Sequence[UUID], look: Look, keys: Collection[str]) -> list[Record]:
    """Return the records of `ids` in that order, with their customers, owners and what they lead to."""
    joins = [key for key in ("customer", "owner") if key in keys]
    links = [key for key in keys if key.startswith("link_")]
    by_id = Record.objects.defer("search").select_related(*joins, *links).in_bulk(ids)
    return [by_id[key] for key in ids if key in by_id]


def _counted(kind: ObjectType, number: int) -> str:
    return f"{formats.number(number)} {formats.inside(kind.name if number == 1 else kind.plural)}"


def href(row: Record) -> str:
    """Return the page of a record."""
    return address("staff:record", row.pk, row.kind.key)


def edit_url(row: Record, actor: Actor) -> str:
    """Return where a record is changed, "" where the actor may not or it is in the trash."""
    may = actor.may(row.right_for(CHANGE)) and row.deleted_at is None
    return address("staff:record_edit", row.pk, row.kind.key) if may else ""


def columns(kind: ObjectType) -> tuple[Column, ...]:
    """Return the columns of a type: name, whose it is, where it leads, its own fields, and who looks after it."""
    change = _changer(kind)
    own = custom.columns(kind.noun, lambda row: row.custom, lambda field: _own(field, change))
    named = Column(
        "name", kind.name_label or _("Name"), _name, lambda row, look: row.label, "main",
        sort=Sort("name", only=Q(deleted_at=None)),
        edit=change(
            lambda: forms.CharField(max_length=200, required=False),
            lambda row: row.name,
            lambda row, actor, value: records.change(row, by=actor, name=value),
        ),
    )  # fmt: skip
    found = [named, Column("number", _("Number"), lambda row, look: row.code, lambda row, look: row.code, "muted",
                           sort=Sort("number"), shown=False)]  # fmt: skip
    if kind.of_customers:
        found.append(Column("customer", _("Customer"), _customer, _customer_plain, clip=True))
    found += [_link(link) for link in links_of(kind)]
    offered = [field for field in live(kind.noun) if field.type not in UNSHOWN][:SHOWN]
    shown = {f"{OWN}{field.key}" for field in offered}
    found += [replace(one, shown=one.key in shown) for one in own]
    return (*found, *_kept(change))


def _kept(change: Callable[..., Edit]) -> tuple[Column, ...]:
    """Return the columns that records of every type have at the end."""
    staff = User.objects.filter(deactivated_at__isnull=True)
    owner = change(
        lambda: forms.ModelChoiceField(staff, required=False, empty_label=_("Nobody")),
        lambda row: row.owner_id,
        lambda row, actor, value: records.change(row, by=actor, owner=value),
    )
    return (
        Column("owner", _("Owner"), lambda row, look: row.owner.name if row.owner else leaves.EMPTY,
               lambda row, look: row.owner.name if row.owner else "", "muted", edit=owner),
        Column("reference", _("Number in another system"), lambda row, look: row.reference or leaves.EMPTY,
               lambda row, look: row.reference, "muted", shown=False),
        Column("created", _("Added"), lambda row, look: leaves.when(row.created_at, "day"),
               lambda row, look: row.created_at, "muted", sort=Sort("created_at")),
        Column("updated", _("Changed"), lambda row, look: leaves.when(row.updated_at, "day"),
               lambda row, look: row.updated_at, "muted", shown=False),
    )  # fmt: skip


def _changer(kind: ObjectType) -> Callable[..., Edit]:
    """Return how a cell of the type is described: by its input, its value and its change."""
    refusals = (InvalidField, *verbs.REFUSALS)
    return lambda field, value, change: Edit(
        kind.right_for(CHANGE), field, value, change, verbs.unchange, refusals
    )  # fmt: skip


def _own(field: CustomField, change: Callable[..., Edit]) -> Edit:
    return change(
        lambda: custom_input(field),
        lambda row: row.custom.get(field.key),
        lambda row, actor, value: records.change(row, by=actor, custom={field.key: plain(value)}),
    )


def _name(row: Record, look: Look) -> object:
    return format_html('<a href="{}" data-open>{}</a>', href(row), row.label)


def _customer(row: Record, look: Look) -> object:
    if row.customer is None:
        return leaves.EMPTY
    return leaves.who(row.customer.label, address("staff:customer", row.customer.pk), row.customer.kind)


def _customer_plain(row: Record, look: Look) -> str:
    return row.customer.label if row.customer else ""


def _link(link: Link) -> Column:
    def cell(row: Record, look: Look) -> object:
        there: Record | None = getattr(row, link.attr)
        return format_html('<a href="{}">{}</a>', href(there), there.label) if there else leaves.EMPTY

    def said(row: Record, look: Look) -> str:
        return str(getattr(row, link.attr) or "")

    return Column(link.attr, link.label, cell, said, clip=True)


def boards(kind: ObjectType) -> tuple[Board, ...]:
    """Return a board for each field that is one of a few."""
    return tuple(_board(field) for field in live(kind.noun) if field.type == CustomField.Type.CHOICE)


def _board(field: CustomField) -> Board:
    key, name = f"{OWN}{field.key}", f"custom.{field.key}"
    return Board(
        key,
        _said("Board by %(field)s") % {"field": formats.inside(field.label)},
        f"custom__{field.key}",
        lambda: [("", _said("Nothing")), *((one, one) for one in field.options)],
        key,
        lambda group: text(Is(field=name, op=Op.EQ, value=group) if group else Is(field=name, op=Op.EMPTY)),
    )


_NOTHING = _("What is added or imported stands here.")
