from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.meetings.permissions import VIEW


class Busy(Noun):
    """A time at which a colleague is busy by a calendar of theirs that is kept in step; without a `title` when private.

    `source` names the entry there, of which a recurring one makes many rows. An entry that is `free` (a reminder, a day
    that others are invited to) is shown and blocks nothing.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "user_id"

    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="busy")
    source = models.CharField(max_length=200)
    title = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    all_day = models.BooleanField(default=False)
    private = models.BooleanField(default=False)
    free = models.BooleanField(default=False)

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "busy"
        indexes = [
            models.Index(fields=["user", "starts_at"], name="busy_of_user"),
            models.Index(fields=["source"], name="busy_by_source"),
        ]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="busy_has_length")]

    def __str__(self) -> str:
        return self.title


class Feed(models.Model):
    """The secret address under which a colleague's meetings are read by another calendar; `version` makes it anew."""

    user = models.OneToOneField("team.User", on_delete=models.CASCADE, primary_key=True, related_name="feed")
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return str(self.user_id)
