from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Order, Product
from rapport.customers.models import Customer
from rapport.feedback.permissions import VIEW
from rapport.kernel.doors import Door, Noun
from rapport.kernel.permissions import Right
from rapport.service.models import Queue, Ticket

WAITING = models.Q(answered_at__isnull=False, replied_at__isnull=True, closed_at__isnull=True)
"""Feedback that somebody gave, and that was neither replied to nor closed."""
LOW_IS_GOOD = models.Q(kind="ces", scale_low=1, scale_high=5)


class Answer(Noun):
    """A review, or an answer to one question of a survey; `score` lies between `scale_low` and `scale_high`.

    An answer that was asked for and never given has no `answered_at`: it counts in the response rate alone. One about
    a ticket keeps who solved it (`agent`) and from which queue, and the `reasons` that the customer chose. `version` is
    that of the question; on the older scale for effort `low_is_good`.
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
    ticket = models.ForeignKey(Ticket, on_delete=models.SET_NULL, null=True, related_name="feedback")
    agent = models.ForeignKey("team.User", on_delete=models.SET_NULL, null=True, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.SET_NULL, null=True, related_name="+")
    namespace = models.CharField(max_length=40, blank=True)
    external = models.CharField(max_length=160)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    scale_low = models.SmallIntegerField()
    scale_high = models.SmallIntegerField()
    version = models.CharField(max_length=4, blank=True, db_default="")
    low_is_good = models.GeneratedField(
        expression=models.ExpressionWrapper(LOW_IS_GOOD, output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    reasons = ArrayField(models.CharField(max_length=80), default=list, blank=True, db_default=[])
    title = models.CharField(max_length=300, blank=True)
    text = models.TextField(blank=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
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
