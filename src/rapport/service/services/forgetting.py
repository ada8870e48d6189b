"""What is left of the tickets of somebody who is gone for good: that there was one, of which kind, how it went."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import search
from rapport.service.models import Amends, ChecklistItem, Recovery, Ticket, TimeEntry, Watcher


def forget(customer_id: UUID) -> None:
    """Empty what people wrote on the tickets of a customer; numbers, dates, states and amounts stay for the books."""
    Watcher.objects.filter(customer_id=customer_id).delete()
    mine = Ticket.objects.filter(requester_id=customer_id)
    for ticket in mine.only("pk", "number"):
        document = search.document("", also=[f"t-{ticket.number}", str(ticket.number)])
        Ticket.objects.filter(pk=ticket.pk).update(search=search.stored(document))
    mine.update(subject=_("Forgotten"), custom={}, tags=[])
    Recovery.objects.filter(ticket__in=mine).update(what_happened="", judged_because="")
    Amends.objects.filter(ticket__in=mine).update(what="")
    ChecklistItem.objects.filter(ticket__in=mine).update(text=_("Forgotten"))
    TimeEntry.objects.filter(ticket__in=mine).update(note="")
