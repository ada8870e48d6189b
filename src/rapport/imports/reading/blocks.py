"""A block of rows: columns of text as Arrow arrays, and where each row stands in the file."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.imports.reading.opening import western
from rapport.imports.reading.problems import CellError, shortened

Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(slots=True)
class Block:
    """Some thousand rows of one file.

    `columns[i]` is a pyarrow string array of the cells under `names[i]`, as written. `rows` are row
    numbers, `lines` line numbers (see CellError), one for each row. `exact[i]` marks cells that a
    workbook stores as numbers or dates, written here in one fixed way; None when there are none.
    `problems` are about rows and cells of this block; rows that could not be split into cells are not in
    the columns but in `refused`, their cells by row number. `place` is how many bytes of the file were read (0: not
    known).
    """

    names: tuple[str, ...]
    columns: list[pa.StringArray]
    rows: Numbers
    lines: Numbers
    exact: list[pa.BooleanArray | None]
    problems: list[CellError] = field(default_factory=list)
    refused: dict[int, list[str]] = field(default_factory=dict)
    place: int = 0

    @property
    def size(self) -> int:
        """How many rows were split into cells."""
        return len(self.rows)

    @property
    def read(self) -> int:
        """How many rows of the file this block stands for."""
        return len(self.rows) + len(self.refused)

    def cells(self, index: int) -> list[str]:
        """The cells of one row as written."""
        return [column[index].as_py() or "" for column in self.columns]


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Millions of short lists without cycles: the collector would look at them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def block_of(
    names: tuple[str, ...],
    records: Sequence[Sequence[str]],
    rows: Numbers,
    lines: Numbers,
    encoding: str,
) -> Block:
    """A block of rows that all have as many cells as there are names."""
    columns: list[pa.StringArray] = []
    problems: list[CellError] = []
    transposed = zip(*records, strict=True) if records else iter([() for _ in names])
    for name, cells in zip(names, transposed, strict=True):
        try:
            column = pa.array(cells, pa.string())
        except UnicodeEncodeError:
            column = pa.array([western(cell) for cell in cells], pa.string())
            problems.extend(_stray(name, cells, rows, lines, encoding))
        columns.append(column)
    block = Block(names, columns, rows, lines, [None] * len(names), problems)
    _refuse_nul(block)
    return block


def _stray(name: str, cells: Sequence[str], rows: Numbers, lines: Numbers, encoding: str) -> Iterator[CellError]:
    for index, cell in enumerate(cells):
        if any("\udc80" <= letter <= "\udcff" for letter in cell):
            yield CellError(
                row=int(rows[index]),
                column=name,
                value=shortened(western(cell)),
                code="encoding",
                line=int(lines[index]),
                severity="warning",
                params={"detail": encoding},
            )


def _refuse_nul(block: Block) -> None:
    """Take out rows with a NUL character: the database cannot hold one."""
    bad: set[int] = set()
    for name, column in zip(block.names, block.columns, strict=True):
        found = pc.match_substring(column, "\x00")
        for index in np.flatnonzero(found.to_numpy(zero_copy_only=False)) if pc.any(found).as_py() else ():
            value = shortened(column[int(index)].as_py())
            problem = CellError(int(block.rows[index]), name, value, "nul", line=int(block.lines[index]))
            block.problems.append(problem)
            bad.add(int(index))
    if bad:
        drop(block, bad)


def drop(block: Block, indexes: set[int]) -> None:
    """Move rows out of the columns into `refused`."""
    for index in sorted(indexes):
        block.refused[int(block.rows[index])] = block.cells(index)
    keep = np.array([index not in indexes for index in range(block.size)], dtype=bool)
    mask = pa.array(keep)
    block.columns = [column.filter(mask) for column in block.columns]
    block.exact = [None if exact is None else exact.filter(mask) for exact in block.exact]
    block.rows, block.lines = block.rows[keep], block.lines[keep]
