from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rapport.customers.models import Customer
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.knowledge.permissions import VIEW


class Attempt(Noun):
    """Somebody began to write to us, and which articles came of it.

    `shown` and `opened` are ids of articles. `solved_at` is when they said that an article was the answer, `sent_at`
    when they wrote to us after all.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, related_name="attempts")
    language = models.CharField(max_length=8)
    shown = ArrayField(models.UUIDField(), default=list)
    opened = ArrayField(models.UUIDField(), default=list)
    began_at = models.DateTimeField()
    solved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = Door.as_manager()

    class Meta:
        indexes = [models.Index(fields=["began_at"], name="attempt_by_time")]

    def __str__(self) -> str:
        return str(self.began_at)
