from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models.message import Message
from rapport.conversations.models.reach import within
from rapport.conversations.models.thread import Thread
from rapport.conversations.permissions import VIEW
from rapport.customers.models import Customer
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Participant(Noun):
    """Somebody who takes part in a thread: the requester, somebody in copy, or a colleague who watches it.

    People from outside have an `address` in small letters (and a `customer`, if we know them); watchers have a `user`.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "thread__customer__owner_id"

    class Role(models.TextChoices):
        REQUESTER = "requester", _("Requester")
        CC = "cc", _("In copy")
        WATCHER = "watcher", _("Watcher")

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="participants")
    address = models.CharField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="participations")
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, null=True, related_name="participations")
    role = models.CharField(max_length=9, choices=Role)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["address"], name="participant_by_address", condition=~Q(address=""))]
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "address"], name="participant_address_once", condition=~Q(address="")
            ),
            models.UniqueConstraint(
                fields=["thread", "user"], name="participant_user_once", condition=Q(user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["thread"], name="participant_one_requester", condition=Q(role="requester")
            ),
            models.CheckConstraint(
                condition=Q(role="watcher", user__isnull=False, address="")
                | Q(role__in=["requester", "cc"], user__isnull=True),
                name="participant_watcher_is_user",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name or self.address

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on those who take part in threads that `reach` lets `actor` see."""
        return within(actor, reach, "thread__")


class Mention(Noun):
    """A colleague whom a note names; `seen_at` is when they looked."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "user_id"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="mentions")
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-at"], name="mention_of_user")]
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.at:%Y-%m-%d %H:%M}"


class Presence(models.Model):
    """Who looks at a thread, who types an answer. The table is not logged: after a crash everybody looks anew."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField()
    typing_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-seen_at"], name="presence_of_user")]
        constraints = [models.UniqueConstraint(fields=["thread", "user"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.seen_at:%Y-%m-%d %H:%M}"
