"""Typed blocks as rows of the stage: with their place in the file, their search words, and repeated ones merged."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.customers.searching import Documents
from rapport.imports.mapping.typed import TypedBlock, TypedNoun
from rapport.imports.reading.values.addresses import Found

_KEYS = {"order": "number", "product": "sku"}
_FILE_BITS, _EXTRACT_BITS = 44, 4
DERIVED = 15
Seqs = np.ndarray[tuple[int], np.dtype[np.int64]]


def seq_of(file: int, rows: Seqs, extract: int) -> Seqs:
    """Places as ascending numbers: file, then row, then which extract of the row."""
    return (np.int64(file) << _FILE_BITS) | (rows << _EXTRACT_BITS) | np.int64(extract)


def place_of(seq: int) -> tuple[int, int]:
    """The number of the file and of the row that a seq stands for."""
    return seq >> _FILE_BITS, (seq & ((1 << _FILE_BITS) - 1)) >> _EXTRACT_BITS


def extract_of(seq: int) -> int:
    """Which extract of its file a seq stands for; `DERIVED` for none."""
    return seq & ((1 << _EXTRACT_BITS) - 1)


def staged(typed: TypedBlock, file: int, namespace: str) -> Iterator[tuple[str, pa.Table]]:
    """The rows of a block for each table of the stage."""
    for number, noun in enumerate(typed.nouns):
        if not len(noun.places):
            continue
        seqs = seq_of(file, typed.block.rows[noun.places], number)
        if noun.extract.noun == "customer":
            yield from _customers(noun, seqs, namespace)
        elif noun.extract.declared:
            named = pa.repeat(pa.scalar(noun.extract.noun), len(seqs))
            yield "record", pa.table({"seq": pa.array(seqs), "noun": named, **noun.columns})
        else:
            yield noun.extract.noun, _rows(noun, seqs)


def _rows(noun: TypedNoun, seqs: Seqs) -> pa.Table:
    extract = noun.extract
    columns = {"seq": pa.array(seqs), **noun.columns}
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


def _customers(noun: TypedNoun, seqs: Seqs, namespace: str) -> Iterator[tuple[str, pa.Table]]:
    """The customers of a block with their search documents, and their identities."""
    columns = {"seq": pa.array(seqs), "once": pa.repeat(pa.scalar(noun.extract.once), len(seqs)), **noun.columns}
    documents = Documents(len(seqs))
    for texts in _texts(noun.columns):
        documents.add_text(texts.to_pylist())
    for kind, every in noun.identities.items():
        found = _once_each(every)
        positions = np.searchsorted(noun.places, found.rows)
        documents.add_identities(kind, positions.tolist(), found.values.to_pylist())
        yield "identity", _identities(kind, found, seqs[positions], namespace)
    columns["words"] = pa.array(documents.literals(), pa.string())
    yield "customer", pa.table(columns)


def _texts(columns: dict[str, pa.Array]) -> Iterator[pa.Array]:
    """What a customer is searched by: the names, the company's where there is none, and the city."""
    fields = ("name", "given_name", "family_name")
    names = [columns[field] for field in fields if field in columns]
    yield from names
    if "company" in columns:
        company = columns["company"]
        nothing = pa.scalar(None, company.type)
        yield pc.if_else(pc.is_null(pc.coalesce(*names)), company, nothing) if names else company
    if "city" in columns:
        yield columns["city"]


def _once_each(found: Found) -> Found:
    """Identities without those that stand twice in one row."""
    if len(np.unique(found.rows)) == len(found.rows):
        return found
    seen: set[tuple[int, str]] = set()
    kept = []
    for pair in zip(found.rows.tolist(), found.values.to_pylist(), strict=True):
        kept.append(pair not in seen)
        seen.add(pair)
    return found.at(found.rows, np.array(kept, dtype=bool))


def _identities(kind: str, found: Found, seqs: Seqs, namespace: str) -> pa.Table:
    count = len(seqs)
    return pa.table(
        {
            "seq": pa.array(seqs),
            "kind": pa.repeat(pa.scalar(kind), count),
            "namespace": pa.repeat(pa.scalar(namespace if kind == "external" else ""), count),
            "value": pc.utf8_slice_codeunits(found.written, 0, 254),
            "normal": found.values,
            "match_key": found.keys,
            "place": pa.array(_places(found.rows)),
        }
    )


def _places(rows: Seqs) -> Seqs:
    """The number, from 0, of each identity among those of its row."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(rows) else np.empty(0, np.int64)
    counted = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    places = np.empty(len(rows), dtype=np.int64)
    places[order] = counted
    return places
