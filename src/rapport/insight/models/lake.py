from __future__ import annotations

from django.db import models


class Change(models.Model):
    """A note that rows with keys from `low` to `high` of a table changed since the lake was last refreshed.

    Triggers write it in the transaction of the change, so it is there exactly when the change is.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=63)
    low = models.UUIDField()
    high = models.UUIDField()

    def __str__(self) -> str:
        return f"{self.source} {self.low}"


class LakeState(models.Model):
    """Which lake the notes in `Change` follow on: the token of its manifest. One row.

    `changed_at` says since when there are changes that the scores don't know of, `scored_for` which day they were
    last seen from, `score_seconds` how long that took, `tested_at` when the index was last put to the test;
    `looked_back` is the last month whose scores are in the history, by its last day.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField()
    changed_at = models.DateTimeField(null=True)
    scored_at = models.DateTimeField(null=True)
    scored_for = models.DateField(null=True)
    score_seconds = models.FloatField(null=True)
    tested_at = models.DateTimeField(null=True)
    looked_back = models.DateField(null=True)

    def __str__(self) -> str:
        return str(self.token)
