"""Promises whose moment follows a clock: it moves when the clock does, and is let rest while the clock stands still.

Who keeps a clock calls these; the customer agreed to a service, not to each of its moments. So moving is no news of
its own, and what rests is released until it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import EventLine, publish, publish_many
from rapport.kernel.ids import new_ids
from rapport.kernel.verbs import verb
from rapport.promises.events import PromiseHeld, PromiseMade, PromiseResumed
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE
from rapport.promises.services.promises import Source

FEW = 50
"""Up to so many new promises are announced one by one, so that reactions hear of them; more are written at once."""
_COLUMNS = (
    "id", "customer_id", "kind", "what", "maker_id", "maker_name", "made_at", "due_at", "due_until", "zone",
    "source_type", "source_id", "source_label", "updated_at", "outcome", "ended_because", "weight", "sample",
)  # fmt: skip
_MOVE = """
UPDATE promises_promise p SET due_at = x.due, due_until = x.due, updated_at = %s
FROM unnest(%s::uuid[], %s::timestamptz[]) AS x (id, due)
WHERE p.id = x.id AND p.outcome = '' AND p.due_until IS DISTINCT FROM x.due
"""


_MOVE_STAGED = """
UPDATE promises_promise p SET due_at = y.due, due_until = y.due, updated_at = %s
FROM (
    SELECT promise_id, 'epoch'::timestamptz + due * interval '1 microsecond' AS due FROM {}
    WHERE promise_id IS NOT NULL
) y
WHERE p.id = y.promise_id AND p.outcome = '' AND p.due_until IS DISTINCT FROM y.due
"""


@dataclass(frozen=True, slots=True)
class Clocked:
    """A promise that is to follow a clock, due at a moment."""

    customer_id: UUID
    kind: str
    what: str
    due_at: datetime
    zone: str
    source: Source
    maker_id: UUID | None = None
    maker_name: str = ""


@verb(CHANGE, publishes=(PromiseMade,))
def make_many(wanted: Sequence[Clocked], *, by: Actor) -> list[UUID]:
    """Make promises that follow clocks, and return their ids in the same order."""
    at = clock.now()
    keys = list(new_ids(len(wanted)))
    if not keys:
        return []
    statement = f"COPY promises_promise ({', '.join(_COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for key, one in zip(keys, wanted, strict=True):
            copy.write_row(_row(key, one, at, by))
    told = [(key, one, _made(one, by)) for key, one in zip(keys, wanted, strict=True)]
    if len(told) <= FEW:
        for key, one, happening in told:
            publish(happening, by=by, subject=Promise(pk=key), customer=one.customer_id)
        return keys
    lines = (EventLine(PromiseMade, happening.as_data(), key, one.customer_id, at) for key, one, happening in told)
    publish_many(lines, subject_type=Promise._meta.label_lower, by=by, count=len(told))
    return keys


@verb(CHANGE)
def move_many(dues: Mapping[UUID, datetime], *, by: Actor) -> int:
    """Move open promises to the moments that their clocks have now, and return how many moved."""
    if not dues:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [clock.now(), list(dues.keys()), list(dues.values())])
        return int(cursor.rowcount)


@verb(CHANGE)
def move_staged(table: str, *, by: Actor) -> int:
    """Do the same for those in a temporary table, with columns promise_id and due in microseconds since 1970."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_STAGED.format(connection.ops.quote_name(table)), [clock.now()])
        return int(cursor.rowcount)


@verb(CHANGE, publishes=(PromiseHeld,))
def hold(promise: Promise, reason: str, *, by: Actor) -> Promise:
    """Let a promise rest while its clock stands still: it is released until it goes on. One that ended stays so."""
    row = Promise.objects.select_for_update().get(pk=promise.pk)
    if row.outcome:
        return row
    at = clock.now()
    row.outcome, row.ended_at, row.ended_because, row.updated_at = Promise.Outcome.RELEASED, at, reason[:300], at
    row.save(update_fields=["outcome", "ended_at", "ended_because", "updated_at"])
    publish(PromiseHeld(what=row.what, kind=row.kind, reason=reason), by=by, subject=row, customer=row.customer_id)
    return row


@verb(CHANGE, publishes=(PromiseResumed,))
def resume(promise: Promise, due_at: datetime, *, by: Actor) -> Promise:
    """Let a promise go on that had ended or rested, due at a new moment. An open one is moved."""
    row = Promise.objects.select_for_update().get(pk=promise.pk)
    ended = bool(row.outcome)
    row.due_at = row.due_until = due_at
    row.outcome, row.fulfilled_at, row.ended_at, row.ended_because = "", None, None, ""
    row.updated_at = clock.now()
    row.save()
    if ended:
        happening = PromiseResumed(what=row.what, kind=row.kind, due=due_at.isoformat())
        publish(happening, by=by, subject=row, customer=row.customer_id)
    return row


def _row(key: UUID, one: Clocked, at: datetime, by: Actor) -> tuple[Any, ...]:
    """Return the row of a new promise."""
    return (
        key, one.customer_id, one.kind, one.what.strip()[:300], one.maker_id, one.maker_name or by.name, at, one.due_at,
        one.due_at, one.zone, one.source.type, one.source.id, one.source.label[:120], at, "", "", 1, False,
    )  # fmt: skip


def _made(one: Clocked, by: Actor) -> PromiseMade:
    return PromiseMade(
        what=one.what.strip()[:300], kind=one.kind, due=one.due_at.isoformat(), maker=one.maker_name or by.name,
        source=one.source.label[:120],
    )  # fmt: skip
