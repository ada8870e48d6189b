"""Finding who may be one: match keys are brought up to date, those who share one compared, the queue kept.

One way for a few and for all: a set of customers (a temporary table) is compared with everybody. What is written
is what holds now: pairs that no longer do go, but for those that somebody said are two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from rapport.customers.twins import keys as match
from rapport.customers.twins import pool
from rapport.customers.twins.judging import ASKED, judge
from rapport.customers.twins.portrait import Portrait
from rapport.kernel import clock
from rapport.kernel.ids import new_ids

_SUBJECTS = "CREATE TEMP TABLE twin_subject (id uuid PRIMARY KEY) ON COMMIT DROP"
_EVERYBODY = "INSERT INTO twin_subject SELECT id FROM customers_customer WHERE deleted_at IS NULL"
_FRESH = "CREATE TEMP TABLE twin_fresh (customer_id uuid, keys bigint[]) ON COMMIT DROP"
_FORGET_GONE = """
DELETE FROM customers_matchkeys k USING customers_customer c WHERE c.id = k.customer_id AND c.deleted_at IS NOT NULL
"""
_OF_SUBJECTS = " AND c.id IN (SELECT id FROM twin_subject)"
_CHANGE_KEYS = """
UPDATE customers_matchkeys k SET keys = f.keys FROM twin_fresh f
WHERE f.customer_id = k.customer_id AND f.keys <> k.keys
"""
_ADD_KEYS = """
INSERT INTO customers_matchkeys (customer_id, keys) SELECT customer_id, keys FROM twin_fresh
ON CONFLICT (customer_id) DO NOTHING
"""
_INDEX = "match_keys"
# Of few customers each key is looked up; of all, keys that few enough share are counted first.
_PAIRS_OF_SOME = """
CREATE TEMP TABLE twin_pair ON COMMIT DROP AS
SELECT least(k.id, o.customer_id) AS first, greatest(k.id, o.customer_id) AS second,
       bit_or(1 << (k.key & 15)::int) AS found
FROM (
    SELECT s.id, unnest(m.keys) AS key FROM twin_subject s JOIN customers_matchkeys m ON m.customer_id = s.id
) k
CROSS JOIN LATERAL (
    SELECT array_agg(x.customer_id) AS sharing FROM (
        SELECT m.customer_id FROM customers_matchkeys m WHERE m.keys @> ARRAY[k.key] LIMIT %(most)s
    ) x
) b
CROSS JOIN LATERAL unnest(b.sharing) AS o (customer_id)
WHERE cardinality(b.sharing) BETWEEN 2 AND (%(bounds)s::int[])[(k.key & 15)::int + 1] AND o.customer_id <> k.id
GROUP BY 1, 2
"""
_KEYS_OF_ALL = """
CREATE TEMP TABLE twin_key ON COMMIT DROP AS SELECT customer_id, unnest(keys) AS key FROM customers_matchkeys
"""
_PAIRS_OF_ALL = """
CREATE TEMP TABLE twin_pair ON COMMIT DROP AS
SELECT a.customer_id AS first, b.customer_id AS second, bit_or(1 << (k.key & 15)::int) AS found
FROM (
    SELECT key FROM twin_key k GROUP BY key HAVING count(*) BETWEEN 2 AND (%(bounds)s::int[])[(k.key & 15)::int + 1]
) k
JOIN twin_key a USING (key) JOIN twin_key b USING (key)
WHERE a.customer_id < b.customer_id
GROUP BY 1, 2
"""
_FOUND = """
CREATE TEMP TABLE twin_found (id uuid, first uuid, second uuid, score smallint, reasons varchar(20)[]) ON COMMIT DROP
"""
# What was said to be two stays so for whoever they were merged into since.
_SAID_TO_BE_TWO = """
DELETE FROM twin_found f USING (
    SELECT f.first, f.second FROM twin_found f
    CROSS JOIN LATERAL (
        SELECT f.first AS id UNION ALL SELECT c.id FROM customers_customer c WHERE c.merged_into_id = f.first
    ) a
    CROSS JOIN LATERAL (
        SELECT f.second AS id UNION ALL SELECT c.id FROM customers_customer c WHERE c.merged_into_id = f.second
    ) b
    JOIN customers_duplicate d ON d.first_id = least(a.id, b.id) AND d.second_id = greatest(a.id, b.id)
    WHERE d.dismissed_at IS NOT NULL
) two WHERE two.first = f.first AND two.second = f.second
"""
# Two look-ups rather than "either of two columns", for which the planner goes through all pairs and all customers.
_GONE = """
DELETE FROM customers_duplicate d USING (
    SELECT p.id, p.first_id, p.second_id FROM twin_subject s JOIN customers_duplicate p ON p.first_id = s.id
    UNION SELECT p.id, p.first_id, p.second_id FROM twin_subject s JOIN customers_duplicate p ON p.second_id = s.id
) p
JOIN customers_customer a ON a.id = p.first_id JOIN customers_customer b ON b.id = p.second_id
WHERE d.id = p.id AND d.dismissed_at IS NULL AND a.deleted_at IS NULL AND b.deleted_at IS NULL
      AND NOT EXISTS (SELECT FROM twin_found f WHERE f.first = p.first_id AND f.second = p.second_id)
