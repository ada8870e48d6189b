"""When somebody works: calendars with weekly hours, holidays and days that are different."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.kernel import clock
from rapport.service.clocks import ics
from rapport.service.clocks.timetable import WEEKDAYS, NoOpenHours, Timetable
from rapport.service.clocks.walk import OpenTime
from rapport.service.clocks.windows import DAY, NotHours, read, write
from rapport.service.clocks.windows import clock as time_of
from rapport.service.models import Calendar, CalendarDay
from rapport.service.permissions import POLICIES
from rapport.service.services import calendars as verbs
from rapport.staff import choices
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.queries import organisation
from rapport.ui.forms import DateInput
from rapport.ui.toasts import tell

NAMES = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
USUAL = {name: [["09:00", "17:00"]] for name in WEEKDAYS[:5]}
REFUSALS: Fields = {verbs.NameTaken: "name", verbs.UnknownZone: "zone", NoOpenHours: None}
SHOWN = timedelta(days=14)


class HoursField(forms.CharField):
    """From when until when it is open, as in 09:00–13:00, 14:00–17:00."""

    def __init__(self, **values: object) -> None:
        super().__init__(required=False, max_length=120, **values)  # type: ignore[arg-type]

    def clean(self, value: object) -> list[list[str]]:
        """Return the pairs of times."""
        try:
            return read(super().clean(value))
        except NotHours as error:
            raise ValidationError(str(error)) from error


class CalendarForm(forms.Form):
    """Name, zone and the hours of each weekday."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=lambda: [("UTC", "UTC"), *choices.zones()])

    def __init__(self, data: object = None, *, initial: dict[str, object] | None = None) -> None:
        super().__init__(data, initial=initial)  # type: ignore[arg-type]
        for name, label in zip(WEEKDAYS, NAMES, strict=True):
            self.fields[name] = HoursField(label=label)

    def hours(self) -> dict[str, list[list[str]]]:
        """Return the hours of each weekday."""
        return {name: self.cleaned_data[name] for name in WEEKDAYS}

    def week(self) -> list[forms.BoundField]:
        """Return the fields of the weekdays."""
        return [self[name] for name in WEEKDAYS]


