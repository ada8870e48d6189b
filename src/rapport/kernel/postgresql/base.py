"""The connection of each thread, kept between requests."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base, operations
from psycopg import adapters
from psycopg.pq import Format

MOMENT = "timestamptz"
MOMENTS = adapters.get_loader(adapters.types[MOMENT].oid, Format.TEXT)
"""The driver's own reader of moments, in C where it is installed so: it reads them in the zone of the connection."""


class DatabaseOperations(operations.DatabaseOperations):
    """Django's, with another compiler."""

    compiler_module = "rapport.kernel.postgresql.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, but for the check before each request, how SQL is written and how moments are read."""

    ops_class = DatabaseOperations

    def is_usable(self) -> bool:
        """Return whether the server still holds the connection; asked before each request that reads.

        An idle connection has nothing to say. Only when the server sent something, its good-bye mostly, is a query
        worth the round trip: it takes a tenth of the time of a short request.
        """
        return not _has_something_to_say(self.connection.pgconn.socket) or super().is_usable()

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that reads moments by the driver itself: Django's way takes ten times as long.

        Django keeps the zone of the connection at its own, UTC, so both read the same.
        """
        cursor = super().create_cursor(name)
        cursor.adapters.register_loader(MOMENT, MOMENTS)
        return cursor


def _has_something_to_say(socket: int) -> bool:
    waiting = select.poll()
    waiting.register(socket, select.POLLIN)
    return bool(waiting.poll(0))
