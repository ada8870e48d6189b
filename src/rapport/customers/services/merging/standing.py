"""Who was merged into whom, as it stands: chains of merges, upwards and downwards."""

from __future__ import annotations

from uuid import UUID

from rapport.customers.models import Customer, CustomerMerge


def onward(customer: UUID) -> list[CustomerMerge]:
    """Return the merges that lead from a customer to the last survivor, in order; none when it stands by itself."""
    found: list[CustomerMerge] = []
    while True:
        step = CustomerMerge.objects.filter(source_id=customer, undone_at__isnull=True).first()
        if step is None:
            return found
        found.append(step)
        customer = step.survivor_id


def last_of(customers: set[UUID]) -> dict[UUID, UUID]:
    """Return for each customer the one that it leads to: itself, or the one at the end of its merges."""
    rows = Customer.objects.filter(pk__in=customers, merged_into__isnull=False).values_list("pk", "merged_into_id")
    led = dict(rows)
    return {key: led.get(key, key) for key in customers}


def below(customer: UUID) -> list[CustomerMerge]:
    """Return the merges into a customer and into those, nearest first and the oldest first among them."""
    found: list[CustomerMerge] = []
    layer = [customer]
    while layer:
        rows = CustomerMerge.objects.filter(survivor_id__in=layer, undone_at__isnull=True)
        steps = list(rows.order_by("merged_at", "pk"))
        found += steps
        layer = [step.source_id for step in steps]
    return found


def into(customer: UUID) -> list[CustomerMerge]:
    """Return the merges that stand into one customer, the oldest first."""
    rows = CustomerMerge.objects.filter(survivor_id=customer, undone_at__isnull=True)
    return list(rows.order_by("merged_at", "pk"))


def lead_to(survivor: UUID) -> None:
    """Let everybody who was merged into a customer, or into one of those, lead straight to it."""
    ids = [step.source_id for step in below(survivor)]
    Customer.objects.filter(pk__in=ids).update(merged_into_id=survivor)
