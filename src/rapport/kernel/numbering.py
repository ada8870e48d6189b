"""Numbers for what people say aloud: each noun counts from 1 without two rows ever sharing a number."""

from __future__ import annotations

from django.db import connection

_TAKE = """
INSERT INTO kernel_sequence (name, last) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET last = kernel_sequence.last + EXCLUDED.last RETURNING last
"""


def take(name: str, count: int = 1) -> range:
    """Reserve the next `count` numbers of `name` in the running transaction and return them."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [name, count])
        last: int = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def next_number(name: str) -> int:
    """Reserve and return one number of `name`."""
    return take(name)[0]
