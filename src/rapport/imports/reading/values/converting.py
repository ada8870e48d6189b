"""What every converter shares: faults, and work done once for each distinct cell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

EMPTY = frozenset({"", "-", "--", "n/a", "#n/a", "na", "none", "null", "nil", "nan", "nat", "\\n", "?"})


class Misfit(ValueError):
    """A cell does not fit its column. `code` is a key of MESSAGES.

    A warning keeps `instead` in the cell's place.
    """

    def __init__(
        self,
        code: str,
        params: Mapping[str, Any] | None = None,
        *,
        severity: Literal["error", "warning"] = "error",
        instead: Any = None,
    ) -> None:
        super().__init__(code)
        self.code, self.params, self.severity, self.instead = code, params or {}, severity, instead


class Fault(NamedTuple):
    """A misfit, and in which row of the block."""

    place: int
    misfit: Misfit


@dataclass(slots=True)
class Converted:
    """A typed column, null where a cell is empty or wrong, and what was wrong."""

    values: pa.Array
    faults: list[Fault] = field(default_factory=list)


def trimmed(column: pa.StringArray) -> pa.StringArray:
    """The cells without white space around them, no-break spaces included."""
    return pc.utf8_trim(column, characters=" \t\r\n\x0b\x0c\u00a0\u2007\u202f\u3000\u200b\ufeff")


def by_value(
    column: pa.StringArray, scalar: Callable[[str], Any], kind: pa.DataType, *, empty: frozenset[str] = EMPTY
) -> Converted:
    """Convert each distinct cell once. `scalar` takes a trimmed cell that is not empty, raises Misfit."""
    encoded = trimmed(column).dictionary_encode()
    results: list[Any] = []
    misfits: dict[int, Misfit] = {}
    for position, cell in enumerate(encoded.dictionary.to_pylist()):
        result = None
        if cell.lower() not in empty:
            try:
                result = scalar(cell)
            except Misfit as misfit:
                misfits[position], result = misfit, misfit.instead
        results.append(result)
    values = pa.array(results, kind).take(encoded.indices)
    return Converted(values, _faults(encoded.indices, misfits))


def _faults(indices: pa.Int32Array, misfits: dict[int, Misfit]) -> list[Fault]:
    if not misfits:
        return []
    codes = indices.to_numpy()
    places = np.flatnonzero(np.isin(codes, list(misfits)))
    return [Fault(int(place), misfits[int(codes[place])]) for place in places]


def patched(
    column: pa.StringArray,
    plain: pa.BooleanArray,
    fast: Callable[[pa.StringArray], pa.Array | None],
    scalar: Callable[[str], Any],
    kind: pa.DataType,
) -> Converted:
    """Convert the plain cells together by `fast`, the others one by one.

    `fast` may give None when something among the plain cells is odd after all.
    """
    count = pc.sum(plain).as_py() or 0
    if not count:
        return by_value(column, scalar, kind)
    quick = fast(column if count == len(column) else column.filter(plain))
    if quick is None:
        return by_value(column, scalar, kind)
    if count == len(column):
        return Converted(quick)
    others = pc.invert(plain)
    slow = by_value(column.filter(others), scalar, kind)
    positions = np.flatnonzero(others.to_numpy(zero_copy_only=False))
    order = np.empty(len(column), dtype=np.int64)
    order[np.flatnonzero(plain.to_numpy(zero_copy_only=False))] = np.arange(count)
    order[positions] = np.arange(count, len(column))
    values = pa.concat_arrays([quick, slow.values]).take(pa.array(order))
    return Converted(values, [Fault(int(positions[index]), misfit) for index, misfit in slow.faults])
