"""Time spent on tickets."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.permissions import OutOfReach
from rapport.kernel.verbs import verb
from rapport.service.events import TimeSpent
from rapport.service.models import Ticket, TimeEntry
from rapport.service.permissions import CHANGE, MANAGE
from rapport.service.services.locking import locked
from rapport.team.queries import organisation

LONGEST = 24 * 60


class NotATime(ValueError):
    """Time spent is from one minute to a day, and lies not in the future."""


@verb(CHANGE, publishes=(TimeSpent,), offer=("bulk", "mcp"))
def spend(
    ticket: Ticket,
    minutes: int,
    *,
    by: Actor,
    activity: str = "",
    note: str = "",
    billable: bool = False,
    spent_on: date | None = None,
) -> TimeEntry:
    """Record whole minutes that one spent on a ticket, today (in the organisation's zone) or on another day.

    Raises `NotATime` and as `tickets.change`.
    """
    row = locked(ticket)
    today = clock.today(organisation().zone)
    if not 1 <= minutes <= LONGEST or (spent_on and spent_on > today):
        raise NotATime(_("Time spent is from one minute to a day, and not in the future."))
    made = TimeEntry.objects.create(
        ticket=row,
        user_id=by.user_id,
        user_name=by.name,
        minutes=minutes,
        activity=activity.strip()[:60],
        note=note.strip()[:300],
        billable=billable,
        spent_on=spent_on or today,
        created_at=clock.now(),
    )
    _tell(row, made, "added", by)
    return made


@verb(CHANGE, publishes=(TimeSpent,))
def remove(ticket: Ticket, entry: TimeEntry, *, by: Actor) -> None:
    """Take an entry back: one's own, or anybody's with the right to manage. Raises `OutOfReach`, `Forbidden`."""
    row = locked(ticket)
    found = row.times.filter(pk=entry.pk).first()
    if found is None:
        raise OutOfReach
    if found.user_id is None or found.user_id != by.user_id:
        by.require(MANAGE)
    found.delete()
    _tell(row, found, "removed", by)


def _tell(row: Ticket, entry: TimeEntry, what: str, by: Actor) -> None:
    happening = TimeSpent(number=row.code, minutes=entry.minutes, activity=entry.activity, what=what)
    publish(happening, by=by, subject=row, customer=row.requester_id)
