from __future__ import annotations

from django.db import models


class Count(models.Model):
    """How often something was tried in one stretch of time. `key` is a digest of what and by whom."""

    key = models.CharField(primary_key=True, max_length=64)
    until = models.DateTimeField(db_index=True)
    times = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.times} until {self.until:%H:%M}"
