"""Emptying what events tell of people who are gone: that something happened stays, the personal part of it does not."""

from __future__ import annotations

import json

from django.db import connection

from rapport.kernel.events.types import EVENTS

_EMPTY = """
UPDATE kernel_eventrecord AS event SET data = event.data - kind.fields
FROM jsonb_to_recordset(%s::jsonb) AS kind (type text, fields text[])
WHERE event.type = kind.type AND event.data ?| kind.fields AND event.customer_id IN (SELECT id FROM "{going}")
"""


def forget(going: str) -> int:
    """Empty the personal fields of the events of the customers whose ids the temporary table `going` holds.

    Returns how many events were emptied. Inside the caller's transaction.
    """
    kinds = [{"type": one.name, "fields": list(one.personal)} for one in EVENTS.values() if one.personal]
    with connection.cursor() as cursor:
        cursor.execute(_EMPTY.format(going=going), [json.dumps(kinds)])
        emptied: int = cursor.rowcount
    return emptied
