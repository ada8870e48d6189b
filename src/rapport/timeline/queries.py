"""The timeline: the events of a customer, newest first, read page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise as LazyText

from rapport.customers.models import Customer
from rapport.kernel.actors import Actor
from rapport.kernel.events import EVENTS, EventType
from rapport.kernel.models import EventRecord
from rapport.kernel.paging import beyond
from rapport.kernel.written import KEY, Written
from rapport.timeline.models import Activity
from rapport.timeline.permissions import VIEW

PAGE = 30
ACTIVITY = Activity._meta.label_lower


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """One line of the timeline: `sentence` tells it, `text` is what was said."""

    id: UUID
    type: str
    label: str | LazyText
    group: str
    icon: str
    direction: str
    at: datetime
    sentence: str
    text: str
    by: str
    via: str
    data: dict[str, Any]
    subject_type: str
    subject_id: UUID | None
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some touchpoints and the cursor of the next ones, None after the last."""

    items: list[Touchpoint]
    next: tuple[datetime, UUID] | None


@dataclass(frozen=True, slots=True)
class Hidden:
    """Events of some types that an actor does not see: those whose data have one of `values` under `name`."""

    types: tuple[str, ...]
    name: str
    values: tuple[str, ...]


class _Row(NamedTuple):
    """What the timeline shows of an event."""

    pk: UUID
    type: str
    at: datetime
    actor_name: str
    via: str
    data: dict[str, Any]
    subject_type: str
    subject_id: UUID | None


_pages, _counts = Written(), Written()
_hiding: list[Callable[[Actor], Hidden]] = []


def hide_with(source: Callable[[Actor], Hidden]) -> None:
    """Ask `source` what of the timelines an actor does not see."""
    _hiding.append(source)


def of_customer(
    customer: Customer | UUID,
    actor: Actor,
    *,
    group: str = "",
    before: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Page:
    """Return the newest `limit` touchpoints of a customer, of one group or all, older than the cursor `before`.

    The customer may be given by the key. Log entries read as they read now, and those in the trash are left out.
    Somebody without the right to timelines gets an empty page.
    """
    if not actor.may(VIEW):
        return Page([], None)
    hidden = _hidden(actor)
    rows = _pages.rows(
        (group, before, limit, hidden),
        lambda: _rows(KEY, group, before, hidden).values_list(*_Row._fields)[: limit + 1],
        {KEY: customer if isinstance(customer, UUID) else customer.pk},
    )
    page = [_Row(*row) for row in rows[:limit]]
    more = (page[-1].at, page[-1].pk) if len(rows) > limit else None
    return Page(_as_they_read_now([touchpoint(row, EVENTS[row.type]) for row in page]), more)


def count(customer: Customer, actor: Actor, *, group: str = "", at_most: int = 1_000) -> int:
    """Return how many touchpoints of a customer an actor sees, counting no further than `at_most`."""
    hidden = _hidden(actor)
    asked = (group, hidden, at_most)
    return _counts.count(asked, lambda: _rows(KEY, group, None, hidden).order_by()[:at_most], {KEY: customer.pk})


def groups() -> list[str]:
    """Return the groups of touchpoints, for the filter chips."""
    return sorted({kind.group for kind in EVENTS.values() if kind.timeline})


def touchpoint(row: EventRecord | _Row, kind: EventType) -> Touchpoint:
    """Return the event `row` as a line of the timeline."""
    return Touchpoint(
        id=row.pk,
        type=row.type,
        label=kind.label,
        group=kind.group,
        icon=kind.icon,
        direction=kind.direction,
        at=row.at,
        sentence=kind.tell(row.data),
        text=str(row.data.get("text", "")),
        by=row.actor_name,
        via=row.via,
        data=row.data,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
    )


def _as_they_read_now(items: list[Touchpoint]) -> list[Touchpoint]:
    """Return `items` with the present text of log entries, without those that were removed."""
    logged = {item.subject_id for item in items if item.subject_type == ACTIVITY and item.subject_id}
    if not logged:
        return items
    present = dict(Activity.objects.filter(pk__in=logged, deleted_at__isnull=True).values_list("pk", "text"))
    kept = [item for item in items if item.subject_type != ACTIVITY or item.subject_id in present]
    return [_reading(item, present[item.subject_id]) if item.subject_id in present else item for item in kept]


def _reading(item: Touchpoint, text: str) -> Touchpoint:
    return item if item.text == text else replace(item, text=text, edited=True)


def _hidden(actor: Actor) -> tuple[Hidden, ...]:
    return tuple(one for source in _hiding if (one := source(actor)).values)


def _rows(
    customer_id: UUID, group: str, before: tuple[datetime, UUID] | None, hidden: tuple[Hidden, ...]
) -> QuerySet[EventRecord]:
    shown = [name for name, kind in EVENTS.items() if kind.timeline and group in ("", kind.group)]
    rows = EventRecord.objects.filter(customer_id=customer_id, type__any=shown).order_by("-at", "-id")
    for one in hidden:
        rows = rows.exclude(type__in=one.types, **{f"data__{one.name}__in": one.values})
    return rows.filter(beyond("at", *before)) if before else rows
