"""Bulk loads: what every domain needs to merge many rows at once inside one transaction.

A load fills temporary tables (the stage), then each domain merges its part by a few set-based statements and
writes the events of what it did. Rows that cannot be merged are put aside as faults, with their place in the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction

from rapport.kernel.actors import Actor
from rapport.kernel.events.types import Event, type_of
from rapport.kernel.ids import new_id

# Ids of version 7 that share time and random bits and end in a counter, as `kernel.ids.new_ids` makes them.
_NEW_ID = """
CREATE TEMP SEQUENCE IF NOT EXISTS load_ids CACHE 1000;
CREATE OR REPLACE FUNCTION pg_temp.new_id() RETURNS uuid LANGUAGE sql VOLATILE AS
$$ SELECT ('{shared}' || lpad(to_hex(nextval('pg_temp.load_ids')), 12, '0'))::uuid $$
"""
_MANY = 50_000
# Ids that the load makes cannot meet others: their key goes too, where nothing refers to it.
_CONSTRAINTS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint c
WHERE conrelid = %s::regclass AND (
    contype IN ('f', 'u') OR pg_get_constraintdef(oid) = 'PRIMARY KEY (id)'
    AND NOT EXISTS (SELECT FROM pg_constraint r WHERE r.contype = 'f' AND r.confrelid = c.conrelid)
) ORDER BY conname
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
      AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY 1
"""
_LEFT = """
SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r' AND relname LIKE %s
"""
_FAULTS = """
CREATE TEMP TABLE load_fault (
    seq bigint, noun text, code text, field text, value text, first bigint, warning boolean NOT NULL DEFAULT false
) ON COMMIT DROP;
CREATE TEMP TABLE load_before (place text NOT NULL, id uuid NOT NULL, row jsonb) ON COMMIT DROP
"""


@dataclass(frozen=True)
class Load:
    """One bulk load: who loads, when, and what stands for what the files do not say.

    `by` names the load as the cause of its events. `namespace` is whose numbers the rows bear, `source` where they
    come from in words. `currency`, `zone` are the organisation's; `rates` units of its currency for one of another.
    With `overwrite` new values replace old ones, else they fill what is empty.
    """

    by: Actor
    at: datetime
    namespace: str
    source: str
    currency: str
    zone: str
    overwrite: bool = False
    rates: Mapping[str, str] = field(default_factory=dict)

    def params(self, **more: Any) -> dict[str, Any]:
        """Return the values that the statements of a load may name."""
        return {
            "at": self.at,
            "actor_kind": self.by.kind,
            "actor_id": self.by.id,
            "actor_name": self.by.name[:120],
            "via": self.by.via,
            "cause": self.by.cause_id,
            "namespace": self.namespace,
            "source": self.source[:80],
            "currency": self.currency,
            "zone": self.zone,
            "overwrite": self.overwrite,
            "rates": json.dumps(dict(self.rates)),
            **more,
        }


@dataclass(slots=True)
class Counts:
    """What became of the rows of one noun; `read` is what was merged and what failed together."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {name: getattr(self, name) for name in ("read", "created", "updated", "unchanged", "failed")}


_WRITTEN = """
SELECT attname FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname <> 'id'
ORDER BY attnum
"""


def clear(prefix: str) -> None:
    """Drop the temporary tables of an earlier load (`load`) or undoing (`undo`) in the same transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_LEFT, [f"{prefix}\\_%"])
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE pg_temp.{name}")


def prepare() -> None:
    """Make the function and the tables that every load uses; they are gone with the session and the transaction."""
    clear("load")
    with connection.cursor() as cursor:
        cursor.execute(_NEW_ID.format(shared=new_id().hex[:20]))
        cursor.execute(_FAULTS)
        cursor.execute("SET LOCAL work_mem = '128MB'")


def forget_plans() -> None:
    """Let foreign keys be checked by plans for the tables as they are now.

    A connection keeps how it checked them before. What it found best while a table had ten rows reads the whole table
    for each new row, which takes minutes when thousands have come in.
    """
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


def run(load: Load, statement: str, **more: Any) -> int:
    """Run one statement of a load with the load's values by name, and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, load.params(**more))
        return int(cursor.rowcount)


def number(statement: str) -> int:
    """Return the one number that a question answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0] or 0) if row else 0


def any_row(query: str) -> bool:
    """Return whether a query of the code, which ends where a LIMIT may follow, gives a row; reads no second one."""
    return number(f"SELECT count(*) FROM ({query} LIMIT 1) x") > 0


def remember(load: Load, table: str, ids: str) -> None:
    """Keep the rows of `table` whose ids the query `ids` gives as they are now, before the load changes them.

    They go to `load_before`, from where undoing brings them back.
    """
    run(load, f"INSERT INTO load_before SELECT '{table}', t.id, to_jsonb(t) FROM {table} t WHERE t.id IN ({ids})")


