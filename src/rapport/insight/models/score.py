from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from rapport.customers.models import Customer
from rapport.insight.permissions import VIEW
from rapport.kernel.doors import Door
from rapport.kernel.permissions import Right


class Score(models.Model):
    """What insight last worked out about a customer; unknown is NULL, never a number in the middle.

    Elements and index run from 0 to 100, `confidence` and `p_alive` from 0 to 1; money is in minor units of the
    organisation's currency. `reasons` holds per element its sub-measures with value, weight and number of rows;
    `kinds` the memberships of both families; `trend` is the change of the index over 90 days. `usual_days` is the
    customer's median time between purchases, `at_risk_minor` what is lost if they, overdue by it, do not return; `on`
    is the day from which all this was first seen as it is, `as_of` the moment of the data it was seen in.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="score")
    index = models.FloatField(null=True)
    confidence = models.FloatField(default=0)
    trend = models.FloatField(null=True)
    trust = models.FloatField(null=True)
    respect = models.FloatField(null=True)
    communication = models.FloatField(null=True)
    understanding = models.FloatField(null=True)
    responsiveness = models.FloatField(null=True)
    helpfulness = models.FloatField(null=True)
    loyalty = models.FloatField(null=True)
    advocacy = models.FloatField(null=True)
    profitability = models.FloatField(null=True)
    reasons: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    evidence = models.PositiveIntegerField(default=0)
    kind = models.CharField(max_length=20, blank=True)
    kinds: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    kind_override = models.CharField(max_length=20, blank=True)
    stage = models.CharField(max_length=20, blank=True)
    stage_since = models.DateTimeField(null=True)
    lapsed_at = models.DateTimeField(null=True)
    usual_days = models.FloatField(null=True)
    p_alive = models.FloatField(null=True)
    cltv_minor = models.BigIntegerField(null=True)
    cltv_low_minor = models.BigIntegerField(null=True)
    cltv_high_minor = models.BigIntegerField(null=True)
    at_risk_minor = models.BigIntegerField(null=True)
    on = models.DateField(null=True)
    as_of = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["index", "customer"], name="score_by_index"),
            models.Index(fields=["trend", "customer"], name="score_by_trend"),
            models.Index(fields=["cltv_minor", "customer"], name="score_by_cltv"),
            models.Index(
                fields=["-at_risk_minor", "customer"],
                name="score_by_risk",
                condition=models.Q(at_risk_minor__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.index)


class ScorePoint(models.Model):
    """The scores of a customer as they stood at the end of a month, in whole points; unknown is NULL.

    There is a row only where something changed since the row before: what it says holds until the next one, and the
    last one until `Score`, which is the present.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    pk = models.CompositePrimaryKey("customer_id", "on")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="score_points", db_index=False)
    on = models.DateField()
    index = models.SmallIntegerField()
    trust = models.SmallIntegerField(null=True)
    respect = models.SmallIntegerField(null=True)
    communication = models.SmallIntegerField(null=True)
    understanding = models.SmallIntegerField(null=True)
    responsiveness = models.SmallIntegerField(null=True)
    helpfulness = models.SmallIntegerField(null=True)
    loyalty = models.SmallIntegerField(null=True)
    advocacy = models.SmallIntegerField(null=True)
    profitability = models.SmallIntegerField(null=True)

    objects = Door.as_manager()

    def __str__(self) -> str:
        return f"{self.on} {self.index}"
