"""The main address of each kind: one also after a merge, and after it is undone that which was it before."""

from __future__ import annotations

from uuid import UUID

from rapport.customers.models import CustomerMerge, Identity

KEPT = "firsts"


def step_back(merge: CustomerMerge) -> None:
    """Note the main addresses of the source; those of kinds of which the survivor has one are so no longer.

    Called before the rows go over.
    """
    rows = Identity.objects.filter(customer_id=merge.source_id, primary=True)
    merge.brought[KEPT] = [str(row.pk) for row in rows]
    rows.filter(kind__in=Identity.objects.filter(customer_id=merge.survivor_id, primary=True).values("kind")).update(
        primary=False
    )


def step_forward(merge: CustomerMerge) -> None:
    """Let be main addresses of the source what were so before; called after its rows came back."""
    keys = merge.brought.pop(KEPT, [])
    rows = Identity.objects.filter(customer_id=merge.source_id)
    rows.exclude(pk__in=keys).filter(primary=True).update(primary=False)
    rows.filter(pk__in=keys).update(primary=True)


def fill(customer: UUID) -> None:
    """Let the oldest address be the main one of each kind that has none any more."""
    rows = Identity.objects.filter(customer_id=customer)
    for kind in set(rows.values_list("kind", flat=True)) - set(
        rows.filter(primary=True).values_list("kind", flat=True)
    ):
        heir = rows.filter(kind=kind).order_by("created_at", "pk").first()
        if heir is not None:
            rows.filter(pk=heir.pk).update(primary=True)
