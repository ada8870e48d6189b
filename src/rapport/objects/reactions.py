"""When customers are merged, what is theirs goes along; what is always somebody's goes with them."""

from __future__ import annotations

from rapport.customers.events import CustomerPurged
from rapport.customers.following import follow
from rapport.kernel.events import on
from rapport.kernel.models import EventRecord
from rapport.objects.models import ObjectType, Record

follow(Record, "customer")


@on(CustomerPurged)
def forget(record: EventRecord, happening: CustomerPurged) -> None:
    """Delete the records of somebody who is deleted for good, where such records are always somebody's."""
    always = [row for row in ObjectType.known().values() if row.customer == ObjectType.Customer.REQUIRED]
    Record.objects.filter(customer=record.subject_id, type__in=always).delete()
