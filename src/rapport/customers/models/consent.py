from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.customers.models.customer import Customer
from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Consent(Noun):
    """What a customer allowed or withdrew, with its proof. Rows are only added; the newest of a topic counts.

    `replaced_at` says when a newer one took its place; the one that counts has none.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class State(models.TextChoices):
        GRANTED = "granted", _("Allowed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents", db_index=False)
    channel = models.CharField(max_length=8, choices=Customer.Channel)
    topic = models.CharField(max_length=40, default="marketing")
    state = models.CharField(max_length=10, choices=State)
    basis = models.CharField(max_length=40, blank=True)
    proof = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "channel", "topic", "-at"], name="consent_newest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.topic} {self.state}"