"""
_WRITE = """
INSERT INTO customers_duplicate AS d (id, first_id, second_id, score, reasons, found_at, dismissed_by)
SELECT f.id, f.first, f.second, f.score, f.reasons, %(at)s, '' FROM twin_found f
ON CONFLICT (first_id, second_id) DO UPDATE SET score = EXCLUDED.score, reasons = EXCLUDED.reasons
WHERE d.dismissed_at IS NULL AND (d.score, d.reasons) IS DISTINCT FROM (EXCLUDED.score, EXCLUDED.reasons)
"""
_WORKING = ("twin_subject", "twin_fresh", "twin_pair", "twin_key", "twin_found")
_PAIRS_AT_ONCE = 4_000
_MANY = 50_000


@dataclass(frozen=True, slots=True)
class Found:
    """How many customers were compared, how many pairs had something in common, how many of them may be one."""

    customers: int
    compared: int
    pairs: int


def compare(some: Iterable[UUID]) -> Found:
    """Compare these customers with everybody, and keep the queue."""
    with transaction.atomic():
        found = _compare_some(some)
        _keep()
        return found


def compare_all() -> Found:
    """Compare everybody with everybody, and keep the queue.

    Match keys are written in a transaction of their own, so that nobody waits for them while pairs are judged.
    """
    with transaction.atomic():
        _begin(_EVERYBODY)
        _run(_FORGET_GONE)
        subjects = _write_keys()
    with transaction.atomic():
        _begin(_EVERYBODY)
        _run("SET LOCAL work_mem = '256MB'")
        _run(_KEYS_OF_ALL)
        _run("ANALYZE twin_key")
        found = _judged(_PAIRS_OF_ALL, subjects)
        _keep()
        return found


def probable(some: Iterable[UUID]) -> set[UUID]:
    """Return those of these customers who may be one with another, keeping nothing; in a transaction to be undone."""
    subjects = set(some)
    _compare_some(subjects)
    with connection.cursor() as cursor:
        cursor.execute(_SAID_TO_BE_TWO)
        cursor.execute("SELECT first FROM twin_found UNION SELECT second FROM twin_found")
        return {key for (key,) in cursor.fetchall()} & subjects


def _compare_some(some: Iterable[UUID]) -> Found:
    """Bring the match keys of some up to date, and fill `twin_found` with the pairs of theirs that may be one."""
    _begin("INSERT INTO twin_subject SELECT unnest(%(ids)s::uuid[]) ON CONFLICT DO NOTHING", ids=list(some))
    _run(_FORGET_GONE + _OF_SUBJECTS)
    return _judged(_PAIRS_OF_SOME, _write_keys())


def _begin(subjects: str, **values: Any) -> None:
    """Say who is compared: the rows of a statement that fills `twin_subject`."""
    _run(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{name}' for name in _WORKING)}")
    _run(_SUBJECTS)
    _run(subjects, **values)
    _run("ANALYZE twin_subject")


def _judged(pairs: str, subjects: int) -> Found:
    """Collect pairs by their keys, and put those that may be one into `twin_found`."""
    bounds = [match.BOUNDS[kind] for kind in match.Kind]
    compared = _run(pairs, bounds=bounds, most=max(bounds) + 1)
    _run(_FOUND)
    return Found(subjects, compared, _judge())


def _write_keys() -> int:
    """Bring the match keys of the subjects up to date; return how many there are."""
    _run(_FRESH)
    written = 0
    for block in pool.blocks(_ids("SELECT id FROM twin_subject")):
        rows = [(key, sorted(match.keys(one))) for key, one in pool.portraits(block).items()]
        _copy("twin_fresh", rows)
        written += len(rows)
    _run("ANALYZE twin_fresh")
    _run(_CHANGE_KEYS)
    with _index_at_the_end(written):
        _run(_ADD_KEYS)
    return written


@contextmanager
def _index_at_the_end(rows: int) -> Iterator[None]:
    """Fill a table that is empty before its index is built, which is many times as fast for many rows."""
    first = rows > _MANY and not _ids("SELECT customer_id FROM customers_matchkeys LIMIT 1")
    if first:
        _run(f"DROP INDEX {_INDEX}")
    yield
    if first:
        _run("SET CONSTRAINTS ALL IMMEDIATE")  # the foreign keys of what was just added would forbid it
        _run("SET LOCAL maintenance_work_mem = '256MB'")
        _run(f"CREATE INDEX {_INDEX} ON customers_matchkeys USING gin (keys)")
        _run("ANALYZE customers_matchkeys")


def _judge() -> int:
    """Judge the pairs that have a key in common; return how many may be one."""
    kept = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT first, second, found FROM twin_pair ORDER BY first")
        pairs = cursor.fetchall()
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        block = pairs[start : start + _PAIRS_AT_ONCE]
        there = pool.portraits({key for pair in block for key in pair[:2]})
        found = list(_likely(block, there))
        ids = new_ids(len(found))
        _copy("twin_found", [(key, *row) for key, row in zip(ids, found, strict=True)])
        kept += len(found)
    return kept


def _likely(pairs: list[Any], there: dict[UUID, Portrait]) -> Iterator[tuple[UUID, UUID, int, list[str]]]:
    for first, second, found in pairs:
        if first in there and second in there:
            verdict = judge(there[first], there[second], rare=bool(found & match.RARE))
            if verdict.score >= ASKED:
                yield first, second, verdict.score, list(verdict.reasons)


def _keep() -> None:
    """Make the queue what was found."""
    for statement in ("ANALYZE twin_found", _SAID_TO_BE_TWO, _GONE):
        _run(statement)
    _run(_WRITE, at=clock.now())


def _ids(statement: str) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


def _run(statement: str, **values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return int(cursor.rowcount)


def _copy(table: str, rows: list[Any]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as out:
        for row in rows:
            out.write_row(row)
