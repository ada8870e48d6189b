"""The customer page put together: head, panels, composer and timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rapport.calls.permissions import VIEW as CALLS
from rapport.commerce.permissions import VIEW as COMMERCE
from rapport.customers.models import Customer
from rapport.customers.permissions import CHANGE, DELETE, MERGE
from rapport.customers.permissions import VIEW as CUSTOMERS
from rapport.insight.permissions import VIEW as INSIGHT
from rapport.marketing.permissions import VIEW as SEGMENTS
from rapport.meetings.permissions import VIEW as MEETINGS
from rapport.objects.queries import types
from rapport.promises.permissions import VIEW as PROMISES
from rapport.staff.duplicates.beside import suspected
from rapport.staff.record import (
    advice,
    buying,
    calling,
    cursors,
    facts,
    header,
    kept,
    meeting,
    owed,
    relationship,
    segmented,
    signing_in,
)
from rapport.staff.record.composer import Composer, composer
from rapport.staff.record.known import Known
from rapport.staff.record.panels import Loaded, Panel, shown
from rapport.staff.record.telling import GROUPS, days
from rapport.staff.requests import StaffRequest
from rapport.timeline import queries as timeline
from rapport.timeline.permissions import LOG
from rapport.ui.components.parts import Chip

COUNT_TO = 1_000
EVENTS = 20

PANELS = [
    Panel("relationship", gettext_lazy("Relationship"), "staff/record/panels/relationship.html", relationship.load,
          INSIGHT, "left"),
    Panel("facts", gettext_lazy("Facts"), "staff/record/panels/facts.html", facts.load, CUSTOMERS, "left"),
    Panel("next", gettext_lazy("What to do next"), "staff/record/panels/next.html", advice.load, INSIGHT, slow=True),
    Panel("open", gettext_lazy("Open promises"), "staff/record/panels/open.html", owed.load, PROMISES),
    Panel("value", gettext_lazy("Value"), "staff/record/panels/value.html", buying.value, CUSTOMERS),
    Panel("orders", gettext_lazy("Orders"), "staff/record/panels/orders.html", buying.orders, COMMERCE),
    Panel("kept", gettext_lazy("More of theirs"), "staff/record/panels/kept.html", kept.load, CUSTOMERS),
    Panel("meetings", gettext_lazy("Meetings"), "staff/record/panels/meetings.html", meeting.load, MEETINGS),
    Panel("calls", gettext_lazy("Calls"), "staff/record/panels/calls.html", calling.load, CALLS),
    Panel("segments", gettext_lazy("Segments"), "staff/record/panels/segments.html", segmented.load, SEGMENTS),
    Panel("portal", gettext_lazy("Portal"), "staff/record/panels/signing_in.html", signing_in.load,
          CHANGE, slow=True),
]  # fmt: skip


def show(
    request: StaffRequest,
    customer: Customer,
    *,
    open_composer: Composer | None = None,
    refused: Mapping[str, Loaded] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with the whole page; `open_composer` and `refused` (by panel) bring forms that were refused."""
    actor, group = request.actor, chosen_group(request)
    known = Known(customer, actor)
    context = {
        **head(known),
        "left": shown(PANELS, known, "left", refused),
        "right": shown(PANELS, known, "right", refused),
        "composer": open_composer or _composer(request, customer),
        "chips": chips(group),
        "suspected": [] if customer.deleted_at else suspected(customer, actor),
        **events(request, customer, group),
    }
    if not request.GET.get("before"):
        context["touchpoints"] = count_said(timeline.count(customer, actor, group=group, at_most=COUNT_TO))
    return render(request, "staff/record/page.html", context, status=status)


def _composer(request: StaffRequest, customer: Customer) -> Composer | None:
    called = bool(request.GET.get("called"))
    return composer(customer, request.actor, request.GET.get("compose", ""), called=called)


def head(known: Known) -> dict[str, Any]:
    """Return what the head of the page shows."""
    return {
        "customer": known.customer,
        "pills": header.pills(known),
        "line": header.line(known),
        "email": known.main("email"),
        "phone": known.main("phone"),
        "may_change": known.actor.may(CHANGE),
        "may_delete": known.actor.may(DELETE),
        "may_merge": known.actor.may(MERGE),
    }


def events(request: StaffRequest, customer: Customer, group: str) -> dict[str, Any]:
    """Return one page of the timeline by days, and the address of the older ones."""
    before = cursors.read(request.GET.get("before", ""))
    page = timeline.of_customer(customer, request.actor, group=group, before=before, limit=EVENTS)
    return {
        "customer": customer,
        "days": days(page.items),
        "group": group,
        "after_day": request.GET.get("day", ""),
        "older": cursors.write(page.next) if page.next else "",
        "may_log": request.actor.may(LOG) and not customer.deleted_at,
    }


def chosen_group(request: StaffRequest) -> str:
    """Return the group of touchpoints that the reader chose, "" for all."""
    group = request.GET.get("group", "")
    return group if group in GROUPS else ""


def chips(group: str) -> list[Chip]:
    """Return the filter chips of the timeline."""
    unused = () if types() else ("objects",)
    known = [name for name in GROUPS if name in timeline.groups() and name not in unused]
    return [
        Chip(_("All"), href="?#timeline", current=not group),
        *(Chip(str(GROUPS[name]), href=f"?group={name}#timeline", current=name == group) for name in known),
    ]


def count_said(number: int) -> tuple[int, bool]:
    """Return the number of touchpoints and whether there are more than were counted."""
    return number, number >= COUNT_TO
