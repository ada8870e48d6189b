"""When somebody works: calendars with their weekly hours, holidays and days of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.clocks import ics
from rapport.service.clocks.timetable import WEEKDAYS, NoOpenHours
from rapport.service.clocks.windows import windows
from rapport.service.events import CalendarChanged
from rapport.service.models import Calendar, CalendarDay
from rapport.service.permissions import POLICIES

BACK, AHEAD = timedelta(days=2 * 366), timedelta(days=8 * 366)
"""How far around today holidays are taken out of a file."""
Pairs = Sequence[Sequence[str]]


class NameTaken(ValueError):
    """Another calendar or policy has this name."""


class UnknownZone(ValueError):
    """There is no such time zone."""


class InUse(ValueError):
    """Policies go by the calendar."""


@verb(POLICIES, publishes=(CalendarChanged,))
def add(name: str, zone: str, hours: Mapping[str, Pairs], *, by: Actor) -> Calendar:
    """Add a calendar with open hours for each weekday (mon to sun) in a zone, and return it.

    Raises `NameTaken`, `UnknownZone`, `windows.NotHours`, `timetable.NoOpenHours`.
    """
    at = clock.now()
    row = Calendar(name=name.strip()[:80], zone=zone, hours=_week(hours), created_at=at)
    _save(row)
    return _told(row, "added", by)


@verb(POLICIES, publishes=(CalendarChanged,))
def change(calendar: Calendar, *, by: Actor, name: str, zone: str, hours: Mapping[str, Pairs]) -> Calendar:
    """Give a calendar this name, zone and these hours; clocks follow in a moment. Raises as `add`."""
    row = _locked(calendar)
    row.name, row.zone, row.hours = name.strip()[:80], zone, _week(hours)
    _save(row)
    return _told(row, "changed", by)


@verb(POLICIES, publishes=(CalendarChanged,))
def remove(calendar: Calendar, *, by: Actor) -> None:
    """Remove a calendar that no policy goes by. Raises `InUse`."""
    row = _locked(calendar)
    try:
        with transaction.atomic():
            Calendar.objects.filter(pk=row.pk).delete()
    except ProtectedError as error:
        raise InUse(_("Policies go by the calendar %(name)s.") % {"name": row.name}) from error
    _told(row, "removed", by)


@verb(POLICIES, publishes=(CalendarChanged,))
def set_day(calendar: Calendar, day: date, name: str = "", hours: Pairs = (), *, by: Actor) -> CalendarDay:
    """Give one day hours of its own: none on a holiday, some on half a day or an extra one. It counts from now on.

    Raises `windows.NotHours`, `timetable.NoOpenHours`.
    """
    row = _locked(calendar)
    windows(hours)
    pairs = [list(pair) for pair in hours]
    found, _new = CalendarDay.objects.update_or_create(
        calendar=row, day=day, defaults={"name": name.strip()[:120], "hours": pairs, "ignored_at": None}
    )
    _save(row)
    _told(row, "changed", by)
    return found


@verb(POLICIES, publishes=(CalendarChanged,))
def drop_day(day: CalendarDay, *, by: Actor) -> None:
    """Let a day be like its weekday again. One that a file brought stays as a mark, so that it is not brought again."""
    row = _locked(day.calendar)
    if day.uid:
        CalendarDay.objects.filter(pk=day.pk).update(ignored_at=clock.now())
    else:
        CalendarDay.objects.filter(pk=day.pk).delete()
    _save(row)
    _told(row, "changed", by)


@verb(POLICIES, publishes=(CalendarChanged,))
def read_holidays(calendar: Calendar, data: bytes, *, by: Actor) -> int:
    """Close the calendar on the days that an iCalendar file names, and return how many are new.

    Days from two years ago to eight years ahead are taken. What was entered by hand stays, what the file brought before
    and somebody switched off stays off, and what an entry of it named before and no longer does is taken away. Raises
    `ics.NotCalendar`.
    """
    row = _locked(calendar)
    today = clock.now().astimezone(ZoneInfo(row.zone)).date()
    found = {one.day: one for one in ics.holidays(data, row.zone, today - BACK, today + AHEAD)}
    entries = {one.uid for one in found.values() if one.uid}
    row.days.filter(uid__in=entries, ignored_at__isnull=True).exclude(day__in=found).delete()
    there = set(row.days.values_list("day", flat=True))
    fresh = [
        CalendarDay(calendar=row, day=day, name=one.name, uid=one.uid[:255] or "file")
        for day, one in found.items()
        if day not in there
    ]
    CalendarDay.objects.bulk_create(fresh)
    _save(row)
    _told(row, "changed", by)
    return len(fresh)


def _week(hours: Mapping[str, Pairs]) -> dict[str, list[list[str]]]:
    """Return weekly hours as they are stored, checked."""
    for name in WEEKDAYS:
        windows(hours.get(name, ()))
    return {name: [list(pair) for pair in hours[name]] for name in WEEKDAYS if hours.get(name)}


def _locked(calendar: Calendar) -> Calendar:
    return Calendar.objects.select_for_update().get(pk=calendar.pk)


def _save(row: Calendar) -> None:
    """Save a calendar, whose version tells everybody that its hours changed. Refuses one that is never open."""
    if row.zone not in clock.zones():
        raise UnknownZone(_("There is no time zone %(zone)s.") % {"zone": row.zone})
    if not row.hours and not any(one.hours for one in row.days.all() if one.counts):
        raise NoOpenHours(_("The calendar has no open hours, so nothing could ever fall due."))
    row.updated_at = clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NameTaken(_("There is a calendar %(name)s already.") % {"name": row.name}) from error


def _told(row: Calendar, what: str, by: Actor) -> Calendar:
    publish(CalendarChanged(name=row.name, what=what), by=by, subject=row)
    return row
