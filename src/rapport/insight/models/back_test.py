from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BackTest(models.Model):
    """How well the index of an earlier day told what happened in the days after it.

    `auc` is the chance that of two customers, one with the outcome and one without, the one with has the higher
    index (for churn and low reviews: the lower one); 0.5 says nothing, 1 is perfect.
    """

    class Outcome(models.TextChoices):
        REPEAT = "repeat", _("Bought again")
        CHURN = "churn", _("Did not buy again")
        REVIEW = "review", _("Gave a low review")

    outcome = models.CharField(max_length=8, choices=Outcome, primary_key=True)
    on = models.DateField()
    horizon_days = models.PositiveIntegerField()
    customers = models.PositiveIntegerField()
    with_outcome = models.PositiveIntegerField()
    auc = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.outcome} {self.auc}"
