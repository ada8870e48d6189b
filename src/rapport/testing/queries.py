"""Counting the questions that a block asks of the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass(slots=True)
class Queries:
    """The statements that were sent, in order."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many statements were sent."""
        return len(self.statements)


@contextmanager
def query_count() -> Iterator[Queries]:
    """Collect the statements sent inside the block, those of transactions left out."""
    seen = Queries()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        seen.statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield seen
