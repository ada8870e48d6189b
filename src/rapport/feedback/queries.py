"""Questions about feedback."""

from __future__ import annotations

from django.db.models import QuerySet

from rapport.customers.models import Customer
from rapport.feedback.models import Answer
from rapport.kernel.actors import Actor


def of_customer(customer: Customer, actor: Actor) -> QuerySet[Answer]:
    """Return the answers of a customer within reach, the newest first."""
    rows = Answer.objects.visible_to(actor).filter(customer=customer, answered_at__isnull=False)
    return rows.order_by("-answered_at", "-id")


def unanswered(actor: Actor) -> QuerySet[Answer]:
    """Return the feedback within reach to which nobody has replied, the newest first."""
    rows = Answer.objects.visible_to(actor).filter(answered_at__isnull=False, replied_at__isnull=True)
    return rows.select_related("customer", "order").order_by("-answered_at", "-id")
