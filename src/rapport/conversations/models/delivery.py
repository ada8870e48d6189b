from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models.message import Message
from rapport.conversations.models.reach import within
from rapport.conversations.permissions import VIEW
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Delivery(Noun):
    """One attempt to hand a message over to its gateway. It is written and committed before the attempt is made.

    `handed_at` is written just before the other side may have taken it. `outcome` is empty while nobody knows how it
    went: the attempt is running, or it died on the way.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "message__thread__customer__owner_id"

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        LATER = "later", _("To be tried again")
        REFUSED = "refused", _("Refused")
        UNKNOWN = "unknown", _("Unknown")

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    gateway = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    handed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    detail = models.CharField(max_length=500, blank=True)

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [models.Index(fields=["message", "started_at"], name="delivery_of_message")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.outcome}"

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on deliveries of messages in threads that `reach` lets `actor` see."""
        return within(actor, reach, "message__thread__")
