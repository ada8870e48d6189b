"""The calendar: a week or a list, one's own or everybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.meetings import ics, queries
from rapport.meetings.models import Busy, Meeting
from rapport.meetings.permissions import PLAN, VIEW
from rapport.meetings.services import feeds
from rapport.staff.meetings.grid import Entry, days_of, week
from rapport.staff.requests import StaffRequest
from rapport.team.queries import actor_for
from rapport.ui.components.parts import Tab
from rapport.ui.toasts import tell

AGENDA_DAYS = 14
FEED_BACK, FEED_AHEAD = timedelta(days=90), timedelta(days=366)
TONES = {Meeting.State.HELD: "good", Meeting.State.NO_SHOW: "warn"}


@require_safe
def calendar(request: StaffRequest) -> HttpResponse:
    """Show a week, or two weeks as a list."""
    request.actor.require(VIEW)
    zone = request.user.zone
    today = clock.today(zone)
    day = _day(request.GET.get("day", ""), today)
    agenda, mine = request.GET.get("view") == "agenda", request.GET.get("who") != "team"
    first = day if agenda else day - timedelta(days=day.weekday())
    days = [first + timedelta(days=n) for n in range(AGENDA_DAYS if agenda else 7)]
    found = entries(request.actor, days, zone, mine=mine)
    step = timedelta(days=len(days))
    context = {
        "agenda": agenda,
        "days": days_of(found, days, zone),
        "first": days[0],
        "last": days[-1],
        "today": today,
        "before": _at(request, day=(first - step).isoformat()),
        "after": _at(request, day=(first + step).isoformat()),
        "now_url": _at(request, day=""),
        "tabs": _tabs(request, agenda=agenda),
        "who": [
            Tab(_("Mine"), _at(request, who=""), current=mine),
            Tab(_("Everybody"), _at(request, who="team"), current=not mine),
        ],
        "may_plan": request.actor.may(PLAN),
        "add_day": max(day, today),
        "feed": request.build_absolute_uri(
            reverse("staff:calendar_feed", args=[request.user.pk, feeds.secret(request.user)])
        ),
    }
    if not agenda:
        context["week"] = week(found, days, zone, today)
    return render(request, "staff/meetings/calendar.html", context)


def entries(actor: Actor, days: Sequence[date], zone: str, *, mine: bool) -> list[Entry]:
    """Return what stands in the calendar on these days; what is private is told to its people alone."""
    start, end = clock.day_start(days[0], zone), clock.day_end(days[-1], zone)
    meetings = [_meeting(one, actor) for one in queries.between(actor, start, end, mine=mine)]
    busy = [_busy(one, actor) for one in queries.busy_between(actor, start, end, mine=mine)]
    return sorted([*meetings, *busy], key=lambda one: (one.starts_at, one.title))


def hidden(row: Meeting, actor: Actor) -> bool:
    """Return whether a private meeting shows this reader nothing but that somebody is busy."""
    if not row.private or actor.user_id is None:
        return row.private
    return actor.user_id != row.organiser_id and all(one.user_id != actor.user_id for one in row.attendees.all())


@require_POST
def rotate(request: StaffRequest) -> HttpResponse:
    """Make the address of one's calendar anew."""
    feeds.rotate(request.user)
    tell(request, _("The address before leads nowhere now."))
    return redirect("staff:calendar_week")


@login_not_required
@require_safe
def feed(request: HttpRequest, user: UUID, secret: str) -> HttpResponse:
    """Answer with the meetings of a colleague, for another calendar to read."""
    reader = feeds.reader_of(user, secret)
    if reader is None:
        raise Http404
    now = clock.now()
    rows = queries.between(actor_for(reader), now - FEED_BACK, now + FEED_AHEAD, mine=True)
    own = [one for one in rows if one.origin != Meeting.Origin.CALENDAR]
    answer = HttpResponse(ics.feed(own, reader.name), content_type="text/calendar; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    return answer


def _meeting(row: Meeting, actor: Actor) -> Entry:
    who = row.organiser.name if row.organiser else ""
    if hidden(row, actor):
        return Entry(row.pk, _("Busy"), who, row.starts_at, row.ends_at, row.all_day, "neutral")
    people = [
        one.customer.label if one.customer else one.name or one.address
        for one in row.attendees.all()
        if one.user_id is None
    ]
    return Entry(
        row.pk, row.title, ", ".join(people) or who, row.starts_at, row.ends_at, row.all_day,
        TONES.get(Meeting.State(row.state), "accent"), reverse("staff:meeting", args=[row.pk]),
        row.place or (_("Video room") if row.video_url else ""),
    )  # fmt: skip


def _busy(row: Busy, actor: Actor) -> Entry:
    title = row.title if row.user_id == actor.user_id and row.title else _("Busy")
    return Entry(row.pk, title, row.user.name, row.starts_at, row.ends_at, row.all_day, "neutral")


def _tabs(request: StaffRequest, *, agenda: bool) -> list[Tab]:
    return [
        Tab(_("Week"), _at(request, view=""), current=not agenda),
        Tab(_("List"), _at(request, view="agenda"), current=agenda),
    ]


def _at(request: StaffRequest, **changed: str) -> str:
    """Return the address of this calendar with some of its parameters changed."""
    query = request.GET.copy()
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"


def _day(text: str, today: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return today
    return found if abs((found - today).days) < 36_500 else today
