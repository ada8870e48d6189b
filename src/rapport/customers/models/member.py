from __future__ import annotations

from typing import ClassVar

from django.db import models

from rapport.customers.models.customer import Customer
from rapport.customers.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class Member(Noun):
    """A customer who signs in to see their own things.

    `password` is a hash, empty for those who come by mailed links alone. A new `stamp` ends every session.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="member")
    password = models.CharField(max_length=128, blank=True)
    stamp = models.CharField(max_length=32)
    joined_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    erasure_asked_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    def __str__(self) -> str:
        return str(self.customer)


class SignInLink(Noun):
    """A link that was mailed to a customer: good once, until it expires. Only the hash of its token is kept."""

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="sign_in_links")
    hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    def __str__(self) -> str:
        return f"until {self.expires_at:%Y-%m-%d %H:%M}"
