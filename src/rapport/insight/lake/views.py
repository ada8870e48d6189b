"""The tables of the lake as DuckDB views over the files of one state, without the rows that died."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from rapport.insight.lake.manifest import File, Manifest, TableState


def connect(root: Path, *, threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Open an engine in memory that spills to `root` when memory is short."""
    settings: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(root / "spill")}
    if threads:
        settings["threads"] = threads
    engine = duckdb.connect(config=settings)
    engine.execute("SET TimeZone = 'UTC'")
    engine.execute("SET arrow_lossless_conversion = true")
    return engine


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
        f"WHERE file_row_number NOT IN (SELECT row FROM read_parquet({_quoted(root / state.graves)}) "
        f"WHERE file = {_quoted(file.name)})"
        for file in files
        if file.dead
    ]
    return " UNION ALL ".join(parts)


def dead_places(
    engine: duckdb.DuckDBPyConnection, root: Path, state: TableState, key: str, ranges: Mapping[str, str]
) -> str:
    """Make the temporary table of the places (file, row) of keys in `ranges` that are alive; return its name.

    `ranges` names two tables: "keys" with a column key, "spans" with low and high.
    """
    engine.execute("CREATE OR REPLACE TEMP TABLE died (file VARCHAR, row BIGINT)")
    for file in state.files:
        if not file.rows:
            continue
        source = f"read_parquet({_paths(root, [file])}, file_row_number = true)"
        buried = (
            f" AND file_row_number NOT IN (SELECT row FROM read_parquet({_quoted(root / state.graves)}) "
            f"WHERE file = {_quoted(file.name)})"
            if file.dead
            else ""
        )
        engine.execute(
            f"INSERT INTO died SELECT {_quoted(file.name)}, file_row_number FROM {source} AS f "
            f'WHERE (f."{key}" IN (SELECT key FROM {ranges["keys"]}) OR EXISTS '
            f'(SELECT 1 FROM {ranges["spans"]} s WHERE f."{key}" BETWEEN s.low AND s.high)){buried}'
        )
    return "died"


def _paths(root: Path, files: Iterable[File]) -> str:
    return "[" + ", ".join(_quoted(root / file.name) for file in files) + "]"


def _quoted(text: str | Path) -> str:
    return "'" + str(text).replace("'", "''") + "'"
