from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models.order import Order
from rapport.kernel.ids import new_id


class Payment(models.Model):
    """Money received for an order."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments", db_index=False)
    reference = models.CharField(max_length=80, blank=True)
    method = models.CharField(_("method"), max_length=40, blank=True)
    installments = models.PositiveSmallIntegerField(default=1)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["paid_at"], name="payment_by_day")]
        constraints = [models.UniqueConstraint(fields=["order", "reference"], name="payment_reference_once")]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class Refund(models.Model):
    """Money given back, at its own date; the order knows the sum, for views by the order's date."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="refunds")
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount_base_minor = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    refunded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["refunded_at"], name="refund_by_day")]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="refund_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"
