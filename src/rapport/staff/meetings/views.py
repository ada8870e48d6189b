"""A meeting: planning it, looking at it, and what is done with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.doors import pass_through
from rapport.kernel.permissions import OutOfReach
from rapport.meetings.models import Meeting
from rapport.meetings.permissions import PLAN
from rapport.meetings.services import meetings as verbs
from rapport.staff.meetings.calendar import TONES, hidden
from rapport.staff.meetings.forms import AboutForm, OutcomeForm, PlanForm, ReasonForm, WhenForm
from rapport.staff.record.reach import one
from rapport.staff.refusals import Fields, told_by
from rapport.staff.requests import StaffRequest
from rapport.ui.toasts import tell

REFUSALS: Fields = {verbs.NoTitle: "title", verbs.NoLength: "minutes", verbs.UnknownZone: None, verbs.NotPlanned: None}
OWN = {"accepted": "good", "declined": "bad", "tentative": "warn", "waiting": "neutral"}


def meeting_of(request: StaffRequest, pk: UUID) -> Meeting:
    """Return a meeting within reach. Raises `OutOfReach`, also for a private one of others."""
    rows = Meeting.objects.visible_to(request.actor).select_related("organiser", "kind")
    row = one(rows.prefetch_related("attendees__user", "attendees__customer"), pk)
    if hidden(row, request.actor):
        raise OutOfReach
    return row


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: StaffRequest) -> HttpResponse:
    """Plan a meeting."""
    request.actor.require(PLAN)
    form = PlanForm(request.POST or None, actor=request.actor, zone=request.user.zone, initial=_initial(request))
    if form.is_valid():
        with told_by(form, REFUSALS):
            made = verbs.plan(
                by=request.actor,
                organiser=request.user,
                guests=form.people(request.user),
                **form.about(),
                **form.span(),
            )
            tell(request, _("Planned. Who has an address is invited."))
            return redirect("staff:meeting", made.pk)
    return render(request, "staff/meetings/add.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def meeting(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Show a meeting."""
    return _page(request, meeting_of(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Change what it is about and who comes."""
    row = meeting_of(request, pk)
    pass_through(row, request.actor, PLAN)
    form = AboutForm(request.POST or None, actor=request.actor, initial=_said(row))
    if form.is_valid():
        with told_by(form, REFUSALS):
            people = form.people(row.organiser or request.user)
            verbs.change(row, by=request.actor, guests=people, **form.about(row))
            tell(request, _("Changed. Everybody is told."))
            return redirect("staff:meeting", row.pk)
    context = {"form": form, "meeting": row}
    return render(request, "staff/meetings/edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def move(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Give it another time."""
    row = meeting_of(request, pk)
    pass_through(row, request.actor, PLAN)
    form = WhenForm(request.POST, zone=row.zone, prefix="when")
    if form.is_valid():
        with told_by(form, REFUSALS):
            verbs.move(row, by=request.actor, **form.span())
            tell(request, _("Moved. Everybody is asked anew."))
            return redirect("staff:meeting", row.pk)
    return _page(request, row, when_form=form, status=422)


@require_POST
def cancel(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Call it off."""
    return _act(
        request, pk, ReasonForm(request.POST, prefix="off"), verbs.cancel, "reason", _("Called off. Everybody is told.")
    )


@require_POST
def hold(request: StaffRequest, pk: UUID) -> HttpResponse:
    """Note that it took place, or with `nobody` that nobody came."""
    verb = verbs.miss if "nobody" in request.POST else verbs.hold
    return _act(request, pk, OutcomeForm(request.POST, prefix="out"), verb, "text", _("Noted."))


def _act(request: StaffRequest, pk: UUID, form: Any, verb: Any, name: str, done: str) -> HttpResponse:
    row = meeting_of(request, pk)
    pass_through(row, request.actor, PLAN)
    if form.is_valid():
        key = {"reason": form.cleaned_data[name]} if name == "reason" else {"outcome": form.cleaned_data[name]}
        try:
            verb(row, by=request.actor, **key)
            tell(request, done)
        except (verbs.NotPlanned, verbs.NotYet) as refusal:
            tell(request, str(refusal), tone="bad")
        return HttpResponseRedirect(reverse("staff:meeting", args=[row.pk]))
    return _page(request, row, status=422)


def _page(request: StaffRequest, row: Meeting, *, when_form: WhenForm | None = None, status: int = 200) -> HttpResponse:
    now = clock.now()
    context = {
        "meeting": row,
        "tone": TONES.get(Meeting.State(row.state), "neutral"),
        "people": [(one, OWN[one.answer]) for one in row.attendees.all()],
        "may_plan": request.actor.may(PLAN) and row.planned and row.origin != Meeting.Origin.CALENDAR,
        "may_note": request.actor.may(PLAN) and row.planned and row.starts_at <= now,
        "when_form": when_form or WhenForm(zone=row.zone, prefix="when", initial=_when(row)),
        "off_form": ReasonForm(prefix="off"),
        "out_form": OutcomeForm(prefix="out"),
        "other_zone": row.zone != request.user.zone,
    }
    return render(request, "staff/meetings/meeting.html", context, status=status)


def _initial(request: StaffRequest) -> dict[str, Any]:
    found: dict[str, Any] = {"day": request.GET.get("day") or clock.today(request.user.zone), "minutes": 30}
    key = request.GET.get("customer", "")
    try:
        found["customer"] = Customer.objects.visible_to(request.actor).filter(pk=UUID(key)).first() if key else None
    except ValueError:
        found["customer"] = None
    return found


def _when(row: Meeting) -> dict[str, Any]:
    with timezone.override(row.zone):
        start = timezone.localtime(row.starts_at)
    minutes = int((row.ends_at - row.starts_at).total_seconds() // 60)
    return {"day": start.date(), "time": start.time(), "minutes": minutes, "all_day": row.all_day}


def _said(row: Meeting) -> dict[str, Any]:
    people = list(row.attendees.all())
    outside = [one for one in people if one.user_id is None]
    first = next((one for one in outside if one.customer_id), None)
    return {
        "title": row.title,
        "agenda": row.agenda,
        "customer": first.customer if first else None,
        "guests": ", ".join(one.address for one in outside if one is not first and one.address),
        "colleagues": [one.user_id for one in people if one.user_id and one.user_id != row.organiser_id],
        "where": "video" if row.video_url else "here",
        "place": row.place,
        "private": row.private,
        "remind": str(row.remind_minutes or ""),
    }
