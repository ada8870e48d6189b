from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kernel.ids import new_id


class SearchedWord(models.Model):
    """How often something was searched for on one day, and how often nothing was found. Nobody is named.

    `term` is folded; `typed` is how it was written last. `day` is the organisation's.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    language = models.CharField(max_length=8)
    term = models.CharField(max_length=120)
    typed = models.CharField(max_length=120)
    times = models.PositiveIntegerField(default=0)
    missed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "language", "term"], name="searched_once_a_day")]

    def __str__(self) -> str:
        return self.typed


class Synonyms(models.Model):
    """Words that mean the same: who searches for one finds the others. `words` are as they were written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    words = ArrayField(models.CharField(max_length=60), verbose_name=_("words"))
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["words"]
        constraints = [models.CheckConstraint(condition=models.Q(words__len__gte=2), name="synonyms_two_or_more")]

    def __str__(self) -> str:
        return ", ".join(self.words)
