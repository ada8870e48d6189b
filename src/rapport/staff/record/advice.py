"""The panel of the next best action: what to do for a customer, why, and what it should move."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from rapport.insight.actions import for_customer
from rapport.insight.elements.catalogue import ELEMENTS
from rapport.staff.record.known import Known

CALLS = {"slipping", "falling", "lapsed_valuable", "second_order", "unknown_valuable", "advocate"}


def load(known: Known) -> dict[str, Any] | None:
    """Return the most urgent action, its button, and the others in short; None when there is nothing to do."""
    if known.customer.deleted_at:
        return None
    found = for_customer(known.customer, known.actor)
    if not found:
        return None
    first, *others = found
    page = reverse("staff:customer", args=[known.customer.pk])
    return {
        "action": first,
        "moves": [str(ELEMENTS[name]) for name in first.moves if name in ELEMENTS],
        "others": others[:3],
        "call": f"{page}?compose=call#composer" if first.rule in CALLS else "",
        "promises": "#open" if "promise" in first.rule else "",
    }
