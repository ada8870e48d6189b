"""One opened file: its columns, and its rows in blocks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rapport.imports.reading import cards, delimited, sheets
from rapport.imports.reading.blocks import Block
from rapport.imports.reading.formats import Format
from rapport.imports.reading.problems import CellError, FileError

__all__ = ["Block", "Table", "open_table", "rows"]


@dataclass(frozen=True)
class Table:
    """A file with its columns; `notes` say what is odd about the header."""

    path: Path
    form: Format
    names: tuple[str, ...]
    notes: tuple[CellError, ...] = ()

    def blocks(self) -> Iterator[Block]:
        """The rows from the first on; each call reads the file anew, a block at a time.

        Raises FileError: `header-only` when there is no row, others where the file breaks off.
        """
        source = {"csv": delimited, "xlsx": sheets, "vcard": cards}[self.form.kind]
        anything = False
        for block in source.blocks(self.path, self.form, self.names):
            anything = True
            yield block
        if not anything:
            raise FileError("header-only", row=max(self.form.header_row, 1), line=max(self.form.header_row, 1))

    def sample(self, rows: int = 1000) -> list[Block]:
        """The first blocks, until they hold `rows` rows or the file breaks off, which is said when it is loaded."""
        first: list[Block] = []
        with suppress(FileError):
            for block in self.blocks():
                first.append(block)
                if sum(part.size for part in first) >= rows:
                    break
        return first


def open_table(path: Path | str, form: Format) -> Table:
    """The table in a file, whose format `sniff` found. Raises FileError."""
    path = Path(path)
    if form.kind == "vcard":
        return Table(path, form, cards.NAMES)
    source = delimited if form.kind == "csv" else sheets
    names, notes = source.header(path, form)
    return Table(path, form, names, tuple(notes))


def rows(path: Path | str, form: Format) -> Iterator[Block]:
    """The rows of a file in blocks, however long it is."""
    yield from open_table(path, form).blocks()
