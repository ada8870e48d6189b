from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.timeline.permissions import VIEW


class Activity(Noun):
    """A note, a call or a meeting that somebody of the staff logged."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        CALL = "call", _("Call")
        MEETING = "meeting", _("Meeting")

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("To the customer")

    class Outcome(models.TextChoices):
        REACHED = "reached", _("Reached")
        NO_ANSWER = "no_answer", _("No answer")
        LEFT_MESSAGE = "left_message", _("Left a message")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="activities", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    text = models.TextField(_("text"), blank=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    happened_at = models.DateTimeField(_("when"))
    author = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "activities"
        indexes = [models.Index(fields=["customer", "-happened_at"], name="activity_of_customer")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:40]}"
