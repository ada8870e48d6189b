"""When a customer was last in touch, kept with each event and counted anew after bulk loads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connection

from rapport.kernel.events import EVENTS
from rapport.kernel.sending import send

_UPSERT = """
INSERT INTO timeline_touch (customer_id, last_at, last_in_at, last_out_at) VALUES (%s, %s, %s, %s)
ON CONFLICT (customer_id) DO UPDATE
SET last_at = greatest(timeline_touch.last_at, EXCLUDED.last_at),
    last_in_at = greatest(timeline_touch.last_in_at, EXCLUDED.last_in_at),
    last_out_at = greatest(timeline_touch.last_out_at, EXCLUDED.last_out_at)
"""
_RECOUNT = """
INSERT INTO timeline_touch (customer_id, last_at, last_in_at, last_out_at)
SELECT customer_id, max(at), max(at) FILTER (WHERE type = ANY(%s)), max(at) FILTER (WHERE type = ANY(%s))
FROM kernel_eventrecord WHERE customer_id = ANY(%s) AND type = ANY(%s) GROUP BY customer_id
ON CONFLICT (customer_id) DO UPDATE
SET last_at = EXCLUDED.last_at, last_in_at = EXCLUDED.last_in_at, last_out_at = EXCLUDED.last_out_at
"""


def note(customer_id: UUID, at: datetime, direction: str) -> None:
    """Note a touch at `at`; `direction` is in, out or none."""
    inbound, outbound = (at if direction == side else None for side in ("in", "out"))
    send(_UPSERT, [customer_id, at, inbound, outbound])


def recount_many(customer_ids: Iterable[UUID]) -> None:
    """Work out the touches of these customers from their events anew, after a bulk load or its undoing."""
    ids = list(customer_ids)
    inbound, outbound = ([name for name, kind in EVENTS.items() if kind.direction == side] for side in ("in", "out"))
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM timeline_touch WHERE customer_id = ANY(%s)", [ids])
        cursor.execute(_RECOUNT, [inbound, outbound, ids, inbound + outbound])
