"""Questions about meetings: what stands in the calendar, and which times are free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.meetings.free import Wish, free_times
from rapport.meetings.models import Attendee, Busy, Meeting, MeetingType
from rapport.team.models import User

INSTANT = timedelta(microseconds=1)
STEPS = (60, 30, 20, 15)
LONGEST = timedelta(days=31)


def of_user(user_id: UUID) -> Q:
    """Return the condition on the meetings of a colleague: those they organise and those they come to."""
    return Q(organiser_id=user_id) | Q(attendees__user_id=user_id)


def between(actor: Actor, start: datetime, end: datetime, *, mine: bool) -> list[Meeting]:
    """Return the meetings that lie in [start, end) at least in part, with their people, the first first."""
    rows = Meeting.objects.visible_to(actor).exclude(state=Meeting.State.CANCELLED)
    rows = rows.filter(starts_at__lt=end, ends_at__gt=start, starts_at__gt=start - LONGEST)
    if mine and actor.user_id:
        rows = rows.filter(pk__in=Meeting.objects.filter(of_user(actor.user_id)).values("pk"))
    found = rows.select_related("organiser").prefetch_related("attendees__customer", "attendees__user")
    return list(found.order_by("starts_at", "id")[:500])


def busy_between(actor: Actor, start: datetime, end: datetime, *, mine: bool) -> list[Busy]:
    """Return the busy times of colleagues in [start, end), the first first."""
    rows = Busy.objects.visible_to(actor).filter(starts_at__lt=end, ends_at__gt=start).select_related("user")
    if mine and actor.user_id:
        rows = rows.filter(user_id=actor.user_id)
    return list(rows.order_by("starts_at", "id")[:500])


def of_customer(customer: Customer | UUID, actor: Actor) -> QuerySet[Meeting]:
    """Return the meetings that a customer, or who has that key, is invited to."""
    keys = Attendee.objects.filter(customer=customer).values("meeting_id")
    return Meeting.objects.visible_to(actor).filter(pk__in=keys).select_related("organiser")


def hosts(kind: MeetingType) -> list[User]:
    """Return the colleagues who hold such meetings and are still here."""
    return list(kind.hosts.filter(deactivated_at__isnull=True).order_by("name", "pk"))


def busy_of(
    user_id: UUID, start: datetime, end: datetime, *, leaving: UUID | None = None
) -> list[tuple[datetime, datetime]]:
    """Return when a colleague is busy in [start, end): by meetings they did not decline, and by their own calendar."""
    declined = Q(attendees__user_id=user_id, attendees__answer="declined")
    rows = Meeting.objects.filter(state=Meeting.State.PLANNED, starts_at__lt=end, ends_at__gt=start)
    if leaving is not None:
        rows = rows.exclude(pk=leaving)
    mine = rows.filter(Q(organiser_id=user_id) | Q(pk__in=rows.filter(attendees__user_id=user_id).values("pk")))
    found = mine.exclude(pk__in=rows.filter(declined).values("pk")).values_list("starts_at", "ends_at")
    own = Busy.objects.filter(user_id=user_id, free=False, starts_at__lt=end, ends_at__gt=start)
    return [*found, *own.values_list("starts_at", "ends_at")]


def free_of(
    kind: MeetingType, user_id: UUID, start: datetime, end: datetime, *, leaving: UUID | None = None
) -> list[datetime]:
    """Return the times in [start, end) at which a host can be booked, by notice, horizon, hours, buffers and number.

    `leaving` is a meeting that will be given up for it.
    """
    now = clock.now()
    first = max(start, now + timedelta(hours=kind.notice_hours))
    last = min(end, now + timedelta(days=kind.horizon_days))
    if first >= last:
        return []
    wish = Wish(kind.length, _step(kind), timedelta(minutes=kind.buffer_before), timedelta(minutes=kind.buffer_after))
    around = wish.before + wish.length + wish.after
    busy = busy_of(user_id, first - around, last + around, leaving=leaving)
    timetable = kind.timetable()
    found = free_times(timetable, wish, busy, first=first, last=last)
    if kind.per_day is None or not found:
        return found
    taken = _taken_days(kind, user_id, found, leaving)
    return [one for one in found if taken[one.astimezone(timetable.zone).date()] < kind.per_day]


def free_of_any(
    kind: MeetingType, start: datetime, end: datetime, *, among: Iterable[UUID] | None = None
) -> list[datetime]:
    """Return the times in [start, end) at which any host can be booked."""
    keys = list(among) if among is not None else [host.pk for host in hosts(kind)]
    return sorted({one for key in keys for one in free_of(kind, key, start, end)})


def load_of(kind: MeetingType, start: datetime, end: datetime) -> Counter[UUID]:
    """Return how many meetings of a kind each host has in [start, end)."""
    rows = Meeting.objects.filter(kind=kind, starts_at__gte=start, starts_at__lt=end, organiser__isnull=False)
    kept = rows.exclude(state=Meeting.State.CANCELLED)
    return Counter(kept.values_list("organiser_id", flat=True))


def _taken_days(kind: MeetingType, user_id: UUID, among: list[datetime], leaving: UUID | None) -> Counter[object]:
    zone = kind.timetable().zone
    day = timedelta(days=1)
    rows = Meeting.objects.filter(kind=kind, organiser_id=user_id, starts_at__gt=among[0] - day)
    rows = rows.filter(starts_at__lt=among[-1] + day).exclude(state=Meeting.State.CANCELLED)
    if leaving is not None:
        rows = rows.exclude(pk=leaving)
    return Counter(at.astimezone(zone).date() for at in rows.values_list("starts_at", flat=True))


def _step(kind: MeetingType) -> timedelta:
    """Return how far apart times are offered: its own length when that divides the hour, else the quarter."""
    return timedelta(minutes=next((step for step in STEPS if kind.minutes % step == 0), 15))
