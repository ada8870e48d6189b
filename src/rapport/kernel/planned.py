"""Statements that a connection asks again and again: the server plans each of them once.

For a row by its key, planning takes the server longer than finding it. A statement that is asked often is told by its
name and its values (PREPARE and EXECUTE as plain statements: the protocol that drivers use for them costs what they
save). A plan that was made before indexes or statistics changed is made anew by the server itself.
"""

from __future__ import annotations

import re
from itertools import count
from typing import Any

from django.db import NotSupportedError, connection

_numbers = count(1)


class Planned:
    """A statement with `%s` in the place of each value."""

    def __init__(self, statement: str) -> None:
        places = count(1)
        self.statement = statement
        self.name = f"planned_{next(_numbers)}"
        self._numbered = re.sub("%(.)", lambda found: f"${next(places)}" if found[1] == "s" else "%", statement)
        values = ", ".join(["%s"] * (next(places) - 1))
        self._by_name = f"EXECUTE {self.name}({values})" if values else f"EXECUTE {self.name}"

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """Return what the statement answers with these values."""
        with connection.cursor() as cursor:
            planned = connection.plan(self.name, self._numbered)  # type: ignore[attr-defined]
            try:
                cursor.execute(self._by_name if planned else self.statement, values)
            except NotSupportedError:  # a migration gave a column another type: what comes next is planned anew
                connection.outdated = True  # type: ignore[attr-defined]
                raise
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def row(self, *values: Any) -> tuple[Any, ...] | None:
        """Return the first row of the answer."""
        return next(iter(self.rows(*values)), None)
