"""Promises whose moment follows a clock: it moves when the clock does, and is let rest while the clock stands still.

Who keeps a clock calls these; the customer agreed to a service, not to each of its moments. So moving is no news of
its own, and what rests is released until it goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events import EventLine, publish, publish_many
from rapport.kernel.verbs import verb
from rapport.promises.events import PromiseHeld, PromiseMade, PromiseResumed
from rapport.promises.models import Promise
from rapport.promises.permissions import CHANGE
from rapport.promises.services.promises import Source

FEW = 50
"""Up to so many new promises are announced one by one, so that reactions hear of them; more are written at once."""
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
def make_many(wanted: Sequence[Clocked], *, by: Actor) -> list[Promise]:
    """Make promises that follow clocks, and return them in the same order."""
    at = clock.now()
    made = [
        Promise(
            customer_id=one.customer_id, kind=one.kind, what=one.what.strip()[:300], maker_id=one.maker_id,
            maker_name=one.maker_name or by.name, made_at=at, due_at=one.due_at, due_until=one.due_at, zone=one.zone,
            source_type=one.source.type, source_id=one.source.id, source_label=one.source.label[:120], updated_at=at,
        )
        for one in wanted
    ]  # fmt: skip
    Promise.objects.bulk_create(made, batch_size=2_000)
    if len(made) <= FEW:
        for promise in made:
            publish(_made(promise), by=by, subject=promise, customer=promise.customer_id)
        return made
    lines = (EventLine(PromiseMade, _made(one).as_data(), one.pk, one.customer_id, at) for one in made)
    publish_many(lines, subject_type=Promise._meta.label_lower, by=by, count=len(made))
    return made


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


def _made(promise: Promise) -> PromiseMade:
    due = promise.due_at.isoformat() if promise.due_at else ""
    return PromiseMade(
        what=promise.what, kind=promise.kind, due=due, maker=promise.maker_name, source=promise.source_label
    )
