"""What a column has in common: its decimal mark and the order of its days, decided over the column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from rapport.imports.reading import Block, FileError, Table
from rapport.imports.reading.formats import DateOrder
from rapport.imports.reading.values.amounts import Mark, evidence
from rapport.imports.reading.values.days import order_evidence

_SAMPLE_ROWS = 20_000
Choice = TypeVar("Choice", bound=str)


@dataclass(slots=True)
class Styles:
    """The decisions for the columns of one file, by position; undecided columns are absent.

    `said_mark` and `said_order` are what a person said for the whole file; they win.
    """

    marks: dict[int, Mark] = field(default_factory=dict)
    orders: dict[int, DateOrder] = field(default_factory=dict)
    said_mark: Mark = ""
    said_order: DateOrder = ""

    def mark(self, columns: Iterable[int]) -> Mark:
        """The decimal mark of these columns; of the file's other columns where they do not tell; or empty."""
        own = _first((self.marks.get(column, "") for column in columns), "")
        return self.said_mark or own or _only(self.marks, "")

    def order(self, columns: Iterable[int]) -> DateOrder:
        """The order of days of these columns; of the file's other columns where they do not tell; or empty."""
        own = _first((self.orders.get(column, "") for column in columns), "")
        return self.said_order or own or _only(self.orders, "")


def _first(choices: Iterable[Choice], nothing: Choice) -> Choice:
    return next((choice for choice in choices if choice), nothing)


def _only(decided: Mapping[int, Choice], nothing: Choice) -> Choice:
    """The choice of all decided columns, when they agree."""
    found = set(decided.values())
    return found.pop() if len(found) == 1 else nothing


def decide(table: Table, amounts: set[int], days: set[int]) -> Styles:
    """The styles of a file's columns of amounts and of days, by position.

    The first 20,000 rows are looked at, and the whole file only for columns that do not tell by then.
    """
    styles = Styles(said_mark=table.form.decimal, said_order=table.form.date_order)
    open_amounts = amounts if not styles.said_mark else set()
    open_days = days if not styles.said_order else set()
    counted = _Counted()
    read = 0
    with suppress(FileError):  # what can be read before the file breaks off still has a style
        for block in table.blocks() if open_amounts or open_days else ():
            counted.add(block, open_amounts, open_days)
            read += block.size
            if read >= _SAMPLE_ROWS:
                open_amounts, open_days = counted.undecided(open_amounts, open_days)
                if not open_amounts and not open_days:
                    break
    for column, (point, comma) in counted.amounts.items():
        if point or comma:
            styles.marks[column] = "." if point >= comma else ","
    for column, orders in counted.days.items():
        if orders:
            styles.orders[column] = max(orders, key=lambda order: orders[order])
    return styles


class _Counted:
    """The evidence of each column so far, and whether it holds cells that need a decision."""

    def __init__(self) -> None:
        self.amounts: dict[int, tuple[int, int]] = {}
        self.days: dict[int, Counter[DateOrder]] = {}
        self._seen: set[int] = set()

    def add(self, block: Block, amounts: set[int], days: set[int]) -> None:
        for column in amounts:
            cells = _written(block, column, r"[.,]")
            point, comma = evidence(cells)
            before = self.amounts.get(column, (0, 0))
            self.amounts[column] = (before[0] + point, before[1] + comma)
            self._note(column, cells)
        for column in days:
            cells = _written(block, column, r"^\s*\d{1,2}[-/. ]\d")
            self.days.setdefault(column, Counter()).update(order_evidence(cells))
            self._note(column, cells)

    def _note(self, column: int, cells: list[str]) -> None:
        if cells:
            self._seen.add(column)

    def undecided(self, amounts: set[int], days: set[int]) -> tuple[set[int], set[int]]:
        """The columns that hold cells with two readings and nothing that tells."""
        return (
            {column for column in amounts if column in self._seen and not any(self.amounts[column])},
            {column for column in days if column in self._seen and not self.days[column]},
        )


def _written(block: Block, column: int, pattern: str) -> list[str]:
    """The distinct cells of a column that a person wrote and that hold the pattern."""
    cells: pa.StringArray = block.columns[column]
    exact = block.exact[column]
    if exact is not None:
        cells = cells.filter(pc.invert(exact))
    cells = cells.unique()
    return [str(cell) for cell in cells.filter(pc.match_substring_regex(cells, pattern)).to_pylist()]
