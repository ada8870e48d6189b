from __future__ import annotations

from typing import Any

from django.db import models

from rapport.imports.models.run import ImportRun


class RowBefore(models.Model):
    """A row as it was before an import changed it; without `row` the import added it to something that was there."""

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="before")
    place = models.CharField(max_length=63)
    row_id = models.UUIDField()
    row: models.JSONField[dict[str, Any] | None, dict[str, Any] | None] = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "place"], name="before_of_run")]

    def __str__(self) -> str:
        return f"{self.place} {self.row_id}"
