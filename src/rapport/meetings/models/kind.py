from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.meetings.permissions import VIEW
from rapport.service.clocks.timetable import WEEKDAYS, Timetable
from rapport.service.clocks.windows import windows
from rapport.service.models import Calendar


class MeetingType(Noun):
    """A kind of meeting that visitors book at `/book/<slug>/`, with one of its hosts.

    Open hours are those of `calendar`, else its own `hours` (mon to sun) in `zone`. `buffer_before` and `buffer_after`
    are minutes that stay free around it, `notice_hours` how long ahead it is booked at least, `horizon_days` at most;
    `per_day` is how many a host takes on one day, nothing for any number.
    """

    VIEW: ClassVar[Right] = VIEW

    class Place(models.TextChoices):
        VIDEO = "video", _("Video")
        PHONE = "phone", _("Phone")
        HERE = "here", _("In person")

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    description = models.TextField(_("description"), max_length=1000, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=30)
    buffer_before = models.PositiveSmallIntegerField(default=0)
    buffer_after = models.PositiveSmallIntegerField(default=0)
    notice_hours = models.PositiveSmallIntegerField(default=4)
    horizon_days = models.PositiveSmallIntegerField(default=30)
    per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    zone = models.CharField(_("time zone"), max_length=64)
    hours: models.JSONField[dict[str, list[list[str]]], dict[str, list[list[str]]]] = models.JSONField(default=dict)
    place_kind = models.CharField(max_length=5, choices=Place, default=Place.VIDEO)
    place = models.CharField(_("place"), max_length=300, blank=True)
    questions = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    hosts = models.ManyToManyField("team.User", related_name="+")
    offered_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=Q(minutes__gte=5, minutes__lte=720), name="type_has_length")]

    def __str__(self) -> str:
        return self.name

    @property
    def length(self) -> timedelta:
        """How long such a meeting is."""
        return timedelta(minutes=self.minutes)

    def timetable(self) -> Timetable:
        """Return the open hours. Raises `NoOpenHours` when there are none."""
        if self.calendar is not None:
            return self.calendar.timetable()
        return Timetable(ZoneInfo(self.zone), tuple(windows(self.hours.get(day, ())) for day in WEEKDAYS))
