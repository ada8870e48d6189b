from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models.product import Product
from rapport.commerce.permissions import VIEW
from rapport.customers.models import Customer
from rapport.kernel.doors import Door, Noun
from rapport.kernel.ids import new_id
from rapport.kernel.permissions import Right


class Order(Noun):
    """A sale, or a credit note or an adjustment as some shops book them (with negative totals).

    net = gross - discount - tax - shipping, all stored; `net_base_minor` is net in the organisation's currency at
    `rate`, the rate of the order's day. `refunded_minor` adds up the refunds dated since. `number` is unique within
    `namespace`, the shop that numbered it.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Kind(models.TextChoices):
        SALE = "sale", _("Sale")
        CREDIT = "credit", _("Credit note")
        ADJUSTMENT = "adjustment", _("Adjustment")

    class Status(models.TextChoices):
        PLACED = "placed", _("Placed")
        PAID = "paid", _("Paid")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        CANCELLED = "cancelled", _("Cancelled")

    number = models.CharField(_("number"), max_length=80)
    namespace = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SALE)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLACED)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", db_index=False
    )
    placed_at = models.DateTimeField(_("placed"))
    paid_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    promised_on = models.DateField(_("promised for"), null=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    channel = models.CharField(_("channel"), max_length=40, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=10, default=1)
    gross_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    shipping_minor = models.BigIntegerField(default=0)
    net_minor = models.BigIntegerField()
    net_base_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    refunded_base_minor = models.BigIntegerField(default=0)
    lines_count = models.PositiveIntegerField(default=0)
    has_sale_line = models.BooleanField(default=True)
    note = models.TextField(_("note"), blank=True)
    custom: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(
        default=dict, db_default=models.Value({}, models.JSONField()), blank=True
    )
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    sample = models.BooleanField(default=False)

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-placed_at", "-id"], name="order_of_customer"),
            models.Index(fields=["-placed_at", "-id"], name="order_newest"),
            models.Index(fields=["number"], name="order_by_number", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=["net_base_minor", "id"], name="order_by_value"),
            models.Index(
                fields=["placed_at", "id"],
                name="order_open",
                condition=models.Q(status__in=["placed", "paid", "shipped"]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["namespace", "number"], name="order_number_once"),
            models.CheckConstraint(
                condition=models.Q(
                    net_minor=models.F("gross_minor")
                    - models.F("discount_minor")
                    - models.F("tax_minor")
                    - models.F("shipping_minor")
                ),
                name="order_net_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One line of an order: so many of a product at a price; `total_minor` is what the line adds to gross.

    Prices of one can be below the minor unit (screws at a tenth of a penny), so `unit_price_minor` has four decimals.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="lines")
    sku = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=300, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=3)
    unit_price_minor = models.DecimalField(max_digits=20, decimal_places=4)
    discount_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    cost_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "position"], name="order_line_position_once")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name or self.sku}"
