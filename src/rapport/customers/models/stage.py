from __future__ import annotations

from typing import ClassVar

from django.db import models

from rapport.customers.models.customer import Customer
from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class StageSpan(Noun):
    """The time a customer spent in a stage of the life cycle; the running one has no `left_at`."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="stages")
    stage = models.CharField(max_length=12, choices=Customer.Stage)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], name="stage_one_running", condition=models.Q(left_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.stage
