from __future__ import annotations

from typing import ClassVar

from django.db import models

from rapport.customers.models import Customer
from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door
from rapport.kernel.permissions import Right


class Touch(models.Model):
    """When a customer was last in touch: with us, by them and by us. Kept by the news of their events."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, primary_key=True, related_name="touch", db_constraint=True
    )
    last_at = models.DateTimeField(null=True)
    last_in_at = models.DateTimeField(null=True)
    last_out_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "touches"
        indexes = [models.Index(fields=["last_at", "customer"], name="touch_by_last")]

    def __str__(self) -> str:
        return str(self.last_at)
