"""On news of customers: everybody has totals from their first moment, and anew after a merge; orders go along."""

from __future__ import annotations

from rapport.commerce.models import CustomerTotals, Order
from rapport.commerce.services import totals
from rapport.customers.events import CustomerCreated, CustomersMerged, CustomersUnmerged
from rapport.customers.following import follow, stay
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord

follow(Order, "customer")
stay(CustomerTotals, "customer", because="they are counted anew")


@on(CustomerCreated)
def start_totals(record: EventRecord, happening: CustomerCreated) -> None:
    """Give a new customer the totals of somebody who has not bought yet."""
    if record.customer_id:
        totals.start(record.customer_id)


@on(CustomersMerged, CustomersUnmerged)
def count_anew(record: EventRecord, happening: CustomersMerged | CustomersUnmerged) -> None:
    """Count the totals of both customers of a merge from the orders that each has now."""
    totals.recount(happening.from_id, happening.into_id)
