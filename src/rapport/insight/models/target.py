from __future__ import annotations

from django.db import models


class Target(models.Model):
    """The value the firm wants a metric to reach."""

    metric = models.CharField(max_length=60, primary_key=True)
    value = models.FloatField()

    def __str__(self) -> str:
        return f"{self.metric} {self.value}"
