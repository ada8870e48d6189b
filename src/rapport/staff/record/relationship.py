"""The panel of the relationship index: the nine elements as bars, each with the way to its reasons."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from rapport.customers.models import Customer
from rapport.insight.models import Score
from rapport.staff.insight import words
from rapport.staff.record.known import Known
from rapport.ui.components.parts import Element


def load(known: Known) -> dict[str, Any]:
    """Return index, its change over 90 days, how much evidence there is, and the elements; unknown ones are None."""
    customer, score = known.customer, known.score
    return {
        "score": score,
        "elements": elements(customer, score),
        "reasons": reverse("staff:customer_relationship", args=[customer.pk]),
    }


def elements(customer: Customer, score: Score | None) -> list[Element]:
    """Return the nine elements in their order, each leading to its reasons."""
    page = reverse("staff:customer_relationship", args=[customer.pk])
    return [
        Element(str(label), getattr(score, name) if score else None, f"{page}#{name}" if score else "")
        for name, label in words.ELEMENTS.items()
    ]
