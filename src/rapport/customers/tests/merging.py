"""What the tests of merging share: everything that is a customer's, as one value that can be compared."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from rapport.customers.following import FOLLOWING
from rapport.customers.models import Consent, Customer
from rapport.customers.queries import consents

FIELDS = (
    "kind", "name", "given_name", "family_name", "stage", "owner_id", "language", "zone", "preferred_channel",
    "quiet_from", "quiet_to", "birthday", "street", "city", "region", "postcode", "country", "source", "custom",
    "since", "created_at", "deleted_at", "merged_into_id", "search",
)  # fmt: skip
OF_MERGING = ("customers.merged", "customers.unmerged")


def whole(customer: Customer) -> dict[str, Any]:
    """Return the customer's own fields, what is allowed, and every row that is theirs, with all its columns."""
    row = Customer.objects.get(pk=customer.pk)
    found = {name: getattr(row, name) for name in FIELDS}
    found["tags"] = sorted(row.tags)
    found["consents"] = [(one.channel, one.topic, one.state, one.at) for one in consents(row)]
    found["proofs"] = sorted(Consent.objects.filter(customer=row).values_list("pk", "replaced_at"), key=str)
    found["totals"] = totals(row)
    return found | {place: rows_of(place, row.pk) for place in FOLLOWING}


def rows_of(place: str, customer: UUID) -> list[dict[str, Any]]:
    """Return the rows of one place that are a customer's, but for the news of merges themselves."""
    one = FOLLOWING[place]
    rows = one.rows.filter(**{one.field: customer}).order_by("pk")
    if place.startswith("kernel."):
        rows = rows.exclude(type__in=OF_MERGING)
    return list(rows.values())


def totals(customer: Customer) -> tuple[Any, ...]:
    """Return what lists say of what a customer bought."""
    kept: Any = customer
    return (kept.totals.orders, kept.totals.net_minor, kept.totals.first_at, kept.totals.last_at)


def differences(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return per customer what is not as it was, with both values."""
    return [
        {key: (one[key], other[key]) for key in one if one[key] != other[key]}
        for one, other in zip(before, after, strict=True)
    ]
