"""Tickets locked for a change, and the status history that every change of status writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from rapport.kernel import clock, search
from rapport.service.models import ENDED, Status, StatusSpan, Ticket


class Trashed(ValueError):
    """The ticket is in the trash; restore it first."""


class MergedAway(ValueError):
    """The ticket was merged into another one, `into`, where its talk goes on."""

    def __init__(self, ticket: Ticket, into: Ticket) -> None:
        words = {"number": ticket.code, "into": into.code}
        super().__init__(_("%(number)s was merged into %(into)s.") % words)
        self.into = into


def locked(ticket: Ticket) -> Ticket:
    """Return the row of a ticket, locked until the transaction ends. Raises `Trashed`, `MergedAway`.

    No other table is joined: a row that changed while its lock was waited for would no longer fit what it was joined
    with, and would be missing.
    """
    row = Ticket.objects.select_for_update().get(pk=ticket.pk)
    check_standing(row)
    return row


def locked_all(ids: Iterable[UUID]) -> dict[UUID, Ticket]:
    """Return the rows of tickets by id, locked in the order of their keys; those that are not there are missing."""
    rows = Ticket.objects.select_for_update().filter(pk__in=set(ids))
    return {row.pk: row for row in rows.order_by("pk")}


def check_standing(row: Ticket) -> None:
    """Raise `MergedAway` or `Trashed` for a ticket that nothing can happen to."""
    if row.merged_into_id is not None:
        raise MergedAway(row, Ticket.objects.get(pk=row.merged_into_id))
    if row.deleted_at is not None:
        raise Trashed(_("%(number)s is in the trash.") % {"number": row.code})


def touch(row: Ticket, *names: str) -> None:
    """Save the fields `names` of a locked ticket as one change: its version grows."""
    row.version += 1
    row.updated_at = clock.now()
    row.save(update_fields=[*names, "version", "updated_at"])


def enter(row: Ticket, status: Status, at: datetime) -> tuple[str, ...]:
    """Give a locked ticket a status from `at` on and write its history; return the fields that are to be saved.

    A moment before the running span began is moved to its beginning, so that history never runs backwards.
    """
    running = row.spans.filter(left_at__isnull=True).first()
    moment = max(at, running.entered_at) if running else at
    if running:
        running.left_at = moment
        running.save(update_fields=["left_at"])
    StatusSpan.objects.create(ticket=row, status=status, category=status.category, entered_at=moment)
    row.status, row.category = status, status.category
    row.solved_at = (row.solved_at or moment) if status.category in ENDED else None
    row.closed_at = moment if status.category == Status.Category.CLOSED else None
    return "status", "category", "solved_at", "closed_at"


def document(row: Ticket, name: str) -> object:
    """Return the expression for the `search` column of a ticket whose customer is called `name`."""
    return search.stored(search.document(row.subject, name, also=[f"t-{row.number}", str(row.number)]))
