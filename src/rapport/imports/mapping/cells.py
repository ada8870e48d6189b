"""The cells of one field: taken from their columns and changed as the profile says, still as text."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase

import pyarrow as pa
import pyarrow.compute as pc

from rapport.imports.profiles.schema import Source
from rapport.imports.reading import Block
from rapport.imports.reading.values.converting import trimmed
from rapport.kernel.search import fold


def cells_of(source: Source, places: list[int], block: Block) -> pa.StringArray:
    """The text of a field for each row of a block; `places` are the positions of its columns."""
    if source.constant is not None:
        return pa.repeat(pa.scalar(source.constant, pa.string()), block.size)
    if len(places) == 1:
        cells = block.columns[places[0]]
    else:
        parts = [_filled(block.columns[place]) for place in places]
        cells = pc.fill_null(pc.binary_join_element_wise(*parts, source.join, null_handling="skip"), "")
    return changed(source, cells)


def changed(source: Source, cells: pa.StringArray) -> pa.StringArray:
    """The cells after the changes that the profile asks for, in the order in which it documents them."""
    if source.strip:
        cells = pc.utf8_trim(trimmed(cells), characters=source.strip)
    if source.part or source.values or source.title:
        cells = _each(cells, _changer(source))
    if source.pad:
        cells = pc.if_else(_is_filled(cells), pc.utf8_lpad(trimmed(cells), source.pad, "0"), cells)
    if source.prefix:
        cells = pc.if_else(_is_filled(cells), pc.binary_join_element_wise(source.prefix, cells, ""), cells)
    return cells


def _filled(column: pa.StringArray) -> pa.StringArray:
    """The cells without white space around them, empty ones null."""
    cells = trimmed(column)
    return pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells)


def _is_filled(cells: pa.StringArray) -> pa.BooleanArray:
    return pc.not_equal(trimmed(cells), "")


def _each(cells: pa.StringArray, change: Callable[[str], str]) -> pa.StringArray:
    """Change each distinct cell once."""
    encoded = cells.dictionary_encode()
    return pa.array([change(cell) for cell in encoded.dictionary.to_pylist()], pa.string()).take(encoded.indices)


def _changer(source: Source) -> Callable[[str], str]:
    exact = {fold(spelling): value for spelling, value in source.values.items() if "*" not in spelling}
    patterns = [(fold(spelling), value) for spelling, value in source.values.items() if "*" in spelling]

    def change(cell: str) -> str:
        cell = cell.strip()
        if source.part is not None:
            parts = cell.split(source.part.separator)
            cell = parts[source.part.index].strip() if -len(parts) <= source.part.index < len(parts) else ""
        if source.values and cell:
            folded = fold(cell)
            found = exact.get(folded)
            if found is None:
                found = next((value for pattern, value in patterns if fnmatchcase(folded, pattern)), cell)
            cell = found
        return cell.title() if source.title else cell

    return change