class DayForm(forms.Form):
    """A day that is different."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DateInput())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    hours = HoursField(label=gettext_lazy("Hours"), help_text=gettext_lazy("Empty means closed all day."))


class FileForm(forms.Form):
    """A file of holidays."""

    file = forms.FileField(
        label=gettext_lazy("Calendar file (.ics)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """A day of the preview: its windows as pairs of start and width in minutes after midnight, and in words."""

    day: date
    bars: list[tuple[int, int]]
    words: str
    name: str = ""


@require_safe
def calendars(request: StaffRequest) -> HttpResponse:
    """List the calendars."""
    request.actor.require(POLICIES)
    now = clock.now()
    rows = [(row, _week(row), OpenTime(row.timetable()).opens(now) == now) for row in _all()]
    return part(request, "calendars", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Add a calendar."""
    request.actor.require(POLICIES)
    initial: dict[str, object] = {"zone": organisation().zone, **{name: write(pairs) for name, pairs in USUAL.items()}}
    form = CalendarForm(request.POST or None, initial=initial)
    if form.is_valid():
        with told_by(form, REFUSALS):
            given = form.cleaned_data
            made = verbs.add(given["name"], given["zone"], form.hours(), by=request.actor)
            tell(request, _("Calendar %(name)s added.") % {"name": made.name})
            return redirect("staff:calendar", made.pk)
    return part(request, "calendars", {"form": form}, template="calendar", status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change name, zone and weekly hours."""
    request.actor.require(POLICIES)
    row = get_object_or_404(_all(), pk=pk)
    form = CalendarForm(request.POST or None, initial=_initial(row))
    if form.is_valid():
        with told_by(form, REFUSALS):
            given = form.cleaned_data
            verbs.change(row, by=request.actor, name=given["name"], zone=given["zone"], hours=form.hours())
            tell(request, _("Saved. What is due follows in a moment."))
            return redirect("staff:calendar", pk)
    return _page(request, row, form=form, status=422 if form.is_bound else 200)


@require_POST
def remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Remove a calendar that no policy goes by."""
    row = get_object_or_404(_all(), pk=pk)
    try:
        verbs.remove(row, by=request.actor)
    except verbs.InUse as refusal:
        tell(request, str(refusal), tone="bad")
        return redirect("staff:calendar", pk)
    tell(request, _("Calendar %(name)s removed.") % {"name": row.name})
    return redirect("staff:calendars")


@require_POST
def day_add(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Close a day, or give it hours of its own."""
    request.actor.require(POLICIES)
    row = get_object_or_404(_all(), pk=pk)
    form = DayForm(request.POST)
    if form.is_valid():
        with told_by(form, {NoOpenHours: None}):
            given = form.cleaned_data
            verbs.set_day(row, given["day"], given["name"], given["hours"], by=request.actor)
            tell(request, _("Saved. What is due follows in a moment."))
            return redirect("staff:calendar", pk)
    return _page(request, row, day_form=form, status=422)


@require_POST
def day_remove(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let a day be like its weekday again."""
    row = get_object_or_404(CalendarDay.objects.visible_to(request.actor).select_related("calendar"), pk=pk)
    verbs.drop_day(row, by=request.actor)
    tell(request, _("That day is like its weekday again."))
    return redirect("staff:calendar", row.calendar_id)


@require_POST
def holidays(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Read holidays out of a file."""
    request.actor.require(POLICIES)
    row = get_object_or_404(_all(), pk=pk)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        with told_by(form, {ics.NotCalendar: "file"}):
            count = verbs.read_holidays(row, form.cleaned_data["file"].read(ics.LARGEST + 1), by=request.actor)
            words = ngettext("%(count)d day added.", "%(count)d days added.", count)
            tell(request, words % {"count": count})
            return redirect("staff:calendar", pk)
    return _page(request, row, file_form=form, status=422)


def _page(request: StaffRequest, row: Calendar, *, status: int = 200, **forms: forms.Form) -> HttpResponse:
    """Answer with the page of a calendar."""
    today = clock.now().astimezone(ZoneInfo(row.zone)).date()
    days = [one for one in row.days.all() if one.counts]
    context: dict[str, object] = {
        "calendar": row,
        "form": forms.get("form") or CalendarForm(initial=_initial(row)),
        "day_form": forms.get("day_form") or DayForm(),
        "file_form": forms.get("file_form") or FileForm(),
        "days": [(one, write(one.hours)) for one in days if one.day >= today],
        "past": sum(one.day < today for one in days),
        "preview": preview(row.timetable(), today, {one.day: one.name for one in days}),
        "opens": OpenTime(row.timetable()).opens(clock.now()),
        "now": clock.now(),
        "policies": row.policies.all(),
        "back": reverse("staff:calendars"),
    }
    return part(request, "calendars", context, template="calendar", status=status)


def preview(timetable: Timetable, first: date, names: dict[date, str]) -> list[Shown]:
    """Return two weeks as they will be: what is open of each day, on the clock of the zone."""
    found = []
    for day in (first + timedelta(days=n) for n in range(SHOWN.days)):
        pairs = [(low, min(high, DAY)) for low, high in timetable.windows_on(day)]
        night = [high - DAY for _low, high in timetable.windows_on(day - timedelta(days=1)) if high > DAY]
        bars = [(0, end) for end in night] + [(low, high - low) for low, high in pairs]
        words = write(_clock(window) for window in timetable.windows_on(day))
        found.append(Shown(day, bars, words, names.get(day, "")))
    return found


def _clock(window: tuple[int, int]) -> tuple[str, str]:
    """Return the times of a window in words; one of the next day as the time that it is there."""
    start, end = window
    return time_of(start), time_of(end if end <= DAY else end - DAY)


def _initial(row: Calendar) -> dict[str, object]:
    hours = {name: write(row.hours.get(name, ())) for name in WEEKDAYS}
    return {"name": row.name, "zone": row.zone, **hours}


def _week(row: Calendar) -> list[tuple[str, str]]:
    """Return weekday and hours in words, those that are alike together."""
    found: list[tuple[list[str], str]] = []
    for name, label in zip(WEEKDAYS, NAMES, strict=True):
        words = write(row.hours.get(name, ()))
        if found and found[-1][1] == words:
            found[-1][0].append(str(label))
        else:
            found.append(([str(label)], words))
    return [(f"{days[0]} – {days[-1]}" if len(days) > 1 else days[0], words) for days, words in found if words]


def _all() -> QuerySet[Calendar]:
    return Calendar.objects.prefetch_related("days", "policies")
