"""Keeping the files few and full: small ones are joined, and what is mostly dead is written anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import duckdb

from rapport.insight.lake.export import GROUP
from rapport.insight.lake.manifest import File, TableState
from rapport.insight.lake.tables import LakeTable
from rapport.insight.lake.views import rows_of

MOST_SMALL = 8
"""So many files of less than a row group may wait before they are joined."""
MOST_DEAD = 0.2


def merged(engine: duckdb.DuckDBPyConnection, root: Path, table: LakeTable, state: TableState) -> TableState:
    """Return `state` with the small files joined and the worst file cleaned, if that is due: one file at most."""
    state = _without_empty(state)
    small = [file for file in state.files if file.rows < GROUP]
    if len(small) > MOST_SMALL:
        return _rewritten(engine, root, table, state, small)
    dead = [file for file in state.files if file.dead > MOST_DEAD * file.rows]
    if dead:
        worst = max(dead, key=lambda file: file.dead)
        return _rewritten(engine, root, table, state, [worst])
    return state


def _without_empty(state: TableState) -> TableState:
    """Drop files without a live row, but keep one, for the columns."""
    kept = tuple(file for file in state.files if file.rows > file.dead)
    return TableState(kept or state.files[:1], state.graves)


def _rewritten(
    engine: duckdb.DuckDBPyConnection, root: Path, table: LakeTable, state: TableState, old: Sequence[File]
) -> TableState:
    """Write the live rows of `old` to one new file in their place."""
    name = f"{table.name}-{uuid4().hex}.parquet"
    path = str(root / name).replace("'", "''")
    engine.execute(
        f"COPY ({rows_of(root, state, old)}) TO '{path}' (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE {GROUP})"
    )
    rows = sum(file.rows - file.dead for file in old)
    low = min((file.low for file in old if file.low), default="")
    joined = File(name, rows, low, max(file.high for file in old))
    kept = [file for file in state.files if file not in old]
    return TableState((*kept, joined) if rows or not kept else tuple(kept), state.graves)
