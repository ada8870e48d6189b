"""Everything that the page of a record shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import Is, Op, text
from rapport.kernel.events import EVENTS
from rapport.kernel.fields import live
from rapport.kernel.models import EventRecord
from rapport.kernel.paging import beyond
from rapport.objects.models import Link, ObjectType, Record
from rapport.objects.permissions import CHANGE, DELETE
from rapport.objects.queries import links_of, links_to
from rapport.staff.objects.choosing import said
from rapport.staff.objects.forms import LINK
from rapport.staff.objects.listings import edit_url, href
from rapport.staff.record import cursors
from rapport.staff.record.facts import own
from rapport.staff.record.telling import Day, Line, days
from rapport.timeline.queries import touchpoint
from rapport.ui.components.parts import Fact
from rapport.ui.navigation import at

SHOWN = 8
EVENTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Linked:
    """The records of another type that lead here: the first of them, and where all are and one more is added."""

    label: str
    icon: str
    rows: list[tuple[Record, str]]
    everything: str
    add: str


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A record with what is known of it, whose it is, what it leads to and what leads to it, and its history."""

    record: Record
    kind: ObjectType
    customer: Customer | None
    facts: list[Fact]
    leads: list[Fact]
    linked: list[Linked]
    days: list[Day]
    older: str
    edit: str
    may_delete: bool


def page_of(row: Record, actor: Actor, currency: str, before: tuple[datetime, UUID] | None = None) -> RecordPage:
    """Return the page of a record, with its history older than `before`."""
    kind = row.kind
    events, older = history(row, before)
    customer = row.customer if row.customer and actor.may(CUSTOMERS) else None
    if customer and not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        customer = None
    return RecordPage(
        record=row,
        kind=kind,
        customer=customer,
        facts=own(kind.noun, row.custom, currency),
        leads=leads(row, actor),
        linked=[_linked(row, link, actor) for link in links_to(kind) if _may_see(link.type_id, actor)],
        days=[_detailed(day, events, kind) for day in days(touchpoint(one, EVENTS[one.type]) for one in events)],
        older=older,
        edit=edit_url(row, actor),
        may_delete=actor.may(row.right_for(DELETE)),
    )


def leads(row: Record, actor: Actor) -> list[Fact]:
    """Return what a record leads to, linked where the actor may see it."""
    links = [link for link in links_of(row.kind) if getattr(row, f"{link.attr}_id")]
    ids = [getattr(row, f"{link.attr}_id") for link in links]
    seen = Record.objects.visible_to(actor).defer("search").in_bulk(ids) if ids else {}
    found = []
    for link, key in zip(links, ids, strict=True):
        there = seen.get(key)
        found.append(
            Fact(link.label, there.label if there else _("not within your reach"), href(there) if there else "")
        )
    return found


def history(row: Record, before: tuple[datetime, UUID] | None) -> tuple[list[EventRecord], str]:
    """Return some events of a record, the newest first, and the cursor of the older ones ("": none)."""
    rows: QuerySet[EventRecord] = EventRecord.objects.filter(
        subject_type=Record._meta.label_lower, subject_id=row.pk
    ).order_by("-at", "-id")
    if before:
        rows = rows.filter(beyond("at", *before))
    found = list(rows[: EVENTS_SHOWN + 1])
    shown = found[:EVENTS_SHOWN]
    return shown, cursors.write((shown[-1].at, shown[-1].pk)) if len(found) > len(shown) else ""


def _detailed(day: Day, events: list[EventRecord], kind: ObjectType) -> Day:
    """Return a day whose lines say who did it, and what plain values were and are."""
    by_id = {one.pk: one for one in events}
    return replace(day, lines=[_told(line, by_id[line.id], kind) for line in day.lines])


def _told(line: Line, event: EventRecord, kind: ObjectType) -> Line:
    """Return a line without the name of the record, on whose own page it stands."""
    title = capfirst(event.data["summary"]) if "summary" in event.data else str(EVENTS[event.type].label)
    return replace(line, title=title, detail=_detail(event, kind), href="")


def _detail(event: EventRecord, kind: ObjectType) -> str:
    words = {f"custom.{field.key}": field.label for field in live(kind.noun)}
    words |= {"name": kind.name_label or _("Name"), "reference": _("Number in another system")}
    changes = event.data.get("changes", {})
    told = [f"{words[key]}: {_value(old)} → {_value(new)}" for key, (old, new) in changes.items() if key in words]
    return " · ".join([event.actor_name, *told])


def _value(value: Any) -> str:
    if value in (None, "", []):
        return "–"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _linked(row: Record, link: Link, actor: Actor) -> Linked:
    other = ObjectType.known()[link.type_id]
    rows = Record.objects.visible_to(actor).live().filter(type=other, **{link.attr: row}).defer("search")
    found = list(rows.order_by("-created_at", "-pk")[:SHOWN])
    condition = text(Is(field=f"{link.key}.number", op=Op.EQ, value=row.number))
    may_add = actor.may(other.right_for(CHANGE)) and row.deleted_at is None
    add = f"{at('staff:objects_add', other.key)}?{urlencode({f'{LINK}{link.key}': said(row)})}" if may_add else ""
    everything = f"{at('staff:objects', other.key)}?{urlencode({'f': condition})}" if len(found) == SHOWN else ""
    return Linked(link.back_label, other.icon, [(one, href(one)) for one in found], everything, add)


def _may_see(key: UUID, actor: Actor) -> bool:
    kind: Any = ObjectType.known()[key]
    return actor.may(kind.right_for(Record.VIEW))
