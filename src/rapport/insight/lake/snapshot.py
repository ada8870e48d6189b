"""One consistent view of the database for several readers, and the notes of what changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import adbc_driver_postgresql.dbapi as adbc
import psycopg
import pyarrow as pa
from django.db import connection
from psycopg.conninfo import make_conninfo

from rapport.kernel import clock

LOCK = 7_237_402
"""The advisory lock that lets one process at a time write the lake."""


@dataclass(frozen=True, slots=True)
class Note:
    """Rows of `source` with keys from `low` to `high` changed."""

    source: str
    low: UUID
    high: UUID


def address() -> str:
    """Return how to connect to the database that Django uses, for libpq."""
    given = connection.get_connection_params()
    names = ("dbname", "user", "password", "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "options")
    return make_conninfo("", **{name: given[name] for name in names if given.get(name)})


class Snapshot:
    """The database as it was at one moment, `as_of`. `rows` may be used by several threads at a time."""

    def __init__(self, link: psycopg.Connection[Any], uri: str) -> None:
        self.as_of: datetime = clock.now()
        self._link = link
        self._uri = uri
        self._name: str = _one(link, "SELECT pg_export_snapshot()")

    @contextmanager
    def rows(self, statement: str) -> Iterator[pa.RecordBatchReader]:
        """Give the rows of a SELECT as they were at that moment, as Arrow, on a connection of their own."""
        with adbc.connect(self._uri) as link, link.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET TRANSACTION SNAPSHOT '{self._name}'")
            cursor.execute(statement)
            yield cursor.fetch_record_batch()

    def notes(self) -> list[Note]:
        """Return what changed since the notes were last removed."""
        found = self._link.execute("SELECT DISTINCT source, low, high FROM insight_change")
        return [Note(*row) for row in found]

    def token(self) -> UUID | None:
        """Return the token of the lake that the notes follow on."""
        row = self._link.execute("SELECT token FROM insight_lakestate").fetchone()
        return row[0] if row else None

    def finish(self, token: UUID) -> None:
        """Remove the notes seen in this snapshot, and no others, and say which lake follows them."""
        self._link.execute("DELETE FROM insight_change")
        self._link.execute(
            "INSERT INTO insight_lakestate (id, token) VALUES (1, %s) "
            "ON CONFLICT (id) DO UPDATE SET token = excluded.token",
            [token],
        )
        self._link.commit()


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Take a snapshot, alone among the writers of the lake; nothing is kept unless `finish` is called."""
    uri = address()
    with psycopg.connect(uri, autocommit=True) as link:
        link.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        link.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        yield Snapshot(link, uri)


def _one(link: psycopg.Connection[Any], statement: str) -> Any:
    row = link.execute(statement).fetchone()
    assert row
    return row[0]
