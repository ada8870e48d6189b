"""Merging promises. A promise for a day is kept until that day ends in its zone: the customer's, else the load's."""

from __future__ import annotations

from django.db import connection

from rapport.kernel import bulk
from rapport.kernel.bulk import Counts, Load
from rapport.promises.events import PromiseKept, PromiseLate, PromiseMade, PromiseMoved, PromiseReleased
from rapport.promises.models import Promise

_STAGE = """
CREATE TEMP TABLE load_promise (
    seq bigint NOT NULL, source_type text NOT NULL, source_id uuid NOT NULL, source_label text NOT NULL,
    customer_id uuid, kind text NOT NULL, what text NOT NULL, made_at timestamptz, due_on date, due_at timestamptz,
    fulfilled_at timestamptz, released_at timestamptz
) ON COMMIT DROP
"""
_FAULTS = """
INSERT INTO load_fault (seq, noun, code, field, value)
SELECT seq, 'promise', 'due-missing', 'due_on', what FROM load_promise WHERE (due_on IS NULL) = (due_at IS NULL)
"""
_TWICE = """
INSERT INTO load_fault (seq, noun, code, field, value, first)
SELECT seq, 'promise', 'key-twice', 'external', source_label, lead FROM (
    SELECT seq, source_label, first_value(seq) OVER (PARTITION BY source_id, kind ORDER BY seq) AS lead
    FROM load_promise
) x WHERE seq <> lead
"""
_ROWS = """
CREATE TEMP TABLE load_promise_row ON COMMIT DROP AS
SELECT x.*, CASE WHEN x.fulfilled_at < x.due_until THEN 'kept' WHEN x.fulfilled_at IS NOT NULL THEN 'late'
                 WHEN x.released_at IS NOT NULL THEN 'released' ELSE '' END AS outcome,
       coalesce(x.fulfilled_at, x.released_at) AS ended_at
FROM (
    SELECT coalesce(b.id, pg_temp.new_id()) AS id, b.id IS NULL AS fresh, l.seq, l.source_type, l.source_id,
           l.source_label, coalesce(l.customer_id, b.customer_id) AS customer_id, l.kind, left(l.what, 300) AS what,
           coalesce(l.made_at, b.made_at, %(at)s) AS made_at, l.due_on, l.due_at, z.zone,
           coalesce(l.due_at, (l.due_on + 1)::timestamp AT TIME ZONE z.zone) AS due_until,
           coalesce(l.fulfilled_at, b.fulfilled_at) AS fulfilled_at, l.released_at
    FROM load_promise l
    LEFT JOIN promises_promise b ON b.source_id = l.source_id AND b.kind = l.kind
    LEFT JOIN customers_customer c ON c.id = l.customer_id
    CROSS JOIN LATERAL (SELECT coalesce(b.zone, nullif(c.zone, ''), %(zone)s) AS zone) z
    WHERE NOT EXISTS (SELECT FROM load_fault f WHERE f.seq = l.seq AND f.noun = 'promise')
) x
"""
_INSERT = """
INSERT INTO promises_promise (
    id, customer_id, kind, what, maker_name, made_at, due_on, due_at, zone, due_until, fulfilled_at, ended_at, outcome,
    ended_because, source_type, source_id, source_label, weight, updated_at, sample
)
SELECT id, customer_id, kind, what, '', made_at, due_on, due_at, zone, due_until, fulfilled_at, ended_at, outcome, '',
       source_type, source_id, left(source_label, 120), 1, %(at)s, false
FROM load_promise_row WHERE fresh
"""
# What people decided of a promise stays: a load ends open promises and moves their day, nothing else.
_DIFFERENT = """
CREATE TEMP TABLE load_promise_change ON COMMIT DROP AS
SELECT r.*, b.outcome = '' AND r.outcome <> '' AS ends,
       coalesce(b.due_on::text, b.due_at::text) AS due_before, coalesce(r.due_on::text, r.due_at::text) AS due,
       (b.due_on, b.due_at) IS DISTINCT FROM (r.due_on, r.due_at) AS moves
FROM load_promise_row r JOIN promises_promise b USING (id)
WHERE NOT r.fresh AND b.outcome = '' AND ((b.due_on, b.due_at, b.customer_id, b.outcome) IS DISTINCT FROM
      (r.due_on, r.due_at, r.customer_id, r.outcome))
"""
_UPDATE = """
UPDATE promises_promise p SET due_on = r.due_on, due_at = r.due_at, due_until = r.due_until, outcome = r.outcome,
       fulfilled_at = r.fulfilled_at, ended_at = r.ended_at, customer_id = r.customer_id, updated_at = %(at)s
FROM load_promise_change r WHERE r.id = p.id
"""
_MADE = """
SELECT id AS subject_id, customer_id, made_at AS at, jsonb_build_object(
    'what', what, 'kind', kind, 'source', source_label, 'due',
    coalesce(due_on::text, to_char(due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'))
) AS data
FROM load_promise_row WHERE fresh
"""
_ENDED = """
SELECT x.id AS subject_id, x.customer_id, x.ended_at AS at, jsonb_build_object(
    'what', x.what, 'kind', x.kind, %(days)s, %(sign)s * (
        (x.ended_at AT TIME ZONE x.zone)::date - coalesce(x.due_on, (x.due_until AT TIME ZONE x.zone)::date)
    )
) AS data
FROM (
    SELECT id, customer_id, ended_at, what, kind, zone, due_on, due_until, outcome FROM load_promise_row WHERE fresh
    UNION ALL
    SELECT id, customer_id, ended_at, what, kind, zone, due_on, due_until, outcome FROM load_promise_change WHERE ends
) x WHERE x.outcome = %(outcome)s
"""
_RELEASED = """
SELECT x.id AS subject_id, x.customer_id, x.ended_at AS at,
       jsonb_build_object('what', x.what, 'kind', x.kind) AS data
FROM (
    SELECT id, customer_id, ended_at, what, kind, outcome FROM load_promise_row WHERE fresh
    UNION ALL SELECT id, customer_id, ended_at, what, kind, outcome FROM load_promise_change WHERE ends
) x WHERE x.outcome = 'released'
"""
_MOVED = """
SELECT id AS subject_id, customer_id, %(at)s AS at,
       jsonb_build_object('what', what, 'before', due_before, 'due', due) AS data
FROM load_promise_change WHERE moves
"""


