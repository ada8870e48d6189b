from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.customers.models import Customer
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.promises.permissions import VIEW


class PromiseDoor(Door["Promise"]):
    """Promises, within reach."""

    def open(self) -> Self:
        """Return those that have not ended."""
        return self.filter(outcome="")

    def overdue(self, at: datetime) -> Self:
        """Return those that have not ended although they were due before `at`."""
        return self.open().filter(due_until__lte=at)


class Promise(Noun):
    """What somebody promised a customer.

    `due_on` is a day, `due_at` a moment; exactly one of them is set. `due_until` is the first moment at which it is
    no longer in time: for a day, the end of that day in `zone`. `outcome` is empty while it is open.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Outcome(models.TextChoices):
        KEPT = "kept", _("Kept")
        LATE = "late", _("Late")
        BROKEN = "broken", _("Broken")
        RELEASED = "released", _("Released")

    class Kind(models.TextChoices):
        DELIVERY = "delivery", _("Delivery")
        REPLY = "reply", _("Reply")
        CALL = "call", _("Call back")
        REFUND = "refund", _("Refund")
        VISIT = "visit", _("Visit or event")
        OTHER = "other", _("Other")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="promises", null=True, db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.OTHER)
    what = models.CharField(_("what"), max_length=300)
    maker = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="promises")
    maker_name = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField(_("made"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)
    zone = models.CharField(max_length=64)
    due_until = models.DateTimeField()
    fulfilled_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    ended_because = models.CharField(max_length=300, blank=True)
    source_type = models.CharField(max_length=40, blank=True)
    source_id = models.UUIDField(null=True)
    source_label = models.CharField(max_length=120, blank=True)
    weight = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    sample = models.BooleanField(default=False)

    objects = PromiseDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["due_until", "id"],
                name="promise_open_by_due",
                condition=models.Q(outcome__isnull=True) | models.Q(outcome=""),  # as conditions ask "is empty"
            ),
            models.Index(fields=["due_until", "id"], name="promise_by_due"),
            models.Index(fields=["customer", "-due_until"], name="promise_of_customer"),
            models.Index(fields=["source_id"], name="promise_of_source"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_on__isnull=True) ^ models.Q(due_at__isnull=True),
                name="promise_one_due",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome__in=["kept", "late"]) | models.Q(fulfilled_at__isnull=False),
                name="promise_fulfilled_when_kept",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    def state(self, at: datetime) -> str:
        """Return the outcome, or at moment `at` "late" for one that is overdue and "open" for one that is not."""
        if self.outcome:
            return self.outcome
        return self.Outcome.LATE if at >= self.due_until else "open"
