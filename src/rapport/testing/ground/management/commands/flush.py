"""Emptying the database after a test that commits: in the place of Django's, which takes ten times as long."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

MADE = ("django_migrations", "django_content_type", "auth_permission")
"""What migrations fill and no test changes; Django empties two of them, too, and fills them again."""
KEPT = (*MADE, "procrastinate_periodic_defers")
"""A worker that does not know what is deferred for this hour already defers it, and runs it, in each test."""
LAST = "insight_change"
"""Takes notes of the rows that go."""
FEW = 500
"""For each row that goes, the database looks for rows that refer to it: where there are many, it truncates."""


class Command(flush.Command):
    """Django's `flush` truncates every table, which writes each and its indexes anew; most are empty."""

    def handle(self, **options: Any) -> None:
        """Delete all rows, where they are few, those of jobs as well: Django does not own their table."""
        database = connections[options["database"]]
        counts = _counts(database)
        if any(count > FEW for count in counts.values()):
            super().handle(**options)
            counts = _counts(database)
        names = sorted(counts, key=lambda name: name == LAST)
        if names:
            with transaction.atomic(database.alias), database.cursor() as cursor:
                cursor.execute("; ".join(f'DELETE FROM "{name}"' for name in (*names, LAST)))


def _counts(database: BaseDatabaseWrapper) -> dict[str, int]:
    """Return how many rows there are in each table that has some; counts no further than needed."""
    with database.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        names = [name for (name,) in cursor.fetchall() if name not in KEPT]
        each = (f"SELECT '{name}', count(*) FROM (SELECT FROM \"{name}\" LIMIT {FEW + 1}) AS found" for name in names)
        cursor.execute(" UNION ALL ".join(each))
        return {name: count for name, count in cursor.fetchall() if count}