def stage() -> None:
    """Make the empty stage; `source_id` with `kind` tells promises apart, `released_at` says it no longer counts."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)


def merge(load: Load) -> Counts:
    """Make the promises that are not there, end and move open ones as the facts of the load say."""
    read = bulk.number("SELECT count(*) FROM load_promise")
    bulk.run(load, "ANALYZE load_promise")
    for statement in (_FAULTS, _TWICE, _ROWS):
        bulk.run(load, statement)
    with bulk.rebuilding(load, {"promises_promise": read}):
        fresh = bulk.run(load, _INSERT)
    changed = bulk.run(load, _DIFFERENT)
    bulk.remember(load, "promises_promise", "SELECT id FROM load_promise_change")
    bulk.run(load, _UPDATE)
    subject = Promise._meta.label_lower
    bulk.announce(load, PromiseMade, subject, _MADE)
    bulk.announce(load, PromiseMoved, subject, _MOVED)
    bulk.announce(load, PromiseKept, subject, _ENDED, days="days_early", sign=-1, outcome="kept")
    bulk.announce(load, PromiseLate, subject, _ENDED, days="days_late", sign=1, outcome="late")
    bulk.announce(load, PromiseReleased, subject, _RELEASED)
    failed = bulk.number("SELECT count(DISTINCT seq) FROM load_fault WHERE noun = 'promise'")
    return Counts(read, fresh, changed, read - fresh - changed - failed, failed)
