from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models.order import Order, OrderLine
from rapport.kernel.ids import new_id


class Shipment(models.Model):
    """A parcel on its way."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="shipments")
    carrier = models.CharField(_("carrier"), max_length=80, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=120, blank=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.tracking or str(self.id)


class Return(models.Model):
    """Goods that come back, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="returns")
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    asked_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reason or str(self.id)


class ReturnLine(models.Model):
    """How many of an order's line come back."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    goods_return = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines", db_index=False)
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="returns")
    quantity = models.DecimalField(max_digits=14, decimal_places=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["goods_return", "line"], name="return_line_once"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="return_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.line}"
