"""Numbers for what people say aloud: each noun counts from 1 without two rows ever sharing a number."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

from rapport.kernel.planned import Planned

_TAKE = Planned("""
INSERT INTO kernel_sequence (name, last) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET last = kernel_sequence.last + EXCLUDED.last RETURNING last
""")
# Nobody waits for the disk here: the transaction that uses the numbers is written after this one, and waits for both.
_AHEAD = """
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO kernel_sequence (name, last) SELECT name, 1 FROM quick, unnest(%s::text[]) AS name ORDER BY name
ON CONFLICT (name) DO UPDATE SET last = kernel_sequence.last + 1 RETURNING name, last
"""
_BACK = """
UPDATE kernel_sequence s SET last = s.last - 1
FROM unnest(%s::text[], %s::bigint[]) AS given (name, number) WHERE s.name = given.name AND s.last = given.number
"""
_ahead: ContextVar[dict[str, int] | None] = ContextVar("ahead", default=None)


def take(name: str, count: int = 1) -> range:
    """Reserve the next `count` numbers of `name` in the running transaction and return them."""
    last: int = _TAKE.rows(name, count)[0][0]
    return range(last - count + 1, last + 1)


def next_number(name: str) -> int:
    """Reserve and return one number of `name`."""
    held = _ahead.get()
    return held.pop(name) if held and name in held else take(name)[0]


@contextmanager
def ahead(*names: str) -> Iterator[None]:
    """Reserve a number of each of `names` before the transaction that may need them begins.

    Who takes a number within a transaction lets all others wait until that ends. What was not needed is given back,
    unless others went on counting meanwhile. Inside a transaction this does nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_AHEAD, [list(names)])
        held = dict(cursor.fetchall())
    token = _ahead.set(held)
    try:
        yield
    finally:
        _ahead.reset(token)
    if held:
        with connection.cursor() as cursor:
            cursor.execute(_BACK, [list(held), list(held.values())])
