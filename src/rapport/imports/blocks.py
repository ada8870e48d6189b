"""Typed blocks as rows of the stage: with their place in the file, their search words, and repeated ones merged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from rapport.customers import searching
from rapport.imports.mapping.typed import TypedBlock, TypedNoun
from rapport.imports.reading.values.addresses import Found

_KEYS = {"order": "number", "product": "sku"}
_FILE_BITS, _EXTRACT_BITS = 44, 4
DERIVED = 15


def seq_of(file: int, rows: np.ndarray[tuple[int], np.dtype[np.int64]], extract: int) -> pa.Array:
    """Places as ascending numbers: file, then row, then which extract of the row."""
    return pa.array((np.int64(file) << _FILE_BITS) | (rows << _EXTRACT_BITS) | np.int64(extract))


def place_of(seq: int) -> tuple[int, int]:
    """The number of the file and of the row that a seq stands for."""
    return seq >> _FILE_BITS, (seq & ((1 << _FILE_BITS) - 1)) >> _EXTRACT_BITS


def staged(typed: TypedBlock, file: int, namespace: str) -> Iterator[tuple[str, pa.Table]]:
    """The rows of a block for each table of the stage."""
    for number, noun in enumerate(typed.nouns):
        if not len(noun.places):
            continue
        seqs = seq_of(file, typed.block.rows[noun.places], number)
        if noun.extract.noun == "customer":
            yield from _customers(noun, seqs, namespace)
        else:
            yield noun.extract.noun, _rows(noun, seqs)


def _rows(noun: TypedNoun, seqs: pa.Array) -> pa.Table:
    extract = noun.extract
    columns = {"seq": seqs, **noun.columns}
    if extract.noun in _KEYS:
        columns["once"] = pa.repeat(pa.scalar(extract.once), len(seqs))
        rows = pa.table(columns)
        return _merged(rows, _KEYS[extract.noun]) if extract.once else rows
    if extract.noun == "review":
        scale = extract.fields.get("score")
        low, high = (scale.low, scale.high) if scale else (1, 5)
        columns["scale_low"] = pa.repeat(pa.scalar(low, pa.int32()), len(seqs))
        columns["scale_high"] = pa.repeat(pa.scalar(high, pa.int32()), len(seqs))
    return pa.table(columns)


def _merged(rows: pa.Table, key: str) -> pa.Table:
    """One row for each key, its columns the first filled cells: what the database does again over all blocks."""
    others = [name for name in rows.column_names if name != key]
    if any(pa.types.is_list(rows[name].type) for name in others):
        return rows
    found = rows.group_by(key, use_threads=False).aggregate([(name, "first") for name in others])
    return found.rename_columns([name.removesuffix("_first") if name != key else key for name in found.column_names])


def _customers(noun: TypedNoun, seqs: pa.Array, namespace: str) -> Iterator[tuple[str, pa.Table]]:
    columns = {"seq": seqs, "once": pa.repeat(pa.scalar(noun.extract.once), len(seqs)), **noun.columns}
    index = {int(place): position for position, place in enumerate(noun.places)}
    identities = _Identities(seqs.to_numpy(), index, namespace)
    for kind, found in noun.identities.items():
        identities.add(kind, found)
    if noun.extract.once and set(noun.identities) == {"external"} and len(identities.rows) == len(seqs):
        columns["key"] = pa.array(identities.normals)
        rows = _merged(pa.table(columns), "key")
        kept = set(rows["seq"].to_pylist())
        yield "identity", identities.table(kept)
        rows = rows.append_column("words", pa.array(_words(rows, identities.by_seq()), pa.string()))
        yield "customer", rows.drop_columns(["key"])
        return
    rows = pa.table(columns)
    yield "identity", identities.table(None)
    yield "customer", rows.append_column("words", pa.array(_words(rows, identities.by_seq()), pa.string()))


class _Identities:
    """The identities of a block, as rows of the stage."""

    def __init__(self, seqs: np.ndarray[tuple[int], np.dtype[np.int64]], index: dict[int, int], namespace: str) -> None:
        self._seqs, self._index, self._namespace = seqs, index, namespace
        self.rows: list[int] = []
        self.kinds: list[str] = []
        self.values: list[str] = []
        self.normals: list[str] = []
        self.keys: list[str] = []
        self.places: list[int] = []

    def add(self, kind: str, found: Found) -> None:
        seen: dict[int, int] = {}
        for row, written, normal in zip(found.rows, found.written, found.normals, strict=True):
            position = self._index.get(row)
            if position is None:
                continue
            place = seen[row] = seen.get(row, -1) + 1
            self.rows.append(int(self._seqs[position]))
            self.kinds.append(kind)
            self.values.append(written)
            self.normals.append(normal.value)
            self.keys.append(normal.match_key)
            self.places.append(place)

    def by_seq(self) -> dict[int, list[tuple[str, str]]]:
        found: dict[int, list[tuple[str, str]]] = {}
        for seq, kind, normal in zip(self.rows, self.kinds, self.normals, strict=True):
            found.setdefault(seq, []).append((kind, normal))
        return found

    def table(self, kept: set[int] | None) -> pa.Table:
        spaces = [self._namespace if kind == "external" else "" for kind in self.kinds]
        rows = pa.table(
            {
                "seq": pa.array(self.rows, pa.int64()),
                "kind": pa.array(self.kinds, pa.string()),
                "namespace": pa.array(spaces, pa.string()),
                "value": pa.array(self.values, pa.string()),
                "normal": pa.array(self.normals, pa.string()),
                "match_key": pa.array(self.keys, pa.string()),
                "place": pa.array(self.places, pa.int32()),
            }
        )
        return rows if kept is None else rows.filter(pa.array([seq in kept for seq in self.rows], pa.bool_()))


def _words(rows: pa.Table, identities: dict[int, list[tuple[str, str]]]) -> Iterator[str]:
    """The search document of each customer, without the number that the load will give."""
    columns = {name: rows[name].to_pylist() for name in rows.column_names}
    count = rows.num_rows
    nothing: list[str | None] = [None] * count
    parts = [columns.get(name, nothing) for name in ("name", "given_name", "family_name", "company", "city")]
    for seq, name, given, family, company, city in zip(columns["seq"], *parts, strict=True):
        called = name or f"{given or ''} {family or ''}".strip() or company or ""
        yield searching.words(called, city or "", identities.get(seq, ()))
