"""On every fact of a customer that somebody did: note when they were last in touch; anew after a merge."""

from __future__ import annotations

from rapport.customers.events import CustomersMerged, CustomersUnmerged
from rapport.customers.following import follow, stay
from rapport.kernel.events import EVENTS, Event, on
from rapport.kernel.models import EventRecord
from rapport.timeline.models import Activity, Touch
from rapport.timeline.services import touches

follow(Activity, "customer")
stay(Touch, "customer", because="it is worked out anew")


def note_touch(record: EventRecord, happening: Event) -> None:
    """Note that the customer of an event was in touch."""
    if record.customer_id:
        touches.note(record.customer_id, record.at, EVENTS[record.type].direction)


on(*(kind.cls for kind in EVENTS.values() if kind.direction != "none"))(note_touch)


@on(CustomersMerged, CustomersUnmerged)
def work_out_touch(record: EventRecord, happening: CustomersMerged | CustomersUnmerged) -> None:
    """Work out when both customers of a merge were last in touch, from the events that each has now."""
    touches.recount_many((happening.from_id, happening.into_id))
