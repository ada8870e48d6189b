from __future__ import annotations

from django.db import models

from rapport.kernel.ids import new_id


class EventRecord(models.Model):
    """One fact, written in the transaction of the change it tells of and never changed after.

    `at` is when it happened, `recorded_at` when we learnt of it. `data` holds the fields of the event's type.
    `subject` is the row that it tells of, as whoever published it holds it; later nobody does.
    """

    subject: models.Model | None = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    type = models.CharField(max_length=64)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=120)
    via = models.CharField(max_length=16)
    customer_id = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    cause_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["customer_id", "-at", "-id"], name="event_of_customer"),
            models.Index(fields=["recorded_at", "id"], name="event_recorded"),
            models.Index(fields=["subject_id"], name="event_of_subject"),
            models.Index(fields=["recorded_at", "id"], name="event_of_house", condition=models.Q(customer_id=None)),
            models.Index(fields=["cause_id"], name="event_of_cause", condition=models.Q(cause_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.type} at {self.at:%Y-%m-%d %H:%M}"
