"""CSV and its relatives, in blocks; row and line numbers stay right through quoted line breaks.

The csv module does the splitting. A quotation mark that is not closed costs its own row only: reading
goes on with the line after the one that opened it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np

from rapport.imports.reading.blocks import Block, block_of, without_garbage_collection
from rapport.imports.reading.formats import WHITESPACE, Format
from rapport.imports.reading.header import column_names
from rapport.imports.reading.opening import LONGEST_LINE, place, taken, text
from rapport.imports.reading.problems import CellError, FileError, shortened

LONGEST_CELL = 1024 * 1024
_CHUNK = 2 * 1024 * 1024
_END = "\x1a\x1a\x1a"  # a line after the last one of a chunk: swallowed when a quotation mark is open

csv.field_size_limit(LONGEST_CELL)


@dataclass(slots=True)
class _Records:
    """Records split out of lines, with row and line numbers, and what could not be split."""

    cells: list[list[str]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[CellError] = field(default_factory=list)
    refused: dict[int, list[str]] = field(default_factory=dict)


def header(path: Path, form: Format) -> tuple[tuple[str, ...], list[CellError]]:
    """The names of the columns and what is odd about them. Raises FileError."""
    with text(path, form) as stream:
        names, _ = _first_record(stream, form)
    return column_names(names, form.header_row)


def blocks(path: Path, form: Format, names: tuple[str, ...]) -> Iterator[Block]:
    """The rows below the header. Raises FileError where the file cannot be read any further, after the rows before."""
    with text(path, form) as stream:
        first, line = _first_record(stream, form) if form.header_row else ([], 0)
        splitter = _Splitter(form, names, first, form.header_row + 1, line + 1)
        while True:
            lines, broken = taken(stream, _CHUNK, len)
            with without_garbage_collection():
                block = splitter.block(lines, final=broken is not None or not lines)
            block.place = place(stream)
            if block.read:
                yield block
            if broken is not None:
                raise splitter.placed(broken)
            if not lines:
                return


def _reader(form: Format, lines: Iterator[str]) -> Any:
    if form.delimiter == WHITESPACE:
        return (line.split() for line in lines)
    if not form.quote:
        return csv.reader(lines, delimiter=form.delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=form.delimiter, quotechar=form.quote)


def _first_record(stream: io.TextIOWrapper, form: Format) -> tuple[list[str], int]:
    """The record that names the columns (the first one where there are no names) and its last line."""
    counted = _Counted(stream)
    reader = _reader(form, iter(counted))
    record: list[str] = []
    try:
        for _ in range(max(form.header_row, 1)):
            record = next(reader)
    except StopIteration:
        raise FileError("empty") from None
    except csv.Error:
        raise FileError("quote-open", f"{LONGEST_CELL:,}", line=1) from None
    if record:
        record[0] = record[0].removeprefix("\ufeff")
    return record, counted.count


class _Counted:
    """Lines of a stream, counted as they are taken."""

    def __init__(self, stream: io.TextIOWrapper) -> None:
        self._stream = stream
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._stream:
            self.count += 1
            if len(line) > LONGEST_LINE:
                raise FileError("line-too-long", f"{LONGEST_LINE:,}", row=self.count, line=self.count)
            yield line


class _Splitter:
    """Splits lines into records, keeping the end of a chunk that is not a whole record yet."""

    def __init__(self, form: Format, names: tuple[str, ...], first: list[str], row: int, line: int) -> None:
        self._form, self._names, self._first = form, names, first
        self._row, self._line = row, line
        self._carry: list[str] = []
        self._cells_found = 0

    def block(self, lines: list[str], *, final: bool) -> Block:
        """The records that end in these lines; with `final` all there are."""
        lines = self._carry + lines
        self._carry = []
        if max(map(len, lines), default=0) > LONGEST_LINE:
            found = self._around_long(lines, final=final)
        else:
            found = self._plain(lines) or self._careful(lines, final=final)
        self._check_widths(found)
        block = block_of(
            self._names,
            found.cells,
            np.array(found.rows, dtype=np.int64),
            np.array(found.lines, dtype=np.int64),
            self._form.encoding,
        )
        block.problems = found.problems + block.problems
        block.refused.update(found.refused)
        return block

    def placed(self, broken: FileError) -> FileError:
        """The same failure with the row and the line that come next."""
        return FileError(broken.code, broken.detail, row=self._row, line=self._line)

    def _around_long(self, lines: list[str], *, final: bool) -> _Records:
        """The records between lines beyond the limit, which are refused."""
        found = _Records()
        start = 0
        for number, line in enumerate(lines):
            if len(line) > LONGEST_LINE:
                self._careful(lines[start:number], final=True, found=found)
                self._refuse(found, "line-too-long", line[:80], {"detail": f"{LONGEST_LINE:,}", "line": self._line})
                start = number + 1
        return self._careful(lines[start:], final=final, found=found)

    def _plain(self, lines: list[str]) -> _Records | None:
        """One record in each line: the common case."""
        try:
            cells = list(_reader(self._form, chain(lines, [_END])))
        except csv.Error:
            return None
        if len(cells) != len(lines) + 1 or cells.pop() != [_END]:
            return None
        count = len(cells)
        found = _Records(cells, list(range(self._row, self._row + count)), list(range(self._line, self._line + count)))
        self._row += count
        self._line += count
        return found

    def _careful(self, lines: list[str], *, final: bool, found: _Records | None = None) -> _Records:
        """Record by record, because some run over several lines or a quotation mark is astray; added to `found`."""
        found = found or _Records()
        start = 0
        while start < len(lines):
            start, stopped = self._until_trouble(lines, start, found)
            if stopped == "stray":
                params: dict[str, Any] = {"found": self._cells_found, "wanted": len(self._names)}
                self._refuse(found, "quote-stray", lines[start], params)
                start += 1
            elif stopped == "open":
                open_size = sum(map(len, islice(lines, start, None)))
                if not final and open_size <= LONGEST_CELL:
                    self._carry = lines[start:]
                    break
                self._refuse(found, "quote-open", lines[start], {"detail": f"{min(open_size, LONGEST_CELL):,}"})
                start += 1
        return found

    def _until_trouble(
        self, lines: list[str], start: int, found: _Records
    ) -> tuple[int, Literal["end", "open", "stray"]]:
        """Take records from line `start` on. Returns the line where it stopped, and why."""
        base = start
        reader = _reader(self._form, chain(islice(lines, start, None), [_END]))
        try:
            for record in reader:
                end = base + reader.line_num
                if end > len(lines):
                    return start, "end" if start == len(lines) else "open"
                if end - start > 1 and (self._misfit(record) or self._torn(lines[start:end])):
                    self._cells_found = len(record)
                    return start, "stray"
                found.cells.append(record)
                found.rows.append(self._row)
                found.lines.append(self._line)
                self._row += 1
                self._line += end - start
                start = end
        except csv.Error:  # a cell beyond the limit
            return start, "open"
        return start, "end"

    def _misfit(self, record: list[str]) -> bool:
        wanted = len(self._names)
        return len(record) < wanted or any(cell.strip() for cell in record[wanted:])

    def _torn(self, lines: list[str]) -> bool:
        """Whether text follows a closing quotation mark: then another one opened it."""
        try:
            list(csv.reader(lines, delimiter=self._form.delimiter, quotechar=self._form.quote, strict=True))
        except csv.Error:
            return True
        return False

    def _refuse(self, found: _Records, code: str, line: str, params: dict[str, Any]) -> None:
        found.problems.append(CellError(self._row, "", shortened(line), code, line=self._line, params=params))
        found.refused[self._row] = line.rstrip("\r\n").split(self._form.delimiter)
        self._row += 1
        self._line += 1

    def _check_widths(self, found: _Records) -> None:
        wanted = len(self._names)
        blank = [""] * wanted
        if set(map(len, found.cells)) <= {wanted} and self._first not in found.cells and blank not in found.cells:
            return
        kept = _Records(problems=found.problems, refused=found.refused)
        for record, row, line in zip(found.cells, found.rows, found.lines, strict=True):
            if len(record) > wanted and not any(cell.strip() for cell in record[wanted:]):
                del record[wanted:]
            if record == blank or (len(record) != wanted and not any(cell.strip() for cell in record)):
                continue
            if len(record) == wanted and record != self._first:
                kept.cells.append(record)
                kept.rows.append(row)
                kept.lines.append(line)
                continue
            code = "header-again" if record == self._first else "row-short" if len(record) < wanted else "row-long"
            params = {"found": len(record), "wanted": wanted}
            value = shortened(self._form.delimiter.join(record))
            kept.problems.append(CellError(row, "", value, code, line=line, params=params))
            kept.refused[row] = record
        found.cells, found.rows, found.lines = kept.cells, kept.rows, kept.lines
