"""On news of customers: everybody has totals from their first moment, zeros to begin with."""

from __future__ import annotations

from rapport.commerce.models import CustomerTotals
from rapport.customers.events import CustomerCreated
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord


@on(CustomerCreated)
def start_totals(record: EventRecord, happening: CustomerCreated) -> None:
    """Give a new customer the totals of somebody who has not bought yet."""
    if record.customer_id:
        CustomerTotals.objects.bulk_create([CustomerTotals(customer_id=record.customer_id)], ignore_conflicts=True)