def added(load: Load, table: str, ids: str) -> None:
    """Note rows that the load added to things which were there before; undoing deletes them."""
    run(load, f"INSERT INTO load_before SELECT '{table}', x.id, NULL FROM ({ids}) AS x (id)")


def put_back(table: str) -> int:
    """Bring the rows of `table` in `undo_before` back as they were, delete those that were added; return how many.

    Rows in `undo_kept` stay. The columns of `undo_before` are those of `load_before`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} t USING undo_before b WHERE b.place = '{table}' AND b.row IS NULL AND t.id = b.id"
        )
        gone = cursor.rowcount
        cursor.execute(_WRITTEN, [table])
        columns = [f'"{name}"' for (name,) in cursor.fetchall()]
        cursor.execute(
            f"""INSERT INTO {table} (id, {", ".join(columns)})
                SELECT r.id, {", ".join(f"r.{column}" for column in columns)} FROM undo_before b
                CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.row) r
                WHERE b.place = '{table}' AND b.row IS NOT NULL
                      AND NOT EXISTS (SELECT FROM undo_kept k WHERE k.id = b.id)
                ON CONFLICT (id) DO UPDATE
                SET ({", ".join(columns)}) = ROW({", ".join(f"EXCLUDED.{column}" for column in columns)})"""
        )
        return int(gone + cursor.rowcount)


@contextmanager
def rebuilding(load: Load, incoming: Mapping[str, int]) -> Iterator[bool]:
    """Write many rows to tables that were small: their indexes and foreign keys are built once, afterwards.

    `incoming` is about how many rows each table (by name) will get. It is done for those that at least double, from
    50,000 rows on: building is several times as fast as adding row by row, but nobody else reads the table until the
    load commits. Where somebody holds the table for more than some seconds it stays as it is. Gives whether all of
    them are the load's alone. However many rows came, foreign keys are checked afterwards as fits the tables then.
    """
    taken = {table: _taken_down(table) for table, rows in incoming.items() if _doubles(table, rows)}
    statements = [statement for definitions in taken.values() for statement in definitions]
    yield set(taken) == set(incoming) and all(taken.values())
    forget_plans()  # the other foreign keys are checked at the end of the transaction
    if statements:
        run(load, "SET CONSTRAINTS ALL IMMEDIATE")
        for table in incoming:  # where one is known as empty, the check of a foreign key goes through all pairs
            run(load, f"ANALYZE {table}")
        for statement in sorted(statements, key=lambda text: "FOREIGN KEY" in text):
            run(load, f"SET LOCAL maintenance_work_mem = '{_memory(statement)}'")
            run(load, statement)


def _memory(statement: str) -> str:
    """How much memory a statement that builds an index gets: sorting likes much, a tree of words what caches hold."""
    return "16MB" if " USING gin " in statement else "256MB"


def _doubles(table: str, rows: int) -> bool:
    return rows >= _MANY and number(f"SELECT count(*) FROM (SELECT FROM {table} LIMIT {rows + 1}) x") <= rows


def _taken_down(table: str) -> list[str]:
    """Drop the secondary indexes and foreign keys of a table; return the statements that build them again."""
    with connection.cursor() as cursor:
        cursor.execute(_CONSTRAINTS, [table])
        constraints = cursor.fetchall()
        cursor.execute(_INDEXES, [table])
        indexes = cursor.fetchall()
        try:
            with transaction.atomic():
                cursor.execute("SET LOCAL lock_timeout = '5s'")
                for name, _ in constraints:
                    cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
                for name, _ in indexes:
                    cursor.execute(f'DROP INDEX "{name}"')
                cursor.execute("SET LOCAL lock_timeout = DEFAULT")
        except OperationalError:
            return []
    return [
        *(definition for _, definition in indexes),
        *(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}' for name, definition in constraints),
    ]


def announce(load: Load, kind: type[Event], subject_type: str, rows: str, **more: Any) -> int:
    """Write one event of `kind` for each row of the query `rows`, without waking reactions one by one.

    `rows` gives the columns subject_id, customer_id, at, data. Returns how many events were written.
    """
    statement = f"""
        INSERT INTO kernel_eventrecord (id, type, at, recorded_at, actor_kind, actor_id, actor_name, via, customer_id,
                                        subject_type, subject_id, data, cause_id)
        SELECT pg_temp.new_id(), %(type)s, x.at, %(at)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(via)s,
               x.customer_id, %(subject_type)s, x.subject_id, x.data, %(cause)s
        FROM ({rows}) AS x
    """
    return run(load, statement, type=type_of(kind).name, subject_type=subject_type, **more)
