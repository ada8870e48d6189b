from __future__ import annotations

from typing import ClassVar

from django.db import models

from rapport.commerce.permissions import VIEW
from rapport.customers.models import Customer
from rapport.kernel.doors import Door
from rapport.kernel.permissions import Right


class CustomerTotals(models.Model):
    """What a customer bought, kept with each order so that lists can sort by it; money in the organisation's currency.

    `orders` counts sales that were not cancelled; `net_minor` is net of credit notes and refunds.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="totals")
    orders = models.PositiveIntegerField(default=0)
    net_minor = models.BigIntegerField(default=0)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "customer totals"
        indexes = [
            models.Index(fields=["net_minor", "customer"], name="totals_by_net"),
            models.Index(fields=["orders", "customer"], name="totals_by_count"),
            models.Index(fields=["last_at", "customer"], name="totals_by_last_order"),
        ]

    def __str__(self) -> str:
        return f"{self.orders} orders"
