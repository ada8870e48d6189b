"""Who changed what: the news of the installation, the newest first, read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rapport.customers.models import Customer
from rapport.kernel.events import EVENTS
from rapport.kernel.models import EventRecord
from rapport.kernel.paging import beyond
from rapport.staff.record import cursors
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.permissions import EVENTS as AUDIT
from rapport.ui.components.parts import Chip

PAGE = 50
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit: when, who, by which way, what, of whom, and the values before and after."""

    at: datetime
    who: str
    via: str
    what: str
    icon: str
    customer: Customer | None
    changes: list[tuple[str, str, str]]


@require_safe
def audit(request: StaffRequest) -> HttpResponse:
    """Show who changed what; `of=house` is what concerns no customer: staff, settings, products, numbers."""
    request.actor.require(AUDIT)
    house = request.GET.get("of") == "house"
    rows = list(_rows(cursors.read(request.GET.get("before", "")), house=house)[: PAGE + 1])
    older = cursors.write((rows[PAGE - 1].recorded_at, rows[PAGE - 1].pk)) if len(rows) > PAGE else ""
    chips = [
        Chip(_("Everything"), href="?", current=not house),
        Chip(_("Staff and settings"), href="?of=house", current=house),
    ]
    context: dict[str, object] = {
        "entries": _entries(rows[:PAGE], request),
        "older": older,
        "area": "house" if house else "",
        "chips": chips,
    }
    return part(request, "audit", context)


def _rows(before: cursors.Cursor | None, *, house: bool) -> QuerySet[EventRecord]:
    rows = EventRecord.objects.order_by("-recorded_at", "-id")
    if house:
        rows = rows.filter(customer_id__isnull=True)
    return rows.filter(beyond("recorded_at", *before)) if before else rows


def _entries(rows: list[EventRecord], request: StaffRequest) -> list[Entry]:
    wanted = {row.customer_id for row in rows if row.customer_id}
    reached = Customer.objects.visible_to(request.actor)
    known: dict[Any, Customer] = reached.in_bulk(list(wanted)) if wanted else {}
    return [
        Entry(
            at=row.recorded_at,
            who=row.actor_name,
            via=row.via,
            what=capfirst(EVENTS[row.type].tell(row.data)) if row.type in EVENTS else row.type,
            icon=EVENTS[row.type].icon if row.type in EVENTS else "point",
            customer=known.get(row.customer_id),
            changes=list(_changes(row.data)),
        )
        for row in rows
    ]


def _changes(data: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield field, value before and value after of an event that tells them."""
    pairs = data.get("changes")
    if isinstance(pairs, dict):
        for name, values in pairs.items():
            if isinstance(values, list) and len(values) == 2:
                yield name, _short(values[0]), _short(values[1])
    before, after = data.get("before"), data.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        for name in sorted({*before, *after}):
            if before.get(name) != after.get(name):
                yield name, _short(before.get(name)), _short(after.get(name))


def _short(value: Any) -> str:
    if value in (None, ""):
        return "–"
    text = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
