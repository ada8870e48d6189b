"""From the database to Parquet: rows are streamed by ADBC as Arrow, so memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rapport.insight.lake.days import local_days
from rapport.insight.lake.manifest import File
from rapport.insight.lake.snapshot import Snapshot
from rapport.insight.lake.tables import LakeTable

GROUP = 122_880
"""Rows in a row group: what DuckDB hands to one thread."""
FILE = 20 * GROUP
"""Rows in a file, about: what is written anew at once when many of its rows are dead."""


def export(snapshot: Snapshot, table: LakeTable, root: Path, zone: str, where: str = "") -> list[File]:
    """Write the rows of `table` (those that meet `where`) to new files in `root`; at least one file, be it empty."""
    condition = f" WHERE {where}" if where else ""
    statement = f'SELECT {", ".join(table.columns)} FROM "{table.name}"{condition}'
    files: list[File] = []
    with snapshot.rows(statement) as reader:
        schema = schema_of(reader.schema, table)
        groups = _groups(reader, table, zone, schema)
        while (first := next(groups, None)) is not None or not files:
            files.append(_write(root, table, schema, first, groups))
    return files


def schema_of(given: pa.Schema, table: LakeTable) -> pa.Schema:
    """Return the schema of the files: as the rows come, and the days."""
    fields = [given.field(i).with_metadata(None) for i in range(len(given))]
    return pa.schema([*fields, *(pa.field(day.name, pa.date32()) for day in table.days)])


def _groups(reader: pa.RecordBatchReader, table: LakeTable, zone: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows in groups of `GROUP` or more, with their days."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in reader:
        days = [local_days(batch.column(day.of), zone, day.shift) for day in table.days]
        waiting.append(pa.RecordBatch.from_arrays([*batch.columns, *days], schema=schema))
        count += batch.num_rows
        if count >= GROUP:
            yield pa.Table.from_batches(waiting, schema)
            waiting, count = [], 0
    if count:
        yield pa.Table.from_batches(waiting, schema)


def _write(root: Path, table: LakeTable, schema: pa.Schema, first: pa.Table | None, more: Iterator[pa.Table]) -> File:
    """Write one file of `first` and as many further groups as fit."""
    name = f"{table.name}-{uuid4().hex}.parquet"
    group, rows, low, high = first, 0, b"\xff" * 17, b""
    with pq.ParquetWriter(root / name, schema, compression="snappy", write_statistics=True) as writer:
        while group is not None:
            writer.write_table(group, row_group_size=GROUP)
            rows += group.num_rows
            smallest, largest = key_range(group.column(table.key))
            low, high = min(low, smallest), max(high, largest)
            group = next(more, None) if rows + GROUP <= FILE else None
    return File(name, rows, low.hex() if rows else "", high.hex())


def key_range(keys: pa.ChunkedArray) -> tuple[bytes, bytes]:
    """Return the smallest and the largest of some UUIDs, as bytes."""
    low, high = b"\xff" * 17, b""
    for chunk in keys.chunks:
        if len(chunk) == 0:
            continue
        storage = chunk.storage
        raw = np.frombuffer(storage.buffers()[1], np.uint8).reshape(-1, 16)
        parts = raw[storage.offset : storage.offset + len(storage)].view(">u8").reshape(-1, 2)
        for largest in (False, True):
            pick = np.max if largest else np.min
            first = pick(parts[:, 0])
            second = pick(parts[parts[:, 0] == first, 1])
            found = UUID(int=(int(first) << 64) | int(second)).bytes
            low, high = min(low, found), max(high, found)
    return low, high
