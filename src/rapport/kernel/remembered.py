"""What is read from a few rows that seldom change, kept in memory until one of them does.

Settings are asked for again and again by what happens a hundred times a second. Whether their rows are still as they
were read is one short question to the database, the same for all of them within `steady()`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Generic, TypeVar

from django.db import connection, models

from rapport.kernel.planned import Planned

T = TypeVar("T")
_STAMP = "(SELECT coalesce(string_agg((xmin, ctid)::text, ''), '') FROM {})"

_known: dict[str, None] = {}  # the tables of all that is remembered, in the order in which they were named
_stamps: ContextVar[dict[str, str] | None] = ContextVar("stamps", default=None)


class Remembered(Generic[T]):
    """The result of `read`, which asks for rows of `tables` alone; call it to have it as it is now.

    Each thread has its own. Whoever gets it must leave it as it is. What `read` raises is not remembered.
    """

    def __init__(self, read: Callable[[], T], *tables: type[models.Model]) -> None:
        self._read = read
        self._tables = tuple(table._meta.db_table for table in tables)
        self._here = threading.local()
        _known.update(dict.fromkeys(self._tables))

    def __call__(self) -> T:
        """Return what the rows say now."""
        stamp = (connection.settings_dict["NAME"], *self._stamp())
        kept: tuple[tuple[str, ...], T] | None = getattr(self._here, "kept", None)
        if kept is None or kept[0] != stamp:
            kept = self._here.kept = stamp, self._read()
        return kept[1]

    def _stamp(self) -> list[str]:
        found = _stamps.get()
        if found is None:
            found = _read(self._tables)
        elif not found:
            found.update(_read(tuple(_known)))
        return [found[table] for table in self._tables]


@contextmanager
def steady() -> Iterator[None]:
    """Ask only once within the block whether anything changed; a short block, as what changes meanwhile is not seen."""
    if _stamps.get() is not None:
        yield
        return
    token = _stamps.set({})
    try:
        yield
    finally:
        _stamps.reset(token)


def _read(tables: tuple[str, ...]) -> dict[str, str]:
    """Return which version of its row each row of some tables is: a row that is written gets another place."""
    return dict(zip(tables, _asking(tables).rows()[0], strict=True))


@cache
def _asking(tables: tuple[str, ...]) -> Planned:
    each = ", ".join(_STAMP.format(connection.ops.quote_name(name)) for name in tables)
    return Planned(f"SELECT {each}")
