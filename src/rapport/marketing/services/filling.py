"""Who is in a segment, kept by statements over whole sets: one for those who join, one for those who leave.

`load_answer` holds the ids of those who meet the condition; it is made once, so that it is asked once however many
customers there are. Who joined and who left is collected beside it for the events, which are written as those of a
bulk load are: they wake nobody one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest

from rapport.customers.models import Customer
from rapport.kernel import bulk, clock
from rapport.kernel.actors import Actor
from rapport.kernel.bulk import Load
from rapport.kernel.events import Event, EventLine, publish_many
from rapport.kernel.ids import new_ids
from rapport.marketing.events import CustomerJoinedSegment, CustomerLeftSegment
from rapport.marketing.models import Membership, Segment

_ANSWER = "CREATE TEMP TABLE load_answer (id) ON COMMIT DROP AS {query}"
_BESIDE = """
CREATE TEMP TABLE load_joined (id uuid NOT NULL) ON COMMIT DROP;
CREATE TEMP TABLE load_left (id uuid NOT NULL) ON COMMIT DROP;
ANALYZE load_answer
"""
_JOIN = """
WITH joined AS (
    INSERT INTO marketing_membership (id, segment_id, customer_id, since)
    SELECT pg_temp.new_id(), %(segment)s, a.id, %(at)s FROM load_answer a
    WHERE NOT EXISTS (
        SELECT FROM marketing_membership m
        WHERE m.segment_id = %(segment)s AND m.customer_id = a.id AND m.until IS NULL
    )
    RETURNING customer_id
)
INSERT INTO load_joined SELECT customer_id FROM joined
"""
_LEAVE = """
WITH gone AS (
    UPDATE marketing_membership m SET until = greatest(%(at)s, m.since)
    WHERE m.segment_id = %(segment)s AND m.until IS NULL
          AND NOT EXISTS (SELECT FROM load_answer a WHERE a.id = m.customer_id)
    RETURNING customer_id
)
INSERT INTO load_left SELECT customer_id FROM gone
"""
_OF = """
SELECT %(segment)s::uuid AS subject_id, x.id AS customer_id, %(at)s::timestamptz AS at,
       jsonb_build_object('segment', %(name)s::text) AS data FROM {table} x
"""
_SIZE = """
SELECT count(*) FROM marketing_membership m JOIN customers_customer c ON c.id = m.customer_id AND c.deleted_at IS NULL
WHERE m.segment_id = %s AND m.until IS NULL
"""


def exactly(segment: Segment, chosen: QuerySet[Customer], *, by: Actor) -> tuple[int, int]:
    """Let those of `chosen` be in the segment and nobody else; return how many joined and how many left."""
    try:
        query, params = chosen.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        query, params = "SELECT NULL::uuid AS id WHERE false", ()
    load = _prepared(query, params, by)
    return _join(segment, load), _leave(segment, load)


def also(segment: Segment, keys: Sequence[UUID], *, by: Actor) -> int:
    """Let these few customers join the segment, those who are not in it; return how many did."""
    here = set(_inside(segment, keys).values_list("customer_id", flat=True))
    new, now = [key for key in keys if key not in here], clock.now()
    ids = zip(new_ids(len(new)), new, strict=True)
    Membership.objects.bulk_create(Membership(pk=pk, segment=segment, customer_id=key, since=now) for pk, key in ids)
    return _said(segment, CustomerJoinedSegment, new, by)


def without(segment: Segment, keys: Sequence[UUID], *, by: Actor) -> int:
    """Let these few customers leave the segment, those who are in it; return how many did."""
    gone = list(_inside(segment, keys).values_list("customer_id", flat=True))
    _inside(segment, gone).update(until=Greatest(Value(clock.now()), F("since")))
    return _said(segment, CustomerLeftSegment, gone, by)


def size(segment: Segment) -> int:
    """Return how many customers are in the segment now, those in the trash left out."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZE, [segment.pk])
        found: int = cursor.fetchone()[0]
    return found


def _inside(segment: Segment, keys: Sequence[UUID]) -> QuerySet[Membership]:
    return Membership.objects.filter(segment=segment, customer_id__in=keys, until=None)


def _said(segment: Segment, kind: type[Event], keys: Sequence[UUID], by: Actor) -> int:
    now, data = clock.now(), {"segment": segment.name}
    lines = (EventLine(kind, data, segment.pk, key, now) for key in keys)
    publish_many(lines, subject_type=Segment._meta.label_lower, by=by, count=len(keys))
    return len(keys)


def _prepared(query: str, params: Sequence[Any], by: Actor) -> Load:
    bulk.prepare()
    with connection.cursor() as cursor:
        cursor.execute(_ANSWER.format(query=query), params)
        cursor.execute(_BESIDE)
    return Load(by=by, at=clock.now(), namespace="", source="", currency="", zone="")


def _join(segment: Segment, load: Load) -> int:
    number = bulk.run(load, _JOIN, segment=segment.pk)
    return _told(segment, load, CustomerJoinedSegment, "load_joined") if number else 0


def _leave(segment: Segment, load: Load) -> int:
    number = bulk.run(load, _LEAVE, segment=segment.pk)
    return _told(segment, load, CustomerLeftSegment, "load_left") if number else 0


def _told(segment: Segment, load: Load, kind: type[Event], table: str) -> int:
    rows = _OF.format(table=table)
    return bulk.announce(load, kind, Segment._meta.label_lower, rows, segment=segment.pk, name=segment.name)
