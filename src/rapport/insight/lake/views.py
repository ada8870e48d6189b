"""The tables of the lake as DuckDB views over the files of one state, without the rows that died."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import duckdb
from django.conf import settings

from rapport.insight.lake.changes import Changed
from rapport.insight.lake.manifest import File, Manifest, TableState


def connect(root: Path, *, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open an engine in memory that spills to `root` when memory is short."""
    chosen: dict[str, str | bool | int | float | list[str]] = {
        "temp_directory": str(root / "spill"),
        "memory_limit": f"{memory()}MB",
    }
    if threads:
        chosen["threads"] = threads
    engine = duckdb.connect(config=chosen)
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute("SET arrow_lossless_conversion = true")
    return engine


def memory() -> int:
    """Return how many megabytes the engine may use: as set, or a quarter of the machine's, 2000 at most."""
    if settings.LAKE_MEMORY:
        return settings.LAKE_MEMORY
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1_000_000
    return max(256, min(2000, machine // 4))


def create_views(engine: duckdb.DuckDBPyConnection, root: Path, manifest: Manifest) -> None:
    """Create a view per table."""
    for name, state in manifest.tables.items():
        engine.execute(f'CREATE OR REPLACE VIEW "{name}" AS {rows_of(root, state)}')


def rows_of(root: Path, state: TableState, only: Iterable[File] | None = None) -> str:
    """Return the SELECT of the live rows in the files of `state`, or in `only` some of them."""
    files = list(state.files if only is None else only)
    whole = [file for file in files if not file.dead]
    parts = [f"SELECT * FROM read_parquet({_paths(root, whole)})"] if whole else []
    parts += [
        f"SELECT * EXCLUDE (file_row_number) FROM read_parquet({_paths(root, [file])}, file_row_number = true) "
        f"WHERE true{_alive(root, state, file)}"
        for file in files
        if file.dead
    ]
    return " UNION ALL ".join(parts)


def dead_places(engine: duckdb.DuckDBPyConnection, root: Path, state: TableState, key: str, change: Changed) -> str:
    """Make the temporary table of the places (file, row) of the live rows that `change` names; return its name."""
    engine.execute("CREATE OR REPLACE TEMP TABLE died (file VARCHAR, row BIGINT)")
    engine.execute("CREATE OR REPLACE TEMP TABLE changed_keys (key UUID)")
    if change.keys:
        engine.execute("INSERT INTO changed_keys SELECT unnest(?::UUID[])", [[str(one) for one in change.keys]])
    spans = " OR ".join(f"\"{key}\" BETWEEN '{low}' AND '{high}'" for low, high in change.spans)
    tests = [f'"{key}" IN (SELECT key FROM changed_keys)' if change.keys else "", spans]
    for file in state.files:
        if not change.touches(file.low, file.high):
            continue
        for test in filter(None, tests):
            engine.execute(
                f"INSERT INTO died SELECT {_quoted(file.name)}, file_row_number "
                f"FROM read_parquet({_paths(root, [file])}, file_row_number = true) WHERE ({test})"
                f"{_alive(root, state, file)}"
            )
    return "died"


def _alive(root: Path, state: TableState, file: File) -> str:
    """Return the condition that a row of `file` is not dead."""
    if not file.dead:
        return ""
    graves = f"read_parquet({_quoted(root / state.graves)})"
    return f" AND file_row_number NOT IN (SELECT row FROM {graves} WHERE file = {_quoted(file.name)})"


def _paths(root: Path, files: Iterable[File]) -> str:
    return "[" + ", ".join(_quoted(root / file.name) for file in files) + "]"


def _quoted(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"
