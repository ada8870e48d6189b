"""What is to become of the clocks of one ticket: its history on one side, the rows that are there on the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from uuid import UUID

from rapport.service.clocks import ticking
from rapport.service.clocks.ticking import LEVELS, Aim, Run, Story
from rapport.service.clocks.walk import TooFar
from rapport.service.services.rulebook import Rule

MINUTE = 60_000_000
"""Microseconds."""
RUNNING, MET, DROPPED = "", "met", "dropped"


@dataclass(frozen=True, slots=True)
class Row:
    """A clock as it is stored; moments are microseconds since 1970. `promised` is how its promise ended, if it did."""

    ticket_id: UUID
    aim: Aim
    started: int
    minutes: int
    policy_id: UUID | None = None
    due: int | None = None
    stopped: int | None = None
    end: str = RUNNING
    warned: int = 0
    warn: int | None = None
    id: UUID | None = None
    promise_id: UUID | None = None
    promised: str = ""


@dataclass(slots=True)
class Plan:
    """What a ticket's clocks become: new rows, changed ones beside what they were, levels to be told, what is due."""

    ticket_id: UUID
    policy_id: UUID | None
    made: list[Row] = field(default_factory=list)
    changed: list[tuple[Row, Row]] = field(default_factory=list)
    told: list[tuple[Row, int]] = field(default_factory=list)
    dues: dict[Aim, int | None] = field(default_factory=dict)
    breach: int | None = None


def plan(ticket_id: UUID, priority: str, story: Story, rule: Rule | None, rows: Iterable[Row], now: int) -> Plan:
    """Return what the clocks of a ticket become at `now` (microseconds since 1970) by a policy, or without one."""
    found = Plan(ticket_id, rule.policy_id if rule else None)
    there = {(row.aim, row.started): row for row in rows}
    quiet = ticking.resting(story.spans)
    pauses = ticking.gaps(story.spans)
    for run in ticking.runs(story):
        row = there.pop((run.aim, run.started), None)
        minutes = rule.target(priority, run.aim) if rule else None
        if row is not None and _settled(row, run):
            continue
        if rule is None or minutes is None:
            if row is not None and not row.end:
                _note(found, row, _dropped(row, now))
            continue
        levels = _levels(run, minutes, pauses, rule)
        wanted = _as_told(run, minutes, levels, rule, row, ticket_id)
        _tell(found, wanted, levels, row, now if run.stopped is None else run.stopped, quiet)
    for row in there.values():
        if not row.end:
            _note(found, row, _dropped(row, now))
    found.breach = None if quiet else min((due for due in found.dues.values() if due is not None), default=None)
    return found


def _settled(row: Row, run: Run) -> bool:
    """Return whether a clock has stopped for good: as the history has it, or by the one first answer there can be."""
    if not row.end:
        return False
    return row.stopped == run.stopped or (row.aim is Aim.FIRST and row.end == MET)


def _dropped(row: Row, now: int) -> Row:
    """Return a clock that nothing asks for any more: the ticket was merged or is spam, the policy sets no target."""
    return replace(row, stopped=max(now, row.started), end=DROPPED, due=None, warn=None)


def _levels(run: Run, minutes: int, pauses: list[tuple[int, int]], rule: Rule) -> list[int | None]:
    try:
        return ticking.moments(run, minutes * MINUTE, pauses, rule.hours)
    except TooFar:  # a calendar that is hardly ever open: nothing falls due in sight
        return [None] * len(LEVELS)


def _as_told(run: Run, minutes: int, levels: list[int | None], rule: Rule, row: Row | None, ticket_id: UUID) -> Row:
    """Return a clock as history tells it; what has been warned of is only known from its row."""
    end = RUNNING if run.stopped is None else MET if run.met else DROPPED
    blank = row or Row(ticket_id, run.aim, run.started, minutes)
    return replace(
        blank, minutes=minutes, policy_id=rule.policy_id, due=levels[-1], stopped=run.stopped, end=end, warn=None
    )


def _tell(found: Plan, wanted: Row, levels: list[int | None], row: Row | None, until: int, quiet: bool) -> None:
    """Note which levels are to be told, when the next one is reached, and what the clock becomes.

    A clock that has stopped tells only that it was late, and one that was stopped when it was first seen nothing. One
    that ran before it was first seen, as before there was a policy, tells the highest level that it has reached.
    """
    left = [(level, at) for level, at in zip(LEVELS, levels, strict=True) if level > wanted.warned and at is not None]
    reached = [level for level, at in left if at <= until]
    if wanted.end:
        reached = [level for level in reached if level == LEVELS[-1]] if row is not None else []
    elif quiet:
        reached, left = [], []
    elif row is None:
        reached = reached[-1:]
    ahead = [at for level, at in left if at > until]
    wanted = replace(
        wanted, warned=max(reached, default=wanted.warned), warn=None if wanted.end else min(ahead, default=None)
    )
    found.told += [(wanted, level) for level in reached]
    if not wanted.end:
        found.dues[wanted.aim] = wanted.due
    if row is None:
        found.made.append(wanted)
    else:
        _note(found, row, wanted)


def _note(found: Plan, row: Row, wanted: Row) -> None:
    if row != wanted:
        found.changed.append((row, wanted))
