"""A limit to how long the database may take over a condition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from rapport.kernel.conditions.errors import TooSlow
from rapport.kernel.planned import Planned

SECONDS = 10.0
TIGHTEN = Planned("""
    SELECT before, set_config('statement_timeout', least(nullif(1000 * extract(epoch FROM before::interval), 0), %s)
                              ::bigint::text, true)
    FROM current_setting('statement_timeout') AS before
""")  # the strictest of what there is, where 0 is none, and of so many milliseconds
LOOSEN = Planned("SELECT set_config('statement_timeout', %s, true)")


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """Let each query inside take at most `seconds`; beyond, the transaction inside is undone.

    Raises `TooSlow` in place of the database's error. A limit that is stricter already stays.
    """
    outermost = not connection.in_atomic_block  # the limit then ends with the transaction
    try:
        with transaction.atomic():
            before = TIGHTEN.rows(max(1, round(seconds * 1000)))[0][0]
            yield
            if not outermost:
                LOOSEN.rows(before)
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooSlow(_("This condition takes longer than %(n)g seconds.") % {"n": seconds}) from error
        raise
