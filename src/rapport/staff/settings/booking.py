"""What visitors may book, where video rooms are, and when people are reminded."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rapport.meetings import policy
from rapport.meetings.models import MeetingType
from rapport.meetings.permissions import MANAGE
from rapport.meetings.services import kinds as verbs
from rapport.service.clocks.timetable import NoOpenHours
from rapport.service.clocks.windows import NotHours, read, write
from rapport.service.models import Calendar
from rapport.staff import choices
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.staff.settings.tabs import part
from rapport.team.models import User
from rapport.team.permissions import SETTINGS
from rapport.team.queries import organisation as firm
from rapport.team.services import organisation
from rapport.ui.forms import Choices, ManyChoices
from rapport.ui.toasts import tell

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


class PolicyForm(forms.Form):
    """What holds for all meetings."""

    video = forms.CharField(
        label=gettext_lazy("Video rooms"),
        max_length=300,
        help_text=gettext_lazy("An https address with {room} for the name, which nobody can guess."),
    )
    remind_minutes = forms.IntegerField(
        label=gettext_lazy("Remind guests (minutes before, 0 for never)"), min_value=0, max_value=20_160
    )

    def clean_video(self) -> str:
        """Refuse an address without a place for the room."""
        given: str = self.cleaned_data["video"].strip()
        if not policy.is_template(given):
            raise forms.ValidationError(_("Write an address like https://meet.jit.si/{room}."))
        return given


class KindForm(forms.Form):
    """A kind of meeting that can be booked."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    slug = forms.SlugField(
        label=gettext_lazy("Address"), max_length=60, required=False,
        help_text=gettext_lazy("The last part of the address, as in /book/first-talk/. Empty: from the name."),
    )  # fmt: skip
    description = forms.CharField(
        label=gettext_lazy("What visitors read"), required=False, max_length=1000, widget=forms.Textarea({"rows": 2})
    )
    hosts = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who holds it"), queryset=User.objects.filter(deactivated_at__isnull=True),
        widget=ManyChoices(), help_text=gettext_lazy("Of several, whoever is free and has the fewest."),
    )  # fmt: skip
    minutes = forms.IntegerField(label=gettext_lazy("Minutes"), min_value=5, max_value=720, initial=30)
    buffer_before = forms.IntegerField(label=gettext_lazy("Free before"), min_value=0, max_value=240, initial=0)
    buffer_after = forms.IntegerField(label=gettext_lazy("Free after"), min_value=0, max_value=240, initial=0)
    notice_hours = forms.IntegerField(label=gettext_lazy("Hours ahead"), min_value=0, max_value=720, initial=4)
    horizon_days = forms.IntegerField(label=gettext_lazy("Days ahead at most"), min_value=1, max_value=365, initial=30)
    per_day = forms.IntegerField(label=gettext_lazy("A day at most"), min_value=1, max_value=50, required=False)
    calendar = forms.ModelChoiceField(
        label=gettext_lazy("Hours of"), queryset=Calendar.objects.all(), required=False,
        empty_label=gettext_lazy("own hours, from Monday to Friday"),
    )  # fmt: skip
    hours = forms.CharField(label=gettext_lazy("Own hours"), required=False, initial="09:00–17:00", max_length=200)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=choices.zones)
    place_kind = forms.ChoiceField(
        label=gettext_lazy("Where?"), choices=MeetingType.Place, initial="video", widget=Choices(in_row=True)
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    questions = forms.CharField(
        label=gettext_lazy("Questions"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("One a line."),
    )  # fmt: skip

    def clean_hours(self) -> dict[str, list[list[str]]]:
        """Return the hours of each working day."""
        try:
            pairs = read(self.cleaned_data["hours"])
        except NotHours as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return dict.fromkeys(WORKDAYS, pairs) if pairs else {}

    def clean_questions(self) -> list[str]:
        """Return the questions, at most ten."""
        lines = [line.strip()[:200] for line in self.cleaned_data["questions"].splitlines() if line.strip()]
        if len(lines) > 10:
            raise forms.ValidationError(_("Ten questions at most, please."))
        return lines

    def clean(self) -> dict[str, Any]:
        """Make the address from the name when there is none."""
        given = super().clean() or self.cleaned_data
        if not given.get("slug") and given.get("name"):
            given["slug"] = slugify(given["name"])[:60] or "meeting"
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: StaffRequest) -> HttpResponse:
    """List what can be booked, and change what holds for all meetings."""
    request.actor.require(MANAGE)
    form = PolicyForm(request.POST or None, initial=asdict(policy.current()))
    if form.is_valid():
        request.actor.require(SETTINGS)
        stored = {**firm().policy, policy.KEY: form.cleaned_data}
        organisation.change(by=request.actor, policy=stored)
        tell(request, _("Saved."))
        return redirect("staff:booking")
    rows = MeetingType.objects.visible_to(request.actor).prefetch_related("hosts")
    lines = [(row, request.build_absolute_uri(reverse("book:book", args=[row.slug]))) for row in rows]
    context: dict[str, object] = {"form": form, "lines": lines, "may_set": request.actor.may(SETTINGS)}
    return part(request, "booking", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Offer a kind of meeting."""
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change a kind of meeting."""
    return _edit(request, get_object_or_404(MeetingType, pk=pk))


@require_POST
def offer(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Let it be booked, or no longer."""
    row = get_object_or_404(MeetingType, pk=pk)
    verbs.offer(row, offered=row.offered_at is None, by=request.actor)
    tell(request, _("Saved."))
    return redirect("staff:booking")


def _edit(request: StaffRequest, row: MeetingType | None) -> HttpResponse:
    request.actor.require(MANAGE)
    form = KindForm(request.POST or None, initial=_initial(row, request))
    if form.is_valid():
        given = dict(form.cleaned_data)
        hosts = list(given.pop("hosts"))
        refusals: Fields = {verbs.SlugTaken: "slug", verbs.NobodyHosts: "hosts", NoOpenHours: "hours"}
        with told_by(form, refusals):
            if row is None:
                verbs.add(by=request.actor, hosts=hosts, **given)
            else:
                verbs.change(row, by=request.actor, hosts=hosts, **given)
            tell(request, _("Saved."))
            return redirect("staff:booking")
    context: dict[str, object] = {"form": form, "kind": row}
    return part(request, "booking", context, template="booking_kind", status=422 if form.is_bound else 200)


def _initial(row: MeetingType | None, request: StaffRequest) -> dict[str, Any]:
    if row is None:
        return {"zone": firm().zone, "hosts": [request.user.pk]}
    plain = {name: getattr(row, name) for name in KindForm.base_fields if name not in {"hosts", "hours", "questions"}}
    hours = write(row.hours.get("mon", ()))
    return {**plain, "hosts": list(row.hosts.all()), "hours": hours, "questions": "\n".join(row.questions)}
