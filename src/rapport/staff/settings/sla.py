"""How soon tickets are answered and solved: SLA policies, asked in order, with a look at what they would come to."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel import clock
from rapport.kernel.conditions import ConditionError
from rapport.service.clocks.ticking import Aim
from rapport.service.clocks.walk import OpenTime, TooFar
from rapport.service.models import Calendar, SlaPolicy, Ticket
from rapport.service.models.slas import LONGEST
from rapport.service.permissions import POLICIES
from rapport.service.services import policies as verbs
from rapport.service.services.calendars import NameTaken
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.asking import ConditionField, in_words, written
from rapport.staff.settings.tabs import part
from rapport.ui.toasts import tell

AIMS = {
    Aim.FIRST: gettext_lazy("First answer"),
    Aim.NEXT: gettext_lazy("Next answers"),
    Aim.SOLVE: gettext_lazy("Solution"),
}
USUAL = {"low": (480, 960, 4800), "normal": (240, 480, 2400), "high": (60, 240, 960), "urgent": (30, 60, 480)}
REFUSALS: Fields = {
    NameTaken: "name",
    verbs.AsksNothing: "condition",
    ConditionError: "condition",
    verbs.SecondFallback: "fallback",
    verbs.WrongTarget: None,
}
_LENGTH = re.compile(r"(?:(\d+(?:[.,]\d+)?)\s*h\w*)?\s*(?:(\d+)\s*(?:m\w*)?)?", re.IGNORECASE)


class LengthField(forms.CharField):
    """A length of open time, as in 4 h, 1 h 30 min or 45 min; in minutes."""

    def __init__(self, **values: object) -> None:
        super().__init__(required=False, max_length=20, **values)  # type: ignore[arg-type]

    def clean(self, value: object) -> int | None:
        """Return the minutes, None when nothing was written."""
        said = super().clean(value).strip()
        if not said:
            return None
        found = _LENGTH.fullmatch(said)
        hours, minutes = (found[1] or "0", found[2] or "0") if found else ("0", "0")
        total = round(float(hours.replace(",", ".")) * 60) + int(minutes)
        if not 1 <= total <= LONGEST:
            raise ValidationError(_("Write a length of time, such as 4 h or 1 h 30 min."))
        return total


class PolicyForm(forms.Form):
    """A policy with a target for each priority and kind of clock."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    calendar = forms.ModelChoiceField(label=gettext_lazy("Calendar"), queryset=Calendar.objects.all(), empty_label=None)
    fallback = forms.BooleanField(label=gettext_lazy("For all tickets that no other policy takes"), required=False)
    condition = ConditionField()

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        for priority, label in Ticket.Priority.choices:
            for aim, kind in AIMS.items():
                self.fields[f"{priority}_{aim}"] = LengthField(label=f"{label}: {kind}")

    def minutes(self) -> dict[str, dict[Aim, int | None]]:
        """Return the targets in minutes."""
        return {
            priority: {aim: self.cleaned_data[f"{priority}_{aim}"] for aim in AIMS}
            for priority in Ticket.Priority.values
        }

    def grid(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Return the fields of the targets by priority."""
        return [
            (str(label), [self[f"{priority}_{aim}"] for aim in AIMS]) for priority, label in Ticket.Priority.choices
        ]


@require_safe
def policies(request: StaffRequest) -> HttpResponse:
    """List the policies in the order in which they are asked."""
    request.actor.require(POLICIES)
    rows = [(row, _asks(row), _soonest(row)) for row in _all()]
    return part(request, "sla_policies", {"rows": rows, "calendars": Calendar.objects.exists()})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a policy after the others."""
    request.actor.require(POLICIES)
    usual = {f"{one}_{aim}": length(row[n]) for one, row in USUAL.items() for n, aim in enumerate(AIMS)}
    form = PolicyForm(request.POST or None, initial={"fallback": not SlaPolicy.objects.exists(), **usual})
    if form.is_valid():
        with told_by(form, REFUSALS):
            given = form.cleaned_data
            made = verbs.add(
                given["name"], given["calendar"], form.minutes(), by=request.actor, condition=given["condition"],
                fallback=given["fallback"],
            )  # fmt: skip
            tell(request, _("Policy %(name)s added. What is due follows in a moment.") % {"name": made.name})
            return redirect("staff:sla_policy", made.pk)
    context: dict[str, object] = {"form": form, "aims": AIMS.values(), "calendars": Calendar.objects.exists()}
    return part(request, "sla_policies", context, template="sla_policy", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def policy(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a policy."""
    request.actor.require(POLICIES)
    row = get_object_or_404(_all(), pk=pk)
    form = PolicyForm(request.POST or None, initial=_initial(row))
    if form.is_valid():
        with told_by(form, REFUSALS):
            given = form.cleaned_data
            verbs.change(
                row, by=request.actor, name=given["name"], calendar=given["calendar"], minutes=form.minutes(),
                condition=given["condition"], fallback=given["fallback"],
            )  # fmt: skip
            tell(request, _("Saved. What is due follows in a moment."))
            return redirect("staff:sla_policy", pk)
    context: dict[str, object] = {
        "form": form, "policy": row, "aims": AIMS.values(), "calendars": True, "forecast": forecast(row, clock.now()),
        "now": clock.now(), "tickets": row.tickets.running().count(),
    }  # fmt: skip
    return part(request, "sla_policies", context, template="sla_policy", status=422 if form.is_bound else 200)


@require_POST
def up(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Ask a policy before the one above it."""
    request.actor.require(POLICIES)
    keys = list(SlaPolicy.objects.values_list("pk", flat=True))
    place = keys.index(get_object_or_404(SlaPolicy, pk=pk).pk)
    if place:
        keys[place - 1], keys[place] = keys[place], keys[place - 1]
        verbs.put_in_order(keys, by=request.actor)
    return redirect("staff:sla_policies")


@require_POST
def remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Remove a policy."""
    row = get_object_or_404(SlaPolicy, pk=pk)
    verbs.remove(row, by=request.actor)
    tell(request, _("Policy %(name)s removed.") % {"name": row.name})
    return redirect("staff:sla_policies")


def length(minutes: int | None) -> str:
    """Return minutes as people write them: 1 h 30 min."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (f"{hours} h" if hours else "", f"{rest} min" if rest else "") if part)


def forecast(row: SlaPolicy, now: datetime) -> list[tuple[str, list[datetime | None]]]:
    """Return when a ticket that is opened now would be due, by priority and kind of clock, in the calendar's zone."""
    hours = OpenTime(row.calendar.timetable())
    targets = {one.priority: one for one in row.targets.all()}
    return [
        (str(label), [_due(hours, now, targets[priority].minutes(aim)) for aim in AIMS])
        for priority, label in Ticket.Priority.choices
        if priority in targets
    ]


def _due(hours: OpenTime, now: datetime, minutes: int | None) -> datetime | None:
    try:
        return None if minutes is None else hours.add(now, timedelta(minutes=minutes))
    except TooFar:
        return None


def _initial(row: SlaPolicy) -> dict[str, object]:
    targets = {f"{one.priority}_{aim}": length(one.minutes(aim)) for one in row.targets.all() for aim in AIMS}
    return {
        "name": row.name, "calendar": row.calendar_id, "fallback": row.fallback, "condition": written(row.condition),
        **targets,
    }  # fmt: skip


def _asks(row: SlaPolicy) -> str:
    """Return in words for which tickets a policy is."""
    if row.condition is None:
        return _("All tickets that no other policy takes") if row.fallback else ""
    return in_words(row.condition)


def _soonest(row: SlaPolicy) -> list[tuple[str, str]]:
    """Return the targets for the usual priority in words."""
    usual = next((one for one in row.targets.all() if one.priority == Ticket.Priority.NORMAL), None)
    return [(str(label), length(usual.minutes(aim))) for aim, label in AIMS.items() if usual and usual.minutes(aim)]


def _all() -> QuerySet[SlaPolicy]:
    return SlaPolicy.objects.select_related("calendar").prefetch_related("targets", "calendar__days")
