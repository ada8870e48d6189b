"""Clocks read and written in sets, whether of one ticket or of thousands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.kernel.ids import new_ids
from rapport.service.clocks.ticking import Aim
from rapport.service.services.planning import Plan, Row
from rapport.service.services.stories import TICKS

AT = "'epoch'::timestamptz + {} * interval '1 microsecond'"
"""The moment so many microseconds after 1970, exactly."""
_READ = f"""
SELECT c.ticket_id, c.aim, {TICKS.format("c.started_at")}, c.minutes, c.policy_id, {TICKS.format("c.due_at")},
       {TICKS.format("c.stopped_at")}, c."end", c.warned, {TICKS.format("c.warn_at")}, c.id, c.promise_id,
       coalesce(p.outcome, '')
FROM service_clock c LEFT JOIN promises_promise p ON p.id = c.promise_id
WHERE c.ticket_id = ANY(%s)
"""
_INSERT = f"""
INSERT INTO service_clock (
    id, ticket_id, aim, started_at, minutes, policy_id, due_at, stopped_at, "end", warned, warn_at, promise_id
)
SELECT x.id, x.ticket_id, x.aim, {AT.format("x.started")}, x.minutes, x.policy_id, {AT.format("x.due")},
       {AT.format("x.stopped")}, x.ended, x.warned, {AT.format("x.warn")}, x.promise_id
FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bigint[], %s::int[], %s::uuid[], %s::bigint[], %s::bigint[],
            %s::text[], %s::int[], %s::bigint[], %s::uuid[])
     AS x (id, ticket_id, aim, started, minutes, policy_id, due, stopped, ended, warned, warn, promise_id)
"""
_UPDATE = f"""
UPDATE service_clock c SET minutes = x.minutes, policy_id = x.policy_id, due_at = {AT.format("x.due")},
       stopped_at = {AT.format("x.stopped")}, "end" = x.ended, warned = x.warned, warn_at = {AT.format("x.warn")}
FROM unnest(%s::uuid[], %s::int[], %s::uuid[], %s::bigint[], %s::bigint[], %s::text[], %s::int[], %s::bigint[])
     AS x (id, minutes, policy_id, due, stopped, ended, warned, warn)
WHERE c.id = x.id
"""
_PROMISE = """
UPDATE service_clock c SET promise_id = x.promise_id
FROM unnest(%s::uuid[], %s::uuid[]) AS x (id, promise_id) WHERE c.id = x.id
"""
_TICKETS = f"""
UPDATE service_ticket t SET policy_id = x.policy_id, first_due_at = {AT.format("x.first")},
       next_due_at = {AT.format("x.next")}, solve_due_at = {AT.format("x.solve")},
       next_breach_at = {AT.format("x.breach")}
FROM unnest(%s::uuid[], %s::uuid[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
     AS x (id, policy_id, first, next, solve, breach)
WHERE t.id = x.id AND (t.policy_id, t.first_due_at, t.next_due_at, t.solve_due_at, t.next_breach_at) IS DISTINCT FROM
      (x.policy_id, {AT.format("x.first")}, {AT.format("x.next")}, {AT.format("x.solve")}, {AT.format("x.breach")})
"""


def read(ids: Collection[UUID]) -> dict[UUID, list[Row]]:
    """Return the clocks of some tickets, by the ticket."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_READ, [list(ids)])
        for ticket, aim, started, minutes, policy, due, stopped, end, warned, warn, key, promise, ended in cursor:
            found[ticket].append(
                Row(ticket, Aim(aim), started, minutes, policy, due, stopped, end, warned, warn, key, promise, ended)
            )
    return found


def insert(rows: Sequence[Row], promises: Sequence[UUID | None]) -> None:
    """Write new clocks, each with the promise that follows it."""
    _run(
        _INSERT,
        [
            (key, row.ticket_id, row.aim.value, row.started, row.minutes, row.policy_id, row.due, row.stopped, row.end,
             row.warned, row.warn, promise)
            for key, row, promise in zip(new_ids(len(rows)), rows, promises, strict=True)
        ],
    )  # fmt: skip


def update(rows: Iterable[Row]) -> None:
    """Write what clocks have become."""
    _run(
        _UPDATE,
        [(row.id, row.minutes, row.policy_id, row.due, row.stopped, row.end, row.warned, row.warn) for row in rows],
    )


def pledge(promises: Iterable[tuple[UUID, UUID]]) -> None:
    """Note the promise that follows a clock: pairs of their ids."""
    _run(_PROMISE, list(promises))


def tickets(plans: Iterable[Plan]) -> None:
    """Write what is due on tickets, where it differs."""
    _run(
        _TICKETS,
        [(one.ticket_id, one.policy_id, *(one.dues.get(aim) for aim in Aim), one.breach) for one in plans],
    )


def array(values: Iterable[Any]) -> str:
    """Return ids, numbers and words of ours as PostgreSQL writes an array; the driver takes ten times as long."""
    return "{" + ",".join(["NULL" if value is None else f'"{value}"' for value in values]) + "}"


def _run(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Run a statement once over all rows, each column as an array."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(statement, [array(column) for column in zip(*rows, strict=True)])
