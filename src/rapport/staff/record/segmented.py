"""The panel of segments: those a customer is in, and the others to ask why not."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from rapport.marketing import queries
from rapport.staff.record.known import Known


def load(known: Known) -> dict[str, Any] | None:
    """Return the segments a customer is in with the moment they joined, and those they are not in; None without any.

    Each comes with the address that says why.
    """
    found = queries.of_customer(known.customer, known.actor)
    if not found or known.customer.deleted_at:
        return None
    code = known.customer.code
    told = [
        (one, f"{reverse('staff:segment', args=[one.pk])}?who={code}#why", getattr(one, "since"))  # noqa: B009
        for one in found
    ]
    return {"inside": [one for one in told if one[2]], "outside": [one for one in told if not one[2]]}
