from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rapport.customers.models import Customer
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.marketing.models.segment import Segment
from rapport.marketing.permissions import VIEW


class Membership(Noun):
    """A customer was in a segment from `since` on, and before `until` if they left it."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="memberships", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="memberships")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["segment", "since", "id"], name="membership_joined"),
            models.Index(fields=["segment", "until", "id"], name="membership_left", condition=Q(until__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"], name="membership_once_at_a_time", condition=Q(until__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="membership_forward"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"
