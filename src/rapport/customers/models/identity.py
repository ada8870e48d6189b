from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.customers.models.customer import Customer
from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Identity(Noun):
    """An address, number or handle by which a customer is known.

    `value` is as it was given, `normal` the one true spelling, `match_key` folds the variants of the same line
    (Brazil's ninth digit, Mexico's 1, Argentina's 9). `namespace` says whose number it is: a shop, a network.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        HANDLE = "handle", _("Handle")
        EXTERNAL = "external", _("Number elsewhere")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind)
    namespace = models.CharField(max_length=40, blank=True)
    value = models.CharField(max_length=254)
    normal = models.CharField(max_length=254)
    match_key = models.CharField(max_length=254)
    label = models.CharField(max_length=40, blank=True)
    primary = models.BooleanField(default=False)
    invalid_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "identities"
        indexes = [models.Index(fields=["match_key"], name="identity_match")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "namespace", "normal"],
                name="identity_of_one_customer",
                condition=models.Q(kind__in=["email", "handle", "external"]),
            ),
            models.UniqueConstraint(fields=["customer", "kind", "namespace", "normal"], name="identity_once"),
        ]

    def __str__(self) -> str:
        return self.value
