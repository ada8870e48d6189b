from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from rapport.customers.models.customer import Customer
from rapport.customers.permissions import MERGE
from rapport.kernel.actors import Actor, Reach
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right


class DuplicateDoor(Door["Duplicate"]):
    """Pairs of which both are within reach."""

    def open(self) -> DuplicateDoor:
        """Return those that wait for somebody: both are there, and nobody said that they are not the same."""
        return self.filter(dismissed_at=None, first__deleted_at=None, second__deleted_at=None)


class Duplicate(Noun):
    """Two customers who may be one, with what speaks for it: a score from 0 to 100 and the codes of its reasons.

    `first` is the one whose id comes first. Rows of those who were merged or are in the trash wait out of sight, for
    either may come back. A pair that was said to be two (`dismissed_at`) stays for good, so that nobody is asked again.
    """

    VIEW: ClassVar[Right] = MERGE
    OWNER: ClassVar[str] = "first__owner_id"

    first = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="duplicates_first", db_index=False)
    second = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="duplicates_second")
    score = models.SmallIntegerField(_("likelihood"))
    reasons = ArrayField(models.CharField(max_length=20), default=list)
    found_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)
    dismissed_by = models.CharField(max_length=120, blank=True)

    objects: ClassVar[models.Manager[Duplicate]] = DuplicateDoor.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["score", "id"], name="duplicate_by_score", condition=Q(dismissed_at=None)),
            models.Index(fields=["found_at", "id"], name="duplicate_by_found", condition=Q(dismissed_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="duplicate_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} = {self.second}?"

    @classmethod
    def within(cls, actor: Actor, reach: Reach) -> Q:
        """Return the condition on the pairs of which both are within reach, not the first alone."""
        if reach is Reach.ALL:
            return Q()
        mine = Customer.objects.filter(Customer.within(actor, reach)).values("pk")
        return Q(first__in=mine, second__in=mine)

    @property
    def pair(self) -> tuple[Customer, Customer]:
        """Both customers, the one who was added first before the other."""
        first, second = sorted((self.first, self.second), key=lambda one: one.number)
        return first, second


class MatchKeys(models.Model):
    """The match keys of a customer: who has one in common with another is compared, see `rapport.customers.twins`."""

    VIEW: ClassVar[Right] = MERGE
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="match_keys")
    keys: ArrayField[list[int], list[int]] = ArrayField(models.BigIntegerField(), default=list)

    objects = Door.as_manager()

    class Meta:
        indexes = [GinIndex(fields=["keys"], name="match_keys")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {len(self.keys)}"


class ToCompare(models.Model):
    """A note that a customer is to be compared with the others anew, or `everybody` with everybody.

    Who is deleted for good leaves a note about nobody.
    """

    VIEW: ClassVar[Right] = MERGE
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="+")
    everybody = models.BooleanField(default=False)

    objects = Door.as_manager()

    def __str__(self) -> str:
        return "everybody" if self.everybody else str(self.customer_id)
