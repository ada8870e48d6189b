"""Names of columns: unique, never empty, and what had to be changed for that."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.imports.reading.problems import CellError, shortened


def column_names(cells: Sequence[str], header_row: int) -> tuple[tuple[str, ...], list[CellError]]:
    """The names of the columns from the cells of the header.

    Without a header (`header_row` 0) they are `Column 1`, `Column 2` … A name that stands twice gets
    ` (2)`, an empty one its position; both are said, as are trailing empty cells by leaving them in.
    """
    names: list[str] = []
    notes: list[CellError] = []
    for position, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\ufeff", "").split()) if header_row else ""
        unique = _unique(name or f"Column {position}", names)
        if header_row and not name:
            notes.append(_note(header_row, unique, "", "header-empty"))
        elif name and unique != name:
            notes.append(_note(header_row, unique, name, "header-twice"))
        names.append(unique)
    return tuple(names), notes


def _unique(name: str, taken: Sequence[str]) -> str:
    unique, count = name, 1
    while unique in taken:
        count += 1
        unique = f"{name} ({count})"
    return unique


def _note(row: int, column: str, value: str, code: str) -> CellError:
    return CellError(row, column, shortened(value), code, line=row, severity="warning", params={"detail": column})
