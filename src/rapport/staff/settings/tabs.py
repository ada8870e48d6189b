"""The parts of the settings, as tabs that their reader may open."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from rapport.calls.permissions import MANAGE as CALLS
from rapport.conversations.permissions import MANAGE as CHAT
from rapport.customers.permissions import FIELDS, IMPORT
from rapport.insight.permissions import CHANGE as INSIGHT
from rapport.kernel.permissions import Right
from rapport.meetings.permissions import MANAGE as MEETINGS
from rapport.service.permissions import POLICIES
from rapport.staff.requests import StaffRequest
from rapport.team.permissions import EVENTS, MANAGE, SETTINGS
from rapport.ui.components.parts import Tab
from rapport.ui.navigation import Text

PARTS: Sequence[tuple[str, Text, Right]] = (
    ("organisation", _("Organisation"), SETTINGS),
    ("portal", _("Customer portal"), SETTINGS),
    ("users", _("Users"), MANAGE),
    ("teams", _("Teams"), MANAGE),
    ("roles", _("Roles"), MANAGE),
    ("custom_fields", _("Custom fields"), FIELDS),
    ("targets", _("Targets and weights"), INSIGHT),
    ("chat_sites", _("Chat"), CHAT),
    ("calendars", _("Calendars"), POLICIES),
    ("sla_policies", _("SLA policies"), POLICIES),
    ("phone", _("Phone"), CALLS),
    ("booking", _("Booking"), MEETINGS),
    ("surveys", _("Surveys"), POLICIES),
    ("tokens", _("API tokens"), MANAGE),
    ("imports", _("Imports"), IMPORT),
    ("sample", _("Sample data"), SETTINGS),
    ("audit", _("Audit"), EVENTS),
)


def tabs(request: StaffRequest, current: str) -> list[Tab]:
    """Return the parts that this reader may open."""
    found = []
    for name, label, right in PARTS:
        if not request.actor.may(right):
            continue
        try:
            found.append(Tab(str(label), reverse(f"staff:{name}"), current=name == current))
        except NoReverseMatch:
            continue
    return found


def part(
    request: StaffRequest, current: str, context: dict[str, object], *, template: str = "", status: int = 200
) -> HttpResponse:
    """Answer with one part of the settings below the tabs."""
    whole = {"tabs": tabs(request, current), **context}
    return render(request, f"staff/settings/{template or current}.html", whole, status=status)
