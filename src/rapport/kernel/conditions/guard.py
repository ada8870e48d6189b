"""A limit to how long the database may take over a condition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from rapport.kernel.conditions.errors import TooSlow

SECONDS = 10.0


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Let each query inside take at most `seconds`; beyond, the transaction inside is undone.

    Raises `TooSlow` in place of the database's error. A limit that is stricter already stays.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT setting::bigint FROM pg_settings WHERE name = 'statement_timeout'")
            before = int(cursor.fetchone()[0])
            limit = max(1, round(seconds * 1000))
            _set(cursor, min(before, limit) if before else limit)
            yield
            _set(cursor, before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow(_("This condition takes longer than %(n)g seconds.") % {"n": seconds}) from error
        raise


def _set(cursor: CursorWrapper, milliseconds: int) -> None:
    cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
