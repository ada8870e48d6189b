"""Statements that answer nothing wait for the next one that does, and go along with it.

A statement costs as much by its way to the database and back as by what it does there, and most of those that write
have nothing to say. So they are kept, in order, and sent in one piece with whatever is asked next. Nothing but the
moment differs: an error shows in the atomic block that its statement belongs to, at its end at the latest.
"""

from __future__ import annotations

from typing import Any, Self

from psycopg import ClientCursor, Connection
from psycopg._queries import PostgresQuery


class Waiting:
    """The statements of a connection that wait; `writes` says whether any of them may fail."""

    def __init__(self) -> None:
        self.statements: list[bytes] = []
        self.writes = False

    def add(self, statement: bytes, *, writes: bool) -> None:
        """Let a statement wait."""
        self.statements.append(statement)
        self.writes = self.writes or writes

    def take(self) -> list[bytes]:
        """Return what waits; nothing waits any more."""
        taken, self.statements, self.writes = self.statements, [], False
        return taken

    def back_to(self, statement: str) -> bool:
        """Forget what waits behind a statement that waits itself, or everything; return whether it does."""
        mark = statement.encode()
        there = mark in self.statements
        kept = self.statements[: self.statements.index(mark) + 1] if there else []
        self.statements, self.writes = kept, False  # what writes never waits before the mark of a block
        return there


class Cursor(ClientCursor[Any]):
    """The driver's; with `waits` a statement is not sent by itself."""

    def __init__(self, connection: Connection[Any], waiting: Waiting) -> None:
        super().__init__(connection)
        self._waiting = waiting
        self.waits = False
        self.writes = False

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        """Run a statement, together with those that wait, and show its answer; or let it wait."""
        if self.waits:
            whole = query if params is None else self.mogrify(query, params)
            self._waiting.add(whole.encode(), writes=self.writes)
            return self
        more = bool(self._waiting.statements)
        super().execute(query, params, **options)
        while more and self.nextset():
            pass
        return self

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting.statements:
            super().execute(b";".join(self._waiting.take()))

    def executemany(self, *args: Any, **options: Any) -> None:
        """Run a statement many times, after those that wait."""
        self.flush()
        super().executemany(*args, **options)

    def copy(self, *args: Any, **options: Any) -> Any:
        """Begin a COPY, after what waits."""
        self.flush()
        return super().copy(*args, **options)

    def _execute_send(self, query: PostgresQuery, **options: Any) -> None:
        query.query = b";".join([*self._waiting.take(), query.query])
        super()._execute_send(query, **options)
