"""Taking rows out of the database for good, with all that hangs on them, by statements over whole sets.

What hangs on what is asked of the database itself, so a table that comes to refer to another needs no line here.
"""

from __future__ import annotations

from itertools import count

from django.db import connection

_REFERRING = """
SELECT c.conrelid::regclass::text, a.attname, a.attnotnull, t.attname
FROM pg_constraint c
JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
JOIN pg_attribute t ON t.attrelid = c.confrelid AND t.attnum = c.confkey[1]
WHERE c.contype = 'f' AND c.confrelid = %s::regclass AND array_length(c.conkey, 1) = 1
ORDER BY 1, 2
"""
_numbers = count(1)


def remove(table: str, going: str) -> int:
    """Delete the rows of `table` whose ids the temporary table `going` holds (column `id`); return how many.

    Inside the caller's transaction. Rows that cannot be without them go, too; others forget them.
    """
    let_go(table, going)
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM {table} WHERE id IN (SELECT id FROM "{going}")')
        gone: int = cursor.rowcount
    return gone


def let_go(table: str, going: str) -> None:
    """Free the rows of `table` that `going` names from all that refers to them, see `remove`."""
    for other, column, needed, target in _referring(table):
        chosen = f'"{column}" IN (SELECT "{target}" FROM "{going}")'
        with connection.cursor() as cursor:
            if not needed:
                cursor.execute(f'UPDATE {other} SET "{column}" = NULL WHERE {chosen}')
                continue
        if _referring(other):
            _remove_with_all(other, chosen)
        else:
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {other} WHERE {chosen}")


def _remove_with_all(table: str, chosen: str) -> None:
    deeper = f"going_{next(_numbers)}"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMP TABLE "{deeper}" ON COMMIT DROP AS SELECT * FROM {table} WHERE {chosen}')
        found: int = cursor.rowcount
    if found:
        let_go(table, deeper)
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE {chosen}")


def _referring(table: str) -> list[tuple[str, str, bool, str]]:
    """Return what refers to a table: the other table, its column, whether that must be filled, and to which column."""
    with connection.cursor() as cursor:
        cursor.execute(_REFERRING, [table])
        found: list[tuple[str, str, bool, str]] = cursor.fetchall()
    return found
