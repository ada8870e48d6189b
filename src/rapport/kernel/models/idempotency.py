from __future__ import annotations

from django.db import models


class Idempotency(models.Model):
    """The answer once given to a request with a key, so that sending it again changes nothing."""

    key = models.CharField(max_length=200)
    actor = models.UUIDField()
    request_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    answer = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key_once")]

    def __str__(self) -> str:
        return self.key
