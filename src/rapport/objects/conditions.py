"""What conditions can ask of custom objects: every type is a noun, and customers lead to those that are theirs."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from rapport.customers.conditions import staff
from rapport.kernel.conditions import All, Field, Is, News, Op, Relation, Root, Supplied, Type, supply_with
from rapport.kernel.remembered import Remembered
from rapport.objects.models import Link, ObjectType
from rapport.objects.permissions import VIEW

ABOUT = _("About")
CUSTOMER = "customer"


def supplied() -> Supplied:
    """Return the types that are not archived as nouns, and the relations that lead to them."""
    return _supplied()


def _read() -> Supplied:
    types = {row.pk: row for row in ObjectType.objects.filter(archived_at=None)}
    roots = {row.noun: _root(row) for row in types.values()}
    relations: dict[str, dict[str, Relation]] = {row.noun: {} for row in types.values()}
    relations[CUSTOMER] = {row.noun: _of_customer(row) for row in types.values() if row.of_customers}
    for link in Link.objects.filter(type__in=types, to__in=types):
        here, there = types[link.type_id], types[link.to_id]
        roots[here.noun].relations[link.key] = _along(link, there)
        relations[there.noun][_back_name(here, link)] = _back(link, here)
    return Supplied(roots, relations)


_supplied = Remembered(_read, ObjectType, Link)
supply_with(supplied)


def _root(row: ObjectType) -> Root:
    fields = [
        Field("name", row.name_label or _("Name"), Type.TEXT, group=ABOUT),
        Field("number", _("Number"), Type.NUMBER, whole=True, group=ABOUT),
        Field("reference", _("Number in another system"), Type.TEXT, group=ABOUT),
        Field("owner", _("Owner"), Type.CHOICE, orm="owner_id", key=UUID, choices=staff, group=ABOUT),
        Field("created", _("Added"), Type.DATETIME, orm="created_at", group=ABOUT),
        Field("updated", _("Changed"), Type.DATETIME, orm="updated_at", group=ABOUT),
        Field("type", _("Custom object"), Type.CHOICE, orm="type_id", key=UUID,
              choices=[(row.pk, row.plural)], offered=False),
        Field("trashed", _("In the trash since"), Type.DATETIME, orm="deleted_at", offered=False),
    ]  # fmt: skip
    made = Root(row.noun, row.name, Link._meta.app_label + ".Record", "custom", News(there="subject_id"))
    made.fields = {one.name: one for one in fields}
    if row.of_customers:
        customer = Relation(
            CUSTOMER, _("Customer"), CUSTOMER, here="customer_id", attr="customer", many=False, group=_("Customer")
        )
        made.relations = {CUSTOMER: customer}
    return made


def _live(row: ObjectType) -> All:
    """Return the condition on the table of all records that leads to those of one type."""
    return All(of=(Is(field="type", op=Op.EQ, value=str(row.pk)), Is(field="trashed", op=Op.EMPTY)))


def _of_customer(row: ObjectType) -> Relation:
    right = row.right_for(VIEW)
    return Relation(
        row.noun,
        row.plural,
        row.noun,
        there="customer_id",
        attr="records",
        only=_live(row),
        group=row.plural,
        right=right,
    )


def _along(link: Link, there: ObjectType) -> Relation:
    """Return the relation from a record to the one that it leads to."""
    return Relation(
        link.key, link.label, there.noun, here=f"{link.attr}_id", attr=link.attr, many=False, group=link.label,
        right=there.right_for(VIEW),
    )  # fmt: skip


def _back(link: Link, here: ObjectType) -> Relation:
    """Return the relation from a record to those that lead to it."""
    return Relation(
        _back_name(here, link), link.back_label, here.noun, there=f"{link.attr}_id", attr=f"linked_{link.slot}",
        only=_live(here), group=link.back_label, right=here.right_for(VIEW),
    )  # fmt: skip


def _back_name(here: ObjectType, link: Link) -> str:
    return f"{here.noun}_{link.key}"
