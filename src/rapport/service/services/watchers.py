"""Who is told what happens to a ticket, besides its owner and its requester."""

from __future__ import annotations

from django.utils.translation import gettext as _

from rapport.customers.models import Customer
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import publish
from rapport.kernel.permissions import OutOfReach
from rapport.kernel.verbs import verb
from rapport.service.events import WatchersChanged
from rapport.service.models import Ticket, Watcher
from rapport.service.permissions import CHANGE, VIEW
from rapport.service.services.locking import locked
from rapport.team.models import User

Who = User | Customer


class CannotSee(ValueError):
    """A colleague who may not see tickets cannot watch one."""


@verb(CHANGE, publishes=(WatchersChanged,), offer=("bulk", "mcp"))
def add(ticket: Ticket, who: Who, *, by: Actor) -> Watcher:
    """Let a colleague or a customer watch a ticket; twice is once. Raises `CannotSee`, `OutOfReach` and as `change`."""
    row = locked(ticket)
    _check(who, by)
    made, new = Watcher.objects.get_or_create(ticket=row, **_key(who), defaults={"since": clock.now()})
    if new:
        _tell(row, who, "added", by)
    return made


@verb(CHANGE, publishes=(WatchersChanged,), offer=("bulk", "mcp"))
def remove(ticket: Ticket, who: Who, *, by: Actor) -> None:
    """Let somebody no longer watch a ticket; somebody who does not is no matter."""
    row = locked(ticket)
    if row.watchers.filter(**_key(who)).delete()[0]:
        _tell(row, who, "removed", by)


def _key(who: Who) -> dict[str, object]:
    return {"user_id" if isinstance(who, User) else "customer_id": who.pk}


def _check(who: Who, by: Actor) -> None:
    if isinstance(who, Customer):
        if not Customer.objects.visible_to(by).filter(pk=who.pk).exists():
            raise OutOfReach
    elif who.deactivated_at is not None or VIEW.name not in who.role.grants:
        raise CannotSee(_("%(name)s may not see tickets.") % {"name": who.name})


def _tell(row: Ticket, who: Who, what: str, by: Actor) -> None:
    name = who.name if isinstance(who, User) else who.label
    publish(WatchersChanged(number=row.code, who=name, what=what), by=by, subject=row, customer=row.requester_id)
