"""The panel of custom objects: what a customer has of each type, and where more of it is added."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from rapport.kernel.actors import Actor
from rapport.kernel.conditions import Is, Op, text
from rapport.objects.models import ObjectType, Record
from rapport.objects.permissions import CHANGE
from rapport.objects.queries import types_for
from rapport.staff.customers.choosing import said
from rapport.staff.objects.listings import href
from rapport.staff.record.known import Known
from rapport.ui.navigation import at

READ = 60
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """What a customer has of one type: the newest, where all are ("" when these are all), where one is added."""

    kind: ObjectType
    rows: list[tuple[Record, str]]
    everything: str
    add: str


def load(known: Known) -> dict[str, Any] | None:
    """Return what the customer has, type by type, and the types of which they have nothing; None without any type."""
    customer, actor = known.customer, known.actor
    kinds = [one for one in types_for(actor) if one.of_customers]
    if not kinds:
        return None
    rows = Record.objects.visible_to(actor).live().filter(customer=customer, type__in=kinds).defer("search")
    found = sorted(rows.order_by("-created_at", "-pk")[:READ], key=lambda row: str(row.type_id))
    held = {key: list(group) for key, group in groupby(found, key=lambda row: row.type_id)}
    more = len(found) == READ
    told = [_kept(one, held[one.pk], known, more=more) for one in kinds if one.pk in held]
    others = [] if customer.deleted_at else [(one, add_url(one, known)) for one in kinds if one.pk not in held]
    return {"held": told, "others": [(one, url) for one, url in others if url]}


def _kept(kind: ObjectType, rows: list[Record], known: Known, *, more: bool) -> Kept:
    everything = f"{at('staff:objects', kind.key)}?{urlencode({'f': condition(known.customer.number)})}"
    shown = [(row, href(row)) for row in rows[:SHOWN]]
    return Kept(kind, shown, everything if more or len(rows) > SHOWN else "", add_url(kind, known))


def add_url(kind: ObjectType, known: Known) -> str:
    """Return where one more of a type is added for a customer, "" where the reader may not."""
    if not _may_add(kind, known.actor) or known.customer.deleted_at:
        return ""
    return f"{at('staff:objects_add', kind.key)}?{urlencode({'customer': said(known.customer)})}"


def condition(number: int) -> str:
    """Return the filter of a list for what belongs to the customer of a number."""
    return text(Is(field="customer.number", op=Op.EQ, value=number))


def _may_add(kind: ObjectType, actor: Actor) -> bool:
    return actor.may(kind.right_for(CHANGE))
