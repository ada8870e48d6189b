"""Opening the lake: its tables as Ibis expressions, all of one state, with the moment they were true."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import duckdb
import ibis
import pyarrow as pa
from django.conf import settings
from ibis.backends.duckdb import Backend
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

from rapport.insight.lake import manifest as manifests
from rapport.insight.lake.manifest import Manifest
from rapport.insight.lake.views import connect, create_views
from rapport.runtime import locks

ibis.options.sql.fuse_selects = False
"""The engine joins nested selects by itself, and in less time than Ibis takes to."""
T = TypeVar("T")
_opened = threading.local()


class NoLake(Exception):
    """There is no lake yet: `refresh` builds it."""


class Lake:
    """One state of the lake, for one thread. `as_of` is the latest moment at which it was the state of the database."""

    def __init__(self, root: Path, manifest: Manifest, lock: int | None) -> None:
        self.manifest = manifest
        self.as_of = manifest.as_of
        self._lock = lock
        self.engine: duckdb.DuckDBPyConnection = connect(root)
        create_views(self.engine, root, manifest)
        self.backend: Backend = ibis.duckdb.from_connection(self.engine)
        self._tables: dict[str, ir.Table] = {}
        self._kept: dict[Hashable, Any] = {}
        self._numbers = count(1)

    @property
    def token(self) -> UUID:
        """The name of this state."""
        return self.manifest.token

    @property
    def zone(self) -> str:
        """The zone whose days the tables have."""
        return self.manifest.zone

    def table(self, name: str) -> ir.Table:
        """Return a table by its database name, such as commerce_order."""
        if name not in self._tables:
            self._tables[name] = self.backend.table(name)
        return self._tables[name]

    def arrow(self, expression: ir.Table) -> pa.Table:
        """Run an expression (without tables in memory); UUIDs stay UUIDs, whole numbers are int64."""
        columns = ", ".join(_plain(name, kind) for name, kind in expression.schema().items())
        return self.engine.sql(f"SELECT {columns} FROM ({self.backend.compile(expression)})").to_arrow_table()

    def list(self, expression: ir.Table) -> list[dict[str, Any]]:
        """Run an expression and return its rows as dictionaries."""
        found: list[dict[str, Any]] = self.arrow(expression).to_pylist()
        return found

    def one(self, expression: ir.Table) -> dict[str, Any]:
        """Run an aggregate and return its only row."""
        return self.list(expression)[0]

    def held(self, expression: ir.Table, key: Hashable) -> ir.Table:
        """Work an expression out once for this state, into a temporary table, and return that."""
        return self.keep(("held", key), lambda: self._hold(self.backend.compile(expression)))

    def hold(self, rows: pa.Table, key: Hashable) -> ir.Table:
        """Put rows from outside into a temporary table of the engine, once for this state, and return it."""

        def make() -> ir.Table:
            self.engine.register("given", rows)
            try:
                return self._hold("SELECT * FROM given")
            finally:
                self.engine.unregister("given")

        return self.keep(("hold", key), make)

    def _hold(self, query: str) -> ir.Table:
        name = f"held_{next(self._numbers)}"
        self.engine.execute(f'CREATE TEMP TABLE "{name}" AS {query}')
        return self.backend.table(name)

    def rows(self, name: str) -> int:
        """Return how many rows a table has, without reading it."""
        return self.manifest.tables[name].rows

    def keep(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what `make` returned the first time it was asked for under `key`: this state never changes."""
        if key not in self._kept:
            self._kept[key] = make()
        found: T = self._kept[key]
        return found

    def close(self) -> None:
        """Let go of the files."""
        self._kept.clear()
        self.engine.close()
        if self._lock is not None:
            locks.release(self._lock)
            self._lock = None


def _plain(name: str, kind: dt.DataType) -> str:
    """Return a column as the types that Arrow has: DuckDB sums to 128 bits and takes 0.5 for a decimal."""
    if kind.is_integer() or (kind.is_decimal() and not kind.scale):
        return f'"{name}"::BIGINT AS "{name}"'
    return f'"{name}"::DOUBLE AS "{name}"' if kind.is_floating() else f'"{name}"'


def open(root: Path | None = None) -> Lake:  # noqa: A001 - insight.lake.open reads as what it does
    """Return the current state of the lake; the same object until a refresh, one per thread.

    Raises `NoLake` when none was built.
    """
    root = root or settings.HOME.lake
    known: Lake | None = getattr(_opened, "lake", None)
    token, as_of = manifests.current(root)
    if known is not None and _opened.root == root and str(known.token) == token:
        known.as_of = as_of or known.as_of
        return known
    held = manifests.hold_current(root)
    if held is None:
        raise NoLake
    if known is not None:
        known.close()
    _opened.lake, _opened.root = Lake(root, *held), root
    found: Lake = _opened.lake
    found.as_of = as_of or found.as_of
    return found


def close() -> None:
    """Close the lake that this thread has open, and give its memory back."""
    known: Lake | None = getattr(_opened, "lake", None)
    if known is not None:
        known.close()
        _opened.lake = None
