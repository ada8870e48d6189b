"""Closing by itself what was solved and stayed so."""

from __future__ import annotations

from datetime import timedelta

from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM
from rapport.service.models import Status, Ticket
from rapport.service.policy import current
from rapport.service.services import tickets


def close_solved(limit: int = 5000) -> int:
    """Close what was solved more days ago than the firm set, one transaction each; return how many there were."""
    days = current().close_days
    due = Ticket.objects.standing().filter(
        category=Status.Category.SOLVED, solved_at__lte=clock.now() - timedelta(days=days)
    )
    rows = list(due.order_by("solved_at", "id")[:limit])
    for ticket in rows:
        tickets.close(ticket, by=SYSTEM)
    return len(rows)
