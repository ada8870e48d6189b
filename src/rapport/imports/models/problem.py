from __future__ import annotations

from typing import Any

from django.db import models

from rapport.imports.models.run import ImportRun


class ImportProblem(models.Model):
    """What is wrong at one place of a file. `cells` is the row as it was read, for the file of rows to mend."""

    class Severity(models.TextChoices):
        ERROR = "error"
        WARNING = "warning"

    id = models.BigAutoField(primary_key=True)
    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="problems")
    file = models.PositiveSmallIntegerField()
    row = models.BigIntegerField()
    line = models.BigIntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    params: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    severity = models.CharField(max_length=7, choices=Severity)
    cells: models.JSONField[list[str] | None, list[str] | None] = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "file", "row"], name="problem_of_run")]

    def __str__(self) -> str:
        return f"{self.row} {self.code}"
