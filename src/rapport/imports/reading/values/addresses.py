"""Identities of customers in columns: e-mail addresses, phones, handles, outside numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.customers import identities
from rapport.customers.identities import BadIdentity, Normal
from rapport.imports.reading.values.converting import EMPTY, Fault, Misfit, trimmed
from rapport.imports.reading.values.words import SEPARATORS, split

Kind = Literal["email", "phone", "handle", "external"]
Rows = np.ndarray[tuple[int], np.dtype[np.int64]]

_SEPARATED = "|".join(map(re.escape, SEPARATORS))
# Cells that are their own normal form, small letters aside; a test holds them to what `identities` says.
_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ATEXT = r"[a-z0-9_!#$%&*+/=?^`{|}~-]+"
_PLAIN_EMAIL = rf"^{_ATEXT}(?:\.{_ATEXT})*@(?:{_LABEL}\.)+[a-z]{{2,24}}$"
_UNUSUAL_EMAIL = r"--|\.(?:arpa|invalid|local|localhost|onion|test)$|^.{200,}"
_PLAIN_NUMBER = r"^(?:[A-Za-z0-9][A-Za-z0-9_-]{0,60}|[0-9]{1,60})$"


@dataclass(slots=True)
class Found:
    """Identities of one column: for each its row in the block, as written, its normal form and its match key."""

    rows: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    written: pa.StringArray = field(default_factory=lambda: pa.array([], pa.string()))
    values: pa.StringArray = field(default_factory=lambda: pa.array([], pa.string()))
    keys: pa.StringArray = field(default_factory=lambda: pa.array([], pa.string()))
    faults: list[Fault] = field(default_factory=list)

    def with_more(self, other: Found) -> Found:
        """These and the identities of another column of the same block."""
        return Found(
            np.concatenate([self.rows, other.rows]),
            pa.concat_arrays([self.written, other.written]),
            pa.concat_arrays([self.values, other.values]),
            pa.concat_arrays([self.keys, other.keys]),
            [*self.faults, *other.faults],
        )

    def at(self, rows: Rows, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Found:
        """Those that are kept, at other rows."""
        mask = pa.array(kept)
        return Found(
            rows[kept], self.written.filter(mask), self.values.filter(mask), self.keys.filter(mask), self.faults
        )


def identities_of(
    column: pa.StringArray, kind: Kind, countries: pa.StringArray | None = None, country: str | None = None
) -> Found:
    """All identities in a column; a cell may hold several, set apart by ` ::: `, `;`, `|` or a line break.

    `countries` (a code for each row, or null) and `country` say where numbers without `+` are dialled.
    One bad identity makes a fault of its row; the good ones of the cell are given all the same.
    """
    column = trimmed(column)
    plain, values, keys = _together(column, kind)
    rest = np.flatnonzero(~plain)
    written = column.filter(pa.array(plain))
    found = Found(np.flatnonzero(plain), written, values, keys)
    if not len(rest):
        return found
    others = column.take(pa.array(rest))
    places = countries.take(pa.array(rest)) if countries is not None and kind == "phone" else None
    return found.with_more(_apart(others, rest, kind, places, country))


def _together(
    column: pa.StringArray, kind: Kind
) -> tuple[np.ndarray[tuple[int], np.dtype[np.bool_]], pa.StringArray, pa.StringArray]:
    """Which cells are plain, and their normal forms and match keys."""
    small = pc.ascii_lower(column)
    if kind == "email":
        mask = pc.and_(
            pc.match_substring_regex(small, _PLAIN_EMAIL),
            pc.invert(pc.match_substring_regex(small, _UNUSUAL_EMAIL)),
        )
    elif kind == "external":
        mask = pc.match_substring_regex(column, _PLAIN_NUMBER)
        mask = pc.and_(mask, pc.invert(pc.is_in(small, pa.array(sorted(EMPTY)))))
    else:
        mask = pa.array(np.zeros(len(column), dtype=bool))
    values = (small if kind == "email" else column).filter(mask)
    return mask.to_numpy(zero_copy_only=False), values, small.filter(mask)


def _apart(
    column: pa.StringArray, rows: Rows, kind: Kind, countries: pa.StringArray | None, country: str | None
) -> Found:
    """The identities of cells that have to be looked at one by one."""
    normal = _normaliser(kind)
    places = countries.to_pylist() if countries is not None else [None] * len(column)
    lists = bool(pc.any(pc.match_substring_regex(column, _SEPARATED)).as_py())
    at: list[int] = []
    written: list[str] = []
    values: list[str] = []
    keys: list[str] = []
    faults: list[Fault] = []
    for row, cell, place in zip(rows.tolist(), column.to_pylist(), places, strict=True):
        if not cell or (len(cell) < 5 and cell.lower() in EMPTY):
            continue
        for part in split(cell) if lists else (cell,):
            try:
                normalised = normal(part, place or country)
            except BadIdentity as bad:
                faults.append(Fault(row, Misfit(bad.code, {"detail": bad.message})))
                continue
            at.append(row)
            written.append(part)
            values.append(normalised.value)
            keys.append(normalised.match_key)
    text = pa.string()
    return Found(
        np.array(at, dtype=np.int64), pa.array(written, text), pa.array(values, text), pa.array(keys, text), faults
    )


def _normaliser(kind: Kind) -> Callable[[str, str | None], Normal]:
    if kind == "phone":
        return identities.phone
    single = {"email": identities.email, "handle": identities.handle, "external": identities.external}[kind]
    return lambda value, _country: single(value)
