from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.calls.permissions import VIEW
from rapport.conversations.models import Thread
from rapport.customers.models import Customer
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.promises.models import Promise
from rapport.timeline.models import Activity


class Call(Noun):
    """A call as the telephone system told it. `provider_id` is its number there, so a report twice is one call.

    `number` is that of whoever is not us, as E.164 where it is one; `number_key` is what variants of it have in common
    and empty when it was withheld. `activity` is its entry of the log, `thread` where a missed one waits, `promise` the
    call back.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Direction(models.TextChoices):
        IN = "in", _("From the customer")
        OUT = "out", _("To the customer")

    class State(models.TextChoices):
        RINGING = "ringing", _("Ringing")
        ANSWERED = "answered", _("Answered")
        ENDED = "ended", _("Ended")
        MISSED = "missed", _("Missed")
        VOICEMAIL = "voicemail", _("Voicemail")

    provider_id = models.CharField(max_length=120, unique=True)
    direction = models.CharField(max_length=3, choices=Direction)
    state = models.CharField(max_length=9, choices=State)
    number = models.CharField(_("number"), max_length=64, blank=True)
    number_key = models.CharField(max_length=64, blank=True)
    line = models.CharField(_("our number"), max_length=64, blank=True)
    agent = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="calls")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="calls", db_index=False)
    activity = models.ForeignKey(Activity, on_delete=models.SET_NULL, null=True, related_name="calls")
    thread = models.ForeignKey(Thread, on_delete=models.SET_NULL, null=True, related_name="calls")
    promise = models.ForeignKey(Promise, on_delete=models.SET_NULL, null=True, related_name="calls")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recording_url = models.URLField(max_length=1000, blank=True)
    transcript = models.TextField(blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-started_at"], name="call_of_customer"),
            models.Index(fields=["number_key", "-started_at"], name="call_by_number", condition=~Q(number_key="")),
        ]

    def __str__(self) -> str:
        return self.provider_id

    @property
    def talked(self) -> bool:
        """Whether two people talked with each other."""
        return self.answered_at is not None and self.state in (self.State.ANSWERED, self.State.ENDED)

    @property
    def length(self) -> timedelta | None:
        """How long they talked, None while nobody knows."""
        if not self.talked or self.answered_at is None or self.ended_at is None:
            return None
        return max(self.ended_at - self.answered_at, timedelta())
