from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.feedback.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right

WAITING = models.Q(answered_at__isnull=False, replied_at__isnull=True)
"""Feedback that somebody gave and nobody replied to."""


class Answer(Noun):
    """A review, or an answer to one question of a survey; `score` lies between `scale_low` and `scale_high`.

    An answer that was asked for and never given has no `answered_at`: it counts in the response rate alone.
    """

    VIEW: ClassVar[Right] = VIEW
    OWNER: ClassVar[str] = "customer__owner_id"

    class Kind(models.TextChoices):
        REVIEW = "review", _("Review")
        CSAT = "csat", _("Satisfaction (CSAT)")
        NPS = "nps", _("Recommendation (NPS)")
        CES = "ces", _("Effort (CES)")
        CLI = "cli", _("Loyalty (CLI)")

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, null=True, related_name="answers", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="answers", db_index=False)
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, related_name="answers")
    namespace = models.CharField(max_length=40, blank=True)
    external = models.CharField(max_length=160)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    scale_low = models.SmallIntegerField()
    scale_high = models.SmallIntegerField()
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    sample = models.BooleanField(default=False)

    objects = Door.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-answered_at"], name="answer_of_customer"),
            models.Index(fields=["kind", "-answered_at"], name="answer_by_kind"),
            models.Index(fields=["order"], name="answer_of_order"),
            models.Index(fields=["-answered_at", "-id"], name="answer_waiting", condition=WAITING),
            models.Index(fields=["answered_at", "id"], name="answer_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["namespace", "external"], name="answer_once"),
            models.CheckConstraint(
                condition=models.Q(score__isnull=True)
                | models.Q(score__gte=models.F("scale_low"), score__lte=models.F("scale_high")),
                name="answer_score_on_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"
