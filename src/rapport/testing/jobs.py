"""Jobs that wait: Django does not own their table, so what flushes the database after a test leaves them there."""

from __future__ import annotations

from django.db import connection


def forget_jobs() -> None:
    """Delete the jobs that earlier tests deferred."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
