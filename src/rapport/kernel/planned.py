"""Statements that a connection asks again and again: the server plans each of them once.

For a row by its key, planning takes the server longer than finding it. A statement is told by its name and its values
from the second time on (PREPARE and EXECUTE as plain statements: the protocol that drivers use for them costs what
they save). A plan that was made before indexes or statistics changed is made anew by the server itself.
"""

from __future__ import annotations

from itertools import count
from typing import Any

from django.db import connection

_numbers = count(1)


class Planned:
    """A statement with `$1`, `$2` … in the place of its values."""

    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.name = f"planned_{next(_numbers)}"

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """Return what the statement answers with these values."""
        with connection.cursor() as cursor:
            connection.plan(self.name, self.statement)  # type: ignore[attr-defined]
            places = ", ".join(["%s"] * len(values))
            cursor.execute(f"EXECUTE {self.name}({places})" if values else f"EXECUTE {self.name}", values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def row(self, *values: Any) -> tuple[Any, ...] | None:
        """Return the first row of the answer."""
        return next(iter(self.rows(*values)), None)
