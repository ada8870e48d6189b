"""Identities of customers in columns: e-mail addresses, phones, handles, outside numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat
from typing import Literal

import pyarrow as pa

from rapport.customers import identities
from rapport.customers.identities import BadIdentity, Normal
from rapport.imports.reading.values.converting import EMPTY, Fault, Misfit, trimmed
from rapport.imports.reading.values.words import SEPARATORS, split

Kind = Literal["email", "phone", "handle", "external"]


@dataclass(slots=True)
class Found:
    """Identities of one column: for each its row in the block, as written, and its normal form."""

    rows: list[int] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    normals: list[Normal] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def identities_of(
    column: pa.StringArray, kind: Kind, countries: pa.StringArray | None = None, country: str | None = None
) -> Found:
    """All identities in a column; a cell may hold several, set apart by ` ::: `, `;`, `|` or a line break.

    `countries` (a code for each row, or null) and `country` say where numbers without `+` are dialled.
    One bad identity makes a fault of its row; the good ones of the cell are given all the same.
    """
    normal = _normaliser(kind)
    places = countries.to_pylist() if countries is not None and kind == "phone" else repeat(None)
    found = Found()
    for row, (cell, place) in enumerate(zip(trimmed(column).to_pylist(), places, strict=False)):
        if not cell or (len(cell) < 5 and cell.lower() in EMPTY):
            continue
        several = any(separator in cell for separator in SEPARATORS)
        for part in split(cell) if several else (cell,):
            try:
                normalised = normal(part, place or country)
            except BadIdentity as bad:
                found.faults.append(Fault(row, Misfit(bad.code, {"detail": bad.message})))
                continue
            found.rows.append(row)
            found.written.append(part)
            found.normals.append(normalised)
    return found


def _normaliser(kind: Kind) -> Callable[[str, str | None], Normal]:
    if kind == "phone":
        return identities.phone
    single = {"email": identities.email, "handle": identities.handle, "external": identities.external}[kind]
    return lambda value, _country: single(value)
