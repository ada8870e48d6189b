from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rapport.commerce.models import Refund
from rapport.kernel.doors import Door
from rapport.promises.models import Promise
from rapport.service.models.ticket import OfTicket, Ticket


class Recovery(OfTicket):
    """How a complaint is made good: what caused it, until when we look again, and whether the customer came back.

    `outcome` is empty until it is judged. `score` is the customer's last answer about the matter, from 0 to 100.
    """

    class Cause(models.TextChoices):
        PRODUCT = "product", _("Fault of the product")
        DELIVERY = "delivery", _("Late or damaged delivery")
        INFORMATION = "information", _("Wrong or missing information")
        CONDUCT = "conduct", _("How we behaved")
        PRICE = "price", _("Price or bill")
        PROMISE = "promise", _("A promise that was not kept")
        OTHER = "other", _("Something else")

    class Outcome(models.TextChoices):
        RECOVERED = "recovered", _("The customer came back")
        LOST = "lost", _("The customer was lost")
        UNCLEAR = "unclear", _("Cannot be told")

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="recovery")
    cause = models.CharField(_("cause"), max_length=11, choices=Cause, blank=True)
    what_happened = models.TextField(_("what happened"), blank=True)
    follow_up_on = models.DateField(_("look again on"), null=True, blank=True)
    promise = models.ForeignKey(Promise, on_delete=models.SET_NULL, null=True, related_name="+")
    score = models.PositiveSmallIntegerField(null=True)
    scored_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, blank=True)
    judged_at = models.DateTimeField(null=True)
    judged_because = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "recoveries"
        indexes = [models.Index(fields=["follow_up_on"], name="recovery_to_follow", condition=Q(outcome=""))]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="") ^ Q(judged_at__isnull=False), name="recovery_judged_at_a_time"
            ),
            models.CheckConstraint(condition=Q(score__isnull=True) | Q(score__lte=100), name="recovery_score_in_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.cause}"


class Amends(OfTicket):
    """One thing that was done to make good for a complaint. Money is in minor units of `currency`."""

    class Kind(models.TextChoices):
        APOLOGY = "apology", _("Apology")
        REFUND = "refund", _("Refund")
        POINTS = "points", _("Points")
        GIFT = "gift", _("Gift")
        REPLACEMENT = "replacement", _("Replacement")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="amends")
    kind = models.CharField(_("kind"), max_length=11, choices=Kind)
    what = models.CharField(_("what"), max_length=300, blank=True)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    points = models.PositiveIntegerField(null=True)
    refund = models.OneToOneField(Refund, on_delete=models.SET_NULL, null=True, related_name="amends")
    made_by = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()

    objects = Door.as_manager()

    class Meta:
        verbose_name_plural = "amends"
        indexes = [models.Index(fields=["ticket", "made_at"], name="amends_of_ticket")]
        constraints = [
            models.CheckConstraint(condition=~Q(kind="points") | Q(points__gte=1), name="amends_points_are_some"),
            models.CheckConstraint(condition=~Q(kind="refund") | Q(amount_minor__gte=1), name="amends_refund_is_some"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.what}"
