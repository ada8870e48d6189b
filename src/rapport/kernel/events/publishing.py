"""Publishing: the event row is written in the transaction of the change, so neither is ever there alone."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, models, transaction
from psycopg.types.json import Jsonb

from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.kernel.events.reactions import spread
from rapport.kernel.events.types import Event, type_of
from rapport.kernel.ids import new_ids
from rapport.kernel.models import EventRecord
from rapport.kernel.sending import send
from rapport.kernel.verbs import published

COLUMNS = (
    "id", "type", "at", "recorded_at", "actor_kind", "actor_id", "actor_name", "via",
    "customer_id", "subject_type", "subject_id", "data", "cause_id",
)  # fmt: skip
_PLACES = ", ".join(["%s"] * len(COLUMNS))
_INSERT = f"INSERT INTO kernel_eventrecord ({', '.join(COLUMNS)}) VALUES ({_PLACES})"  # noqa: S608 - names alone


def publish(
    happening: Event,
    *,
    by: Actor,
    subject: models.Model | None = None,
    customer: UUID | None = None,
    at: datetime | None = None,
) -> EventRecord:
    """Write `happening`, done by `by` to `subject`, and let the reactions know; return its row.

    `customer` is whose timeline it belongs to; `at` is when it happened, if that was not now.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an event is published inside the transaction of its change")
    watching = published.get()
    if watching is not None:
        watching.add(type(happening))
    recorded = clock.now()
    record = EventRecord(
        type=type_of(happening).name,
        at=at or recorded,
        recorded_at=recorded,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:120],
        via=by.via,
        customer_id=customer,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        data=happening.as_data(),
        cause_id=by.cause_id,
    )
    record.subject = subject
    _write(record)
    spread(record, happening)
    return record


def _write(record: EventRecord) -> None:
    """Insert an event: nothing is written as often, and the statement is always the same."""
    values = [getattr(record, name) for name in COLUMNS]
    values[COLUMNS.index("data")] = Jsonb(record.data)
    send(_INSERT, values)
    record._state.adding, record._state.db = False, connection.alias


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event of a bulk load; `data` is already plain."""

    type: type[Event]
    data: dict[str, Any]
    subject_id: UUID
    customer_id: UUID | None
    at: datetime


def publish_many(lines: Iterable[EventLine], *, subject_type: str, by: Actor, count: int) -> None:
    """Write `count` events by COPY without waking reactions one by one: a bulk load announces its end instead."""
    recorded = clock.now()
    watching = published.get()
    head = (by.kind, by.id, by.name[:120], by.via)
    statement = f"COPY kernel_eventrecord ({', '.join(COLUMNS)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for key, line in zip(new_ids(count), lines, strict=True):
            if watching is not None:
                watching.add(line.type)
            copy.write_row(
                (
                    key, type_of(line.type).name, line.at, recorded, *head, line.customer_id,
                    subject_type, line.subject_id, json.dumps(line.data), by.cause_id,
                )
            )  # fmt: skip
