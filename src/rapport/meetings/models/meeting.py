from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.meetings.models.kind import MeetingType
from rapport.meetings.permissions import VIEW
from rapport.timeline.models import Activity


class Meeting(Noun):
    """A meeting of colleagues with customers or others, [starts_at, ends_at), at times that people say in `zone`.

    An `all_day` one begins and ends at midnight in its zone. `uid` and `sequence` are those of iCalendar (RFC 5545):
    the first never changes, the second rises with each invitation. `rrule` is kept as a calendar told it. What is
    `private` shows others nothing but that its people are busy. `activity` is the entry of the log of one that was
    held, `manage_url` where whoever booked it moves or cancels it.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "organiser_id"

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        NO_SHOW = "no_show", _("Nobody came")
        CANCELLED = "cancelled", _("Cancelled")

    class Origin(models.TextChoices):
        STAFF = "staff", _("Staff")
        BOOKING = "booking", _("Booking page")
        CALENDAR = "calendar", _("Calendar")

    uid = models.CharField(max_length=255, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    title = models.CharField(_("title"), max_length=200)
    agenda = models.TextField(_("agenda"), blank=True)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    zone = models.CharField(_("time zone"), max_length=64)
    all_day = models.BooleanField(_("all day"), default=False)
    rrule = models.CharField(max_length=500, blank=True)
    place = models.CharField(_("place"), max_length=300, blank=True)
    video_url = models.URLField(_("video room"), max_length=500, blank=True)
    manage_url = models.URLField(max_length=500, blank=True)
    private = models.BooleanField(_("private"), default=False)
    organiser = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="meetings")
    kind = models.ForeignKey(MeetingType, on_delete=models.SET_NULL, null=True, related_name="meetings")
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.STAFF)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)
    outcome = models.TextField(_("what came of it"), blank=True)
    because = models.CharField(max_length=300, blank=True)
    remind_minutes = models.PositiveIntegerField(null=True)
    reminded_at = models.DateTimeField(null=True)
    activity = models.ForeignKey(Activity, on_delete=models.SET_NULL, null=True, related_name="meetings")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["starts_at", "id"], name="meeting_by_start"),
            models.Index(fields=["organiser", "starts_at"], name="meeting_of_organiser"),
            models.Index(
                fields=["starts_at"], name="meeting_to_remind", condition=Q(state="planned", reminded_at__isnull=True)
            ),
        ]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_has_length")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the meetings within reach: those one organises, and those one is invited to."""
        found = super().within(actor, reach)
        if reach is Reach.ALL or actor.user_id is None:
            return found
        invited = Attendee.objects.filter(user_id=actor.user_id)
        return found | Q(pk__in=invited.values("meeting_id"))

    @property
    def planned(self) -> bool:
        """Whether it is still to take place, or nobody said how it went."""
        return self.state == self.State.PLANNED

    def over(self, at: datetime) -> bool:
        """Return whether its time is over at `at`."""
        return self.ends_at <= at


class Attendee(Noun):
    """Somebody who is invited: a colleague (`user`), a customer, or an address alone.

    `told` is the sequence that they were last invited with, -1 before the first; `told_off` says that they know of
    the cancellation.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "meeting__organiser_id"

    class Answer(models.TextChoices):
        WAITING = "waiting", _("No answer yet")
        ACCEPTED = "accepted", _("Comes")
        TENTATIVE = "tentative", _("Perhaps")
        DECLINED = "declined", _("Does not come")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendees", db_index=False)
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, null=True, related_name="invitations")
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="invitations")
    address = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=9, choices=Answer, default=Answer.WAITING)
    answered_at = models.DateTimeField(null=True)
    told = models.IntegerField(default=-1)
    told_off = models.BooleanField(default=False)

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "address"], name="attendee_once", condition=~Q(address="")),
            models.UniqueConstraint(fields=["meeting", "user"], name="colleague_once", condition=Q(user__isnull=False)),
        ]
        indexes = [models.Index(fields=["meeting"], name="attendee_of_meeting")]

    def __str__(self) -> str:
        return self.name or self.address
