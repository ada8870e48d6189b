"""The connection of each thread, kept between requests."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import adapt, adapters
from psycopg.pq import Format

from rapport.kernel.postgresql.waiting import Cursor, Waiting

MOMENT = "timestamptz"
OFTEN, MOST_PLANNED = 3, 100
"""At which asking a statement is planned, and how many are kept so: each takes up to 75 kB of the server's memory."""
MOMENTS: Any = adapters.get_loader(adapters.types[MOMENT].oid, Format.TEXT)
"""The driver's own reader of moments, in C where it is installed so: it reads them in the zone of the connection."""


LongAnswer: Any = base.ServerSideCursor


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, with another compiler."""

    compiler_module = "rapport.kernel.postgresql.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, but for the check before each request, how SQL is written and how moments are read."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.waiting = Waiting()
        self.asked: dict[str, int] = {}
        self.outdated = False  # whether a plan was found to answer with other columns than it was made for

    def is_usable(self) -> bool:
        """Return whether the server still holds the connection; asked before each request that reads.

        An idle connection has nothing to say. Only when the server sent something, its good-bye mostly, is a query
        worth the round trip: it takes a tenth of the time of a short request.
        """
        return not _has_something_to_say(self.connection.pgconn.socket) or super().is_usable()

    def get_connection_params(self) -> dict[str, Any]:
        """Return Django's, with moments read by the driver itself: Django's way takes ten times as long.

        Django keeps the zone of the connection at its own, UTC, so both read the same.
        """
        params = super().get_connection_params()
        params["context"] = adapting = adapt.AdaptersMap(params["context"])
        adapting.register_loader(MOMENT, MOMENTS)
        return params

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor; Django's own way would have it read moments as Django is used to."""
        if name is None:
            return Cursor(self.connection, self.waiting)
        Cursor(self.connection, self.waiting).flush()
        return LongAnswer(self.connection, name=name, scrollable=False, withhold=self.connection.autocommit)

    def connect(self) -> None:
        """Connect; nothing waits for a connection that is new, and it has planned nothing yet."""
        self.waiting.take()
        self.asked.clear()
        super().connect()

    def send(self, statement: str, values: Any = None, *, writes: bool = True) -> None:
        """Run a statement that answers nothing: within a transaction it goes along with the next one that does.

        One that `writes` may fail. It does so within the block that it belongs to, as no block begins or ends before.
        """
        with self.cursor() as cursor:
            cursor.cursor.waits, cursor.cursor.writes = self.in_atomic_block, writes
            cursor.execute(statement, values)

    def plan(self, name: str, statement: str) -> bool:
        """Return whether the server has planned a statement that is to be asked, which it does for one asked often.

        What was not asked for longest is forgotten, and everything when a plan is outdated.
        """
        if self.outdated:
            self._run("DEALLOCATE ALL")
            self.asked.clear()
            self.outdated = False
        often = self.asked.get(name, 0) + 1
        if often == OFTEN:
            self._run(f"PREPARE {name} AS {statement}")
        self.asked.pop(name, None)
        self.asked[name] = often
        if len(self.asked) > MOST_PLANNED:
            oldest = next(iter(self.asked))
            if self.asked.pop(oldest) >= OFTEN:
                self._run(f"DEALLOCATE {oldest}")
        return often >= OFTEN

    def _run(self, statement: str) -> None:
        with self.wrap_database_errors:
            self.create_cursor().execute(statement)

    def _savepoint(self, sid: str) -> None:
        self._mark(self.ops.savepoint_create_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._mark(self.ops.savepoint_commit_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        if not self.waiting.back_to(self.ops.savepoint_create_sql(sid)):
            super()._savepoint_rollback(sid)  # type: ignore[misc]

    def _mark(self, statement: str) -> None:
        """Begin or end a block: at once with what was written before it, else together with what is asked next."""
        if not self.waiting.writes:
            return self.send(statement, writes=False)
        with self.cursor() as cursor:
            cursor.execute(statement)
        return None

    def _commit(self) -> None:
        if self.connection is not None and self.waiting.statements:
            with self.wrap_database_errors:
                self.create_cursor().flush()
        super()._commit()  # type: ignore[misc]

    def _rollback(self) -> None:
        self.waiting.take()
        super()._rollback()  # type: ignore[misc]


def _has_something_to_say(socket: int) -> bool:
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
