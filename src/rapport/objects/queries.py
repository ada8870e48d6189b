"""The questions about custom objects: which types there are, their links, and what belongs to a customer."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import QuerySet

from rapport.kernel import search
from rapport.kernel.actors import Actor
from rapport.kernel.events import EVENTS
from rapport.kernel.permissions import OutOfReach, Right, declare_with
from rapport.kernel.remembered import Remembered
from rapport.objects.models import Link, ObjectType, Record
from rapport.objects.models.object_type import OWN_RIGHTS
from rapport.objects.permissions import VIEW
from rapport.timeline.queries import Hidden, hide_with

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,5}-\d+")


def types() -> list[ObjectType]:
    """Return the types that are not archived, in their order."""
    return [row for row in ObjectType.known().values() if row.archived_at is None]


def types_for(actor: Actor, right: Right = VIEW) -> list[ObjectType]:
    """Return the types that are not archived whose records `actor` may look at, or what else `right` says."""
    return [row for row in types() if actor.may(row.right_for(right))]


def type_of(key: str, actor: Actor, right: Right = VIEW) -> ObjectType:
    """Return the type of this key. Raises `OutOfReach` where the actor has no right to it or there is none."""
    found = next((row for row in types_for(actor, right) if row.key == key), None)
    if found is None:
        raise OutOfReach
    return found


def links_of(row: ObjectType) -> list[Link]:
    """Return the links of a type whose other side is not archived, in their order."""
    known = ObjectType.known()
    return [link for link in _links() if link.type_id == row.pk and known[link.to_id].archived_at is None]


def links_for(row: ObjectType, actor: Actor) -> list[Link]:
    """Return the links of a type whose other side `actor` may look at, in their order."""
    known = ObjectType.known()
    return [link for link in links_of(row) if actor.may(known[link.to_id].right_for(VIEW))]


def links_to(row: ObjectType) -> list[Link]:
    """Return the links that lead to records of a type, from types that are not archived."""
    known = ObjectType.known()
    return [link for link in _links() if link.to_id == row.pk and known[link.type_id].archived_at is None]


def looked_for(rows: QuerySet[Record], typed: str) -> QuerySet[Record]:
    """Return those of `rows` that fit what was typed: words of a name or a text, a number, one in another system."""
    text, asked = typed.strip(), search.query(typed)
    if asked is None:
        return rows.none()
    if _CODE.fullmatch(text):
        return rows.filter(search=search.Query(f"{search.starts(text.lower())} | {asked.text}"))
    return rows.filter(search=asked)


def unseen(actor: Actor) -> Hidden:
    """Return the events of records whose type `actor` may not look at."""
    keys = [row.key for row in ObjectType.known().values() if not actor.may(row.right_for(VIEW))]
    return Hidden(tuple(name for name in EVENTS if name.startswith("objects.record_")), "key", tuple(keys))


def own_rights() -> Iterable[Right]:
    """Return the rights of the restricted types."""
    return [row.own_right(right) for row in types() if row.restricted_at for right in OWN_RIGHTS]


_links = Remembered(lambda: tuple(Link.objects.all()), Link)
declare_with(own_rights)
hide_with(unseen)
