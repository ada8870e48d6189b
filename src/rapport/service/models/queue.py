from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models import ChatSite, Mailbox, Thread
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.service.permissions import MANAGE, VIEW


class QueueDoor(Door["Queue"]):
    """Queues, within reach."""

    def live(self) -> Self:
        """Return those that tickets can be put in."""
        return self.filter(archived_at__isnull=True)


class Queue(Noun):
    """Where tickets wait for an owner, and how one is found.

    With `last_agent_first` whoever looked after the customer's last ticket comes first. An offer that is not accepted
    within `offer_minutes` goes to the next one (none: it stays). A queue that is `private_since` a moment is seen by
    its members alone, unless a right reaches over everything.
    """

    VIEW: ClassVar[Right] = VIEW

    class Mode(models.TextChoices):
        MANUAL = "manual", _("By hand")
        ROUND_ROBIN = "round_robin", _("In turn")
        LEAST_BUSY = "least_busy", _("Who has least to do")

    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=300, blank=True)
    mode = models.CharField(_("who gets a ticket"), max_length=12, choices=Mode, default=Mode.MANUAL)
    last_agent_first = models.BooleanField(_("the last agent first"), default=False)
    offer_minutes = models.PositiveIntegerField(_("minutes to accept"), null=True, blank=True)
    skills = ArrayField(models.CharField(max_length=40), verbose_name=_("skills needed"), default=list, blank=True)
    private_since = models.DateTimeField(null=True)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)
    members = models.ManyToManyField("team.User", through="service.QueueMember", related_name="queues")

    objects = QueueDoor.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["name"], name="queue_name_once", condition=models.Q(archived_at__isnull=True)
            ),
            models.CheckConstraint(
                condition=models.Q(offer_minutes__isnull=True) | models.Q(offer_minutes__gte=1),
                name="queue_offer_lasts",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QueueMember(models.Model):
    """A user who takes tickets of a queue; `given_at` is when they last got one from it by routing."""

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="queue_memberships")
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["queue", "user"], name="queue_member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.queue}"


class Intake(Noun):
    """Which queue new talk comes into: by the mailbox it was sent to, or by its channel (empty: whatever comes)."""

    VIEW: ClassVar[Right] = MANAGE

    queue = models.ForeignKey(Queue, on_delete=models.CASCADE, related_name="intakes")
    channel = models.CharField(_("channel"), max_length=8, blank=True)
    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, null=True, blank=True, related_name="intakes")

    objects = Door.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "mailbox"], name="intake_once", nulls_distinct=False)]

    def __str__(self) -> str:
        return f"{self.channel or '*'} → {self.queue}"

    @property
    def label(self) -> str:
        """The channel in words."""
        return str(dict(Thread.Channel.choices).get(self.channel, self.channel))


class ChatDesk(Noun):
    """Who answers the chat of a site, and when: its queue (none: as every chat) and its calendar (none: always)."""

    VIEW: ClassVar[Right] = VIEW

    site = models.OneToOneField(ChatSite, on_delete=models.CASCADE, related_name="desk")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    calendar = models.ForeignKey("service.Calendar", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = Door.as_manager()

    def __str__(self) -> str:
        return str(self.site)


class Agent(Noun):
    """How a user takes part in routing: how many open tickets at once (none: any number), with which skills.

    Nobody gets tickets from `away_since` until `away_until` (none: until they come back).
    """

    VIEW: ClassVar[Right] = VIEW

    user = models.OneToOneField("team.User", on_delete=models.CASCADE, related_name="agent")
    capacity = models.PositiveIntegerField(_("open tickets at once"), null=True, blank=True)
    skills = ArrayField(models.CharField(max_length=40), verbose_name=_("skills"), default=list, blank=True)
    away_since = models.DateTimeField(null=True)
    away_until = models.DateTimeField(null=True)
    away_because = models.CharField(max_length=120, blank=True)

    objects = Door.as_manager()

    def __str__(self) -> str:
        return str(self.user)

    def away(self, at: datetime) -> bool:
        """Return whether the user is away at `at`."""
        if self.away_since is None or at < self.away_since:
            return False
        return self.away_until is None or at < self.away_until
