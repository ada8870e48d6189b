"""The policies and calendars that are in force, read once and kept until one of them changes."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from rapport.kernel.actors import SYSTEM
from rapport.kernel.conditions import ConditionError, Node, check, load, to_q
from rapport.kernel.remembered import Remembered
from rapport.service.clocks.ticking import Aim
from rapport.service.clocks.walk import OpenTime
from rapport.service.models import Calendar, SlaPolicy, Ticket
from rapport.team.queries import context_for

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """One policy: the condition that it asks (None: nothing fits), its targets in minutes and its open time."""

    policy_id: UUID
    name: str
    zone: str
    hours: OpenTime
    minutes: dict[str, dict[Aim, int | None]]
    condition: Node | None = None
    fallback: bool = False

    def target(self, priority: str, aim: Aim) -> int | None:
        """Return the minutes for tickets of a priority; None sets no target."""
        return self.minutes.get(priority, {}).get(aim)


def choose(ids: Collection[UUID], rules: list[Rule]) -> dict[UUID, Rule]:
    """Return the policy of each ticket: the first whose condition it meets, else the fallback; some have none."""
    left = set(ids)
    found: dict[UUID, Rule] = {}
    context = context_for(SYSTEM)
    for rule in rules:
        if not left:
            break
        if rule.fallback:
            taken = left
        elif rule.condition is None:
            continue
        else:
            fits = to_q(rule.condition, "ticket", context)
            taken = set(Ticket.objects.filter(pk__in=left).filter(fits).values_list("pk", flat=True))
        found |= dict.fromkeys(taken, rule)
        left = left - taken
    return found


def _read() -> list[Rule]:
    rows = SlaPolicy.objects.select_related("calendar").prefetch_related("targets", "calendar__days")
    hours = {row.calendar_id: row.calendar for row in rows}
    open_times = {key: OpenTime(calendar.timetable()) for key, calendar in hours.items()}
    return [
        Rule(
            row.pk, row.name, row.calendar.zone, open_times[row.calendar_id],
            {one.priority: {aim: one.minutes(aim) for aim in Aim} for one in row.targets.all()},
            condition_of(row), row.fallback,
        )
        for row in rows
    ]  # fmt: skip


def condition_of(policy: SlaPolicy) -> Node | None:
    """Return the condition of a policy; None when it has none, or one that asks for a field that is gone."""
    if policy.condition is None:
        return None
    try:
        return check(load(policy.condition), "ticket")
    except ConditionError as error:
        log.warning("the condition of the SLA policy %s cannot be asked: %s", policy.name, error)
        return None


rules = Remembered(_read, SlaPolicy, Calendar)
"""The policies in the order in which they are asked; both are saved whenever anything of theirs changes.

Each thread has its own, as the table of open time grows while it is read.
"""
