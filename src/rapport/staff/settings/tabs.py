"""The parts of the settings, in groups, as their reader may open them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rapport.calls.permissions import MANAGE as CALLS
from rapport.conversations.permissions import MANAGE as CHANNELS
from rapport.customers.permissions import FIELDS, IMPORT
from rapport.insight.permissions import CHANGE as INSIGHT
from rapport.kernel.permissions import Right
from rapport.meetings.permissions import MANAGE as MEETINGS
from rapport.objects.permissions import DESIGN
from rapport.service.permissions import CHANGE as WORK
from rapport.service.permissions import MANAGE as SERVICE
from rapport.service.permissions import POLICIES
from rapport.staff.requests import StaffRequest
from rapport.team.permissions import EVENTS, MANAGE, SETTINGS
from rapport.ui.components.parts import Tab
from rapport.ui.navigation import Text

Part = tuple[str, Text, Right]
GROUPS: Sequence[tuple[Text, Sequence[Part]]] = (
    (
        _("Your firm"),
        (
            ("organisation", _("Organisation"), SETTINGS),
            ("portal", _("Customer portal"), SETTINGS),
            ("custom_fields", _("Custom fields"), FIELDS),
            ("object_types", _("Custom objects"), DESIGN),
            ("targets", _("Targets and weights"), INSIGHT),
        ),
    ),
    (
        _("People"),
        (
            ("users", _("Users"), MANAGE),
            ("teams", _("Teams"), MANAGE),
            ("roles", _("Roles"), MANAGE),
        ),
    ),
    (
        _("Channels"),
        (
            ("mailboxes", _("Mailboxes"), CHANNELS),
            ("chat_sites", _("Chat"), CHANNELS),
            ("phone", _("Phone"), CALLS),
            ("booking", _("Booking"), MEETINGS),
        ),
    ),
    (
        _("Service"),
        (
            ("queues", _("Queues"), SERVICE),
            ("agents", _("Agents"), SERVICE),
            ("statuses", _("Statuses"), SERVICE),
            ("service_rules", _("Rules"), SETTINGS),
            ("calendars", _("Calendars"), POLICIES),
            ("sla_policies", _("SLA policies"), POLICIES),
            ("surveys", _("Surveys"), POLICIES),
        ),
    ),
    (
        _("Texts"),
        (
            ("canned", _("Canned answers"), WORK),
            ("macros", _("Macros"), WORK),
            ("templates", _("Ticket templates"), WORK),
        ),
    ),
    (
        _("Data"),
        (
            ("imports", _("Imports"), IMPORT),
            ("tokens", _("API tokens"), MANAGE),
            ("sample", _("Sample data"), SETTINGS),
            ("audit", _("Audit"), EVENTS),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Group:
    """Some parts under one heading."""

    label: str
    parts: list[Tab]


def groups(request: StaffRequest, current: str) -> list[Group]:
    """Return the parts that this reader may open, group by group."""
    shown = []
    for label, parts in GROUPS:
        open_to = [
            Tab(str(words), reverse(f"staff:{name}"), current=name == current)
            for name, words, right in parts
            if request.actor.may(right)
        ]
        if open_to:
            shown.append(Group(str(label), open_to))
    return shown


def part(
    request: StaffRequest, current: str, context: dict[str, object], *, template: str = "", status: int = 200
) -> HttpResponse:
    """Answer with one part of the settings beside the list of all."""
    shown = groups(request, current)
    here = next((one.label for group in shown for one in group.parts if one.current), "")
    whole = {"groups": shown, "here": here, **context}
    return render(request, f"staff/settings/{template or current}.html", whole, status=status)
