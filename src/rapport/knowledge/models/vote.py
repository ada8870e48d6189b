from __future__ import annotations

from django.db import models

from rapport.kernel.ids import new_id
from rapport.knowledge.models.article import Translation


class Vote(models.Model):
    """Whether an article helped one reader. `voter` is a digest that tells readers apart without naming them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    translation = models.ForeignKey(Translation, on_delete=models.CASCADE, related_name="votes")
    version = models.PositiveIntegerField()
    voter = models.CharField(max_length=64)
    score = models.SmallIntegerField(choices=[(1, "helpful"), (-1, "not helpful")])
    comment = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="vote_newest")]
        constraints = [
            models.UniqueConstraint(fields=["translation", "voter"], name="vote_once"),
            models.CheckConstraint(condition=models.Q(score__in=[1, -1]), name="vote_up_or_down"),
        ]

    def __str__(self) -> str:
        return f"{self.score:+d}"
