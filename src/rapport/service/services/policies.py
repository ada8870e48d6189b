"""How soon tickets are answered and solved: SLA policies, asked in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.conditions import All, Node, check, dump
from rapport.kernel.events import publish
from rapport.kernel.verbs import verb
from rapport.service.clocks.ticking import Aim
from rapport.service.events import SlaPolicyChanged
from rapport.service.models import Calendar, SlaPolicy, SlaTarget, Ticket
from rapport.service.models.slas import LONGEST
from rapport.service.permissions import POLICIES
from rapport.service.services.calendars import NameTaken

Minutes = Mapping[str, Mapping[Aim, int | None]]
"""Minutes of open time for each kind of clock, by priority; None sets no target."""


class AsksNothing(ValueError):
    """A policy needs a condition; only the one for all other tickets has none."""


class SecondFallback(ValueError):
    """There is a policy for all other tickets already."""


class WrongTarget(ValueError):
    """A target is shorter than a minute or longer than a year, or its priority is unknown."""


@verb(POLICIES, publishes=(SlaPolicyChanged,))
def add(
    name: str, calendar: Calendar, minutes: Minutes, *, by: Actor, condition: Node | None = None, fallback: bool = False
) -> SlaPolicy:
    """Add a policy after the others and return it; it takes the tickets that `condition` lets through.

    The `fallback` has no condition and takes what no other took. Raises `NameTaken`, `AsksNothing`, `SecondFallback`,
    `WrongTarget` and the `ConditionError` of a condition that does not fit tickets.
    """
    last = SlaPolicy.objects.aggregate(last=Max("position"))["last"] or 0
    row = SlaPolicy(position=last + 1, created_at=clock.now())
    _fill(row, name, calendar, condition, fallback)
    _aim(row, minutes)
    return _told(row, "added", by)


@verb(POLICIES, publishes=(SlaPolicyChanged,))
def change(
    policy: SlaPolicy,
    *,
    by: Actor,
    name: str,
    calendar: Calendar,
    minutes: Minutes,
    condition: Node | None = None,
    fallback: bool = False,
) -> SlaPolicy:
    """Give a policy these values; running clocks follow in a moment, pauses that were stay. Raises as `add`."""
    row = SlaPolicy.objects.select_for_update().get(pk=policy.pk)
    _fill(row, name, calendar, condition, fallback)
    _aim(row, minutes)
    return _told(row, "changed", by)


@verb(POLICIES, publishes=(SlaPolicyChanged,))
def remove(policy: SlaPolicy, *, by: Actor) -> None:
    """Remove a policy; its tickets go to the next one that fits, what has stopped keeps its verdict."""
    SlaPolicy.objects.filter(pk=policy.pk).delete()
    publish(SlaPolicyChanged(name=policy.name, what="removed"), by=by, subject=policy)


@verb(POLICIES, publishes=(SlaPolicyChanged,))
def put_in_order(ids: Sequence[UUID], *, by: Actor) -> None:
    """Ask policies in this order from now on; those that are not named come after them as before."""
    rows = {row.pk: row for row in SlaPolicy.objects.select_for_update().order_by("position", "pk")}
    order = [key for key in dict.fromkeys(ids) if key in rows]
    order += [key for key in rows if key not in set(order)]
    for position, key in enumerate(order, start=1):
        row = rows[key]
        if row.position != position:
            row.position, row.updated_at = position, clock.now()
            row.save(update_fields=["position", "updated_at"])
            _told(row, "moved", by)


def _fill(row: SlaPolicy, name: str, calendar: Calendar, condition: Node | None, fallback: bool) -> None:
    if fallback:
        condition = None
    elif condition is None or condition == All(of=()):
        raise AsksNothing(_("Say for which tickets it is; only the policy for all other tickets asks nothing."))
    if fallback and SlaPolicy.objects.filter(fallback=True).exclude(pk=row.pk).exists():
        raise SecondFallback(_("There is a policy for all other tickets already."))
    row.name, row.calendar, row.fallback = name.strip()[:80], calendar, fallback
    row.condition = None if condition is None else dump(check(condition, "ticket"))
    row.updated_at = clock.now()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NameTaken(_("There is a policy %(name)s already.") % {"name": row.name}) from error


def _aim(row: SlaPolicy, minutes: Minutes) -> None:
    """Write the targets of a policy in the place of those that it had."""
    made: list[SlaTarget] = []
    for priority, told in minutes.items():
        if priority not in Ticket.Priority.values:
            raise WrongTarget(_("There is no priority %(priority)s.") % {"priority": priority})
        if any(value is not None and not 1 <= value <= LONGEST for value in told.values()):
            raise WrongTarget(_("A target is between a minute and a year."))
        values: dict[str, Any] = {f"{aim}_minutes": told.get(aim) for aim in Aim}
        if any(value is not None for value in values.values()):
            made.append(SlaTarget(policy=row, priority=priority, **values))
    row.targets.all().delete()
    SlaTarget.objects.bulk_create(made)


def _told(row: SlaPolicy, what: str, by: Actor) -> SlaPolicy:
    publish(SlaPolicyChanged(name=row.name, what=what), by=by, subject=row)
    return row
