"""What is due on very many tickets after a calendar changed, where nothing but moments changes.

No history has grown: the clocks that run go on, and only the moments that they reach something at move. These are
worked out from what is stored, in a stream of plain numbers. Tickets for which more follows (a level is reached by
now, a clock begins or ceases to be due) are left to `clocks.settle`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.promises.services import clocked
from rapport.service.clocks.stretches import Stretch, ticks, union
from rapport.service.clocks.ticking import GAPS, LEVELS, Aim
from rapport.service.clocks.walk import NEVER, TooFar
from rapport.service.services.planning import MINUTE
from rapport.service.services.rulebook import Rule
from rapport.service.services.stories import TICKS
from rapport.service.services.writing import AT, array

_NULL = "\\N"

_LOCK = "SELECT count(*) FROM (SELECT FROM service_ticket WHERE id = ANY(%s::uuid[]) ORDER BY id FOR NO KEY UPDATE) x"
# One text each, in lines of cells: by COPY or as rows every line takes longer to hand over than to work out.
_CLOCKS_READ = f"""
SELECT string_agg(array_to_string(ARRAY[
           ticket_id::text, id::text, aim, ({TICKS.format("started_at")})::text, minutes::text, policy_id::text,
           ({TICKS.format("due_at")})::text, warned::text, ({TICKS.format("warn_at")})::text, promise_id::text
       ], E'\t', '{_NULL}'), E'\n' ORDER BY ticket_id)
FROM service_clock WHERE ticket_id = ANY(%(ids)s::uuid[]) AND stopped_at IS NULL
"""
_GAPS_READ = f"""
SELECT string_agg(array_to_string(ARRAY[
           ticket_id::text, ({TICKS.format("entered_at")})::text, (coalesce({TICKS.format("left_at")}, {NEVER}))::text
       ], E'\t'), E'\n')
FROM service_statusspan WHERE ticket_id = ANY(%(ids)s::uuid[]) AND category = ANY(%(gaps)s)
"""
_STAGE = """
CREATE TEMP TABLE IF NOT EXISTS clock_moved (id uuid, promise_id uuid, due bigint, warn bigint) ON COMMIT DROP;
CREATE TEMP TABLE IF NOT EXISTS ticket_moved (
    id uuid, first bigint, next bigint, solve bigint, breach bigint
) ON COMMIT DROP;
TRUNCATE clock_moved, ticket_moved
"""
_TICKETS = f"""
UPDATE service_ticket t SET first_due_at = {AT.format("x.first")}, next_due_at = {AT.format("x.next")},
       solve_due_at = {AT.format("x.solve")}, next_breach_at = {AT.format("x.breach")}
FROM ticket_moved x WHERE x.id = t.id
"""
_CLOCKS = f"""
UPDATE service_clock c SET due_at = {AT.format("x.due")}, warn_at = {AT.format("x.warn")}
FROM clock_moved x WHERE x.id = c.id
"""


@dataclass(slots=True)
class Moved:
    """Lines of the two tables of what moves, and the tickets for which more than that follows."""

    clocks: list[str] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    more: set[UUID] = field(default_factory=set)


def retime(ids: Collection[UUID], rules: Mapping[UUID, Rule], *, by: Actor) -> set[UUID]:
    """Move the running clocks of some tickets to when they are due now; return the tickets left to be settled.

    Called inside a transaction, in which the tickets stay locked.
    """
    with connection.cursor() as cursor:
        keys = array(ids)
        cursor.execute(_LOCK, [keys])
        gaps: dict[str, list[Stretch]] = defaultdict(list)
        for ticket, low, high in _read(cursor, _GAPS_READ, keys):
            gaps[ticket].append((int(low), int(high)))
        found = _moved(_read(cursor, _CLOCKS_READ, keys), gaps, rules, ticks(clock.now()))
        cursor.execute(_STAGE)
        for table, lines in (("clock_moved", found.clocks), ("ticket_moved", found.tickets)):
            with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                copy.write("".join(lines))
        cursor.execute("ANALYZE clock_moved, ticket_moved")
        cursor.execute(_TICKETS)
        cursor.execute(_CLOCKS)
    clocked.move_staged("clock_moved", by=by)
    return found.more


def _read(cursor: Any, statement: str, keys: str) -> list[list[str]]:
    """Return the lines of an answer as the texts of their cells."""
    cursor.execute(statement, {"ids": keys, "gaps": sorted(GAPS)})
    (text,) = cursor.fetchone()
    return [line.split("\t") for line in (text or "").splitlines()]


def _moved(rows: list[list[str]], gaps: Mapping[str, list[Stretch]], rules: Mapping[UUID, Rule], now: int) -> Moved:
    """Work out what moves; `rows` are the running clocks in the order of their tickets, `gaps` by the ticket."""
    found = Moved()
    known = {str(key): rule for key, rule in rules.items()}
    for ticket, group in groupby(rows, key=itemgetter(0)):
        still = union(gaps.get(ticket, ()))
        resting = bool(still) and still[-1][1] >= NEVER
        lines: list[str] = []
        dues: dict[str, int] = {}
        changed = False
        for _ticket, key, aim, started, minutes, policy, due, warned, warn, promise in group:
            new = _next(known.get(policy), int(started), int(minutes), int(warned), still, resting, now)
            if new is None or (new[0] == _NULL) is not (due == _NULL):
                found.more.add(UUID(ticket))
                break
            if new[0] != _NULL:
                dues[aim] = int(new[0])
            if new != (due, warn):
                changed = True
                lines.append(f"{key}\t{promise if new[0] != due else _NULL}\t{new[0]}\t{new[1]}\n")
        else:
            if changed:
                found.clocks += lines
                found.tickets.append(_line(ticket, dues, resting))
    return found


def _next(
    rule: Rule | None, started: int, minutes: int, warned: int, gaps: list[Stretch], resting: bool, now: int
) -> tuple[str, str] | None:
    """Return when a clock is due and when its next level is reached, as written; None when more follows from it."""
    if rule is None:
        return None
    length = minutes * MINUTE
    ahead = next((level for level in LEVELS if level > warned), None)
    try:
        found = rule.hours.dues(started, [length] if ahead is None else [length * ahead // 100, length], gaps)
    except TooFar:
        return None
    due = _NULL if found[-1] is None else str(found[-1])
    if ahead is None or resting or found[0] is None:
        return due, _NULL
    return None if found[0] <= now else (due, str(found[0]))


def _line(ticket: str, dues: Mapping[str, int], resting: bool) -> str:
    breach = _NULL if resting or not dues else min(dues.values())
    return f"{ticket}\t" + "\t".join(str(dues.get(aim, _NULL)) for aim in Aim) + f"\t{breach}\n"
