from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from rapport.kernel.ids import new_id


class BulkRun(models.Model):
    """A verb done to many rows: to `ids`, or without them to everything that `condition` and `search` let through.

    Its events name it as their cause, so `undo_of` can take them back. `refused` holds the first rows that stayed as
    they were: name and reason of each; `position` is the last row that was come to.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    listing = models.CharField(max_length=40)
    verb = models.CharField(max_length=40)
    values: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    user = models.ForeignKey("team.User", on_delete=models.CASCADE, related_name="+")
    ids = ArrayField(models.UUIDField(), null=True)
    condition = models.TextField(blank=True)
    search = models.CharField(max_length=200, blank=True)
    undo_of = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="undone_by")
    total = models.PositiveIntegerField(null=True)
    done = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    refused: models.JSONField[list[Any], list[Any]] = models.JSONField(default=list)
    position = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.verb} on {self.done} {self.listing}"

    @property
    def seen(self) -> int:
        """How many rows it came to so far."""
        return self.done + self.refused_count
