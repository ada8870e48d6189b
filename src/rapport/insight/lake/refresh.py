"""Bringing the lake up to date: what changed since the last time, or everything when there is no lake yet."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import duckdb
from django.conf import settings

from rapport.insight.lake import manifest as manifests
from rapport.insight.lake.changes import Changed, changed
from rapport.insight.lake.export import export
from rapport.insight.lake.manifest import File, Manifest, TableState
from rapport.insight.lake.merge import merged
from rapport.insight.lake.snapshot import Note, Snapshot, snapshot
from rapport.insight.lake.tables import TABLES, LakeTable, schema_print
from rapport.insight.lake.views import connect, dead_places
from rapport.team.models import Organisation

EXPORTERS = 2


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: as of when the lake is now, whether it was built anew, rows read, which tables changed."""

    as_of: datetime
    full: bool
    rows: int
    tables: frozenset[str] = frozenset()


def refresh(root: Path | None = None, *, full: bool = False) -> Refreshed:
    """Bring the lake in `root` (the installation's) up to date, waiting for another refresh to end first.

    With `full`, or when there is no lake that follows on from what the database remembers, all tables are read.
    Readers see the old state until the new one is whole.
    """
    root = root or settings.HOME.lake
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    zone = _zone()
    with snapshot() as now:
        before = None if full else _follows(now, root, zone)
        notes = now.notes() if before else []
        if before and not notes:
            manifests.switch(root, before.token, now.as_of)
            return Refreshed(now.as_of, False, 0)
        tables, rows = _changes(now, root, before, notes) if before else _everything(now, root, zone)
        after = Manifest(uuid4(), now.as_of, zone, schema_print(), tables)
        manifests.save(root, after)
        now.finish(after.token)
    manifests.switch(root, after.token, now.as_of)
    manifests.sweep(root)
    names = {note.source for note in notes} if before else set(tables)
    return Refreshed(now.as_of, before is None, rows, frozenset(names))


def _follows(now: Snapshot, root: Path, zone: str) -> Manifest | None:
    """Return the state that the notes follow on, if its files are here and are still what is asked for."""
    token = now.token()
    before = manifests.load(root, token) if token else None
    fits = before and before.schema == schema_print() and before.zone == zone
    return before if fits else None


def _zone() -> str:
    return Organisation.objects.values_list("zone", flat=True).first() or "UTC"


def _everything(now: Snapshot, root: Path, zone: str) -> tuple[dict[str, TableState], int]:
    """Export all tables, several at a time, large ones first."""
    with ThreadPoolExecutor(EXPORTERS) as pool:
        files = list(pool.map(lambda table: export(now, table, root, zone), TABLES))
    tables = {table.name: TableState(tuple(found)) for table, found in zip(TABLES, files, strict=True)}
    return tables, sum(state.rows for state in tables.values())


def _changes(now: Snapshot, root: Path, before: Manifest, notes: Iterable[Note]) -> tuple[dict[str, TableState], int]:
    """Read again what the notes name; return the tables' new state and how many rows were read."""
    by_table: dict[str, list[Note]] = {}
    for note in notes:
        by_table.setdefault(note.source, []).append(note)
    tables, rows = dict(before.tables), 0
    with connect(root) as engine:
        for table in TABLES:
            if table.name not in by_table:
                continue
            state, read = _table(now, root, engine, table, before, changed(by_table[table.name]))
            tables[table.name] = merged(engine, root, table, state)
            rows += read
    return tables, rows


def _table(
    now: Snapshot,
    root: Path,
    engine: duckdb.DuckDBPyConnection,
    table: LakeTable,
    before: Manifest,
    change: Changed,
) -> tuple[TableState, int]:
    """Bury the rows that `change` names and write them as they are now to a new file."""
    state = before.tables[table.name]
    fresh = [file for file in export(now, table, root, before.zone, change.where(table.key)) if file.rows]
    died = dead_places(engine, root, state, table.key, change)
    return _buried(engine, root, table, state, died, fresh), sum(file.rows for file in fresh)


def _buried(
    engine: duckdb.DuckDBPyConnection,
    root: Path,
    table: LakeTable,
    state: TableState,
    died: str,
    fresh: Iterable[File],
) -> TableState:
    """Return the state with the places in the table `died` dead as well and with the `fresh` files added."""
    counts: dict[str, int] = dict(engine.execute(f"SELECT file, count(*) FROM {died} GROUP BY file").fetchall())
    if not counts:
        return TableState((*state.files, *fresh), state.graves)
    graves = f"{table.name}-{uuid4().hex}.graves.parquet"
    engine.execute(f"COPY ({_places(root, state, died)}) TO '{_escaped(root / graves)}' (FORMAT parquet)")
    files = (replace(file, dead=file.dead + counts.get(file.name, 0)) for file in state.files)
    return TableState((*files, *fresh), graves)


def _places(root: Path, state: TableState, died: str) -> str:
    """Return the query of all dead places in the files that are still used."""
    rows = f"SELECT file, row FROM {died}"
    if not state.graves:
        return rows
    names = ", ".join(f"'{file.name}'" for file in state.files)
    earlier = f"SELECT file, row FROM read_parquet('{_escaped(root / state.graves)}') WHERE file IN ({names})"
    return f"{rows} UNION ALL {earlier}"


def _escaped(path: Path) -> str:
    return str(path).replace("'", "''")
