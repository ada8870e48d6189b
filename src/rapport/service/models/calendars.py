from __future__ import annotations

from typing import ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.service.clocks.timetable import WEEKDAYS, Timetable
from rapport.service.clocks.windows import windows
from rapport.service.permissions import VIEW

Pairs = list[list[str]]


class Calendar(Noun):
    """When somebody works: hours of each weekday in a zone, and days that are different.

    `hours` maps mon to sun to pairs of times, as `{"mon": [["09:00", "13:00"], ["14:00", "17:00"]]}`; an end that is
    not after its start is on the next day. Days are those of `zone`.
    """

    VIEW: ClassVar[Right] = VIEW

    name = models.CharField(_("name"), max_length=80, unique=True)
    zone = models.CharField(_("time zone"), max_length=64)
    hours: models.JSONField[dict[str, Pairs], dict[str, Pairs]] = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def timetable(self) -> Timetable:
        """Return its open hours. Raises `NoOpenHours` when there are none."""
        week = tuple(windows(self.hours.get(name, ())) for name in WEEKDAYS)
        return Timetable(
            ZoneInfo(self.zone), week, {one.day: windows(one.hours) for one in self.days.all() if one.counts}
        )


class CalendarDay(Noun):
    """A day with hours of its own, not its weekday's: none on a holiday, fewer on half a day, some on an extra one.

    `uid` names the entry of the file that it came from; empty when it was entered by hand. One that was switched off
    (`ignored_at`) stays as a mark, so that reading the file again does not bring it back.
    """

    VIEW: ClassVar[Right] = VIEW

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="days", db_index=False)
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    hours: models.JSONField[Pairs, Pairs] = models.JSONField(default=list)
    uid = models.CharField(max_length=255, blank=True)
    ignored_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="calendar_day_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"

    @property
    def counts(self) -> bool:
        """Whether it stands in place of its weekday."""
        return self.ignored_at is None
