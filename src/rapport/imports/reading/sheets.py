"""Workbooks by calamine: cells as they were last computed, numbers and dates written in one fixed way."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, load_workbook

from rapport.imports.reading.blocks import Block, block_of
from rapport.imports.reading.dialects import header_row_of
from rapport.imports.reading.formats import Format
from rapport.imports.reading.formulas import FormulaFaults, formula_faults
from rapport.imports.reading.header import column_names
from rapport.imports.reading.opening import raw
from rapport.imports.reading.problems import CellError, FileError

_ROWS = 5000
_LARGEST = 2 * 1024**3


@contextmanager
def _workbook(path: Path, form: Format) -> Iterator[CalamineWorkbook]:
    _refuse_huge(path, form)
    try:
        if form.compression:
            with raw(path, form.compression) as source:
                book = load_workbook(io.BytesIO(source.read(_LARGEST)))
        else:
            book = load_workbook(str(path))
    except PasswordError:
        raise FileError("locked") from None
    except CalamineError as damaged:
        raise FileError("damaged", str(damaged)) from None
    yield book


def _refuse_huge(path: Path, form: Format) -> None:
    if form.compression or not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(info.file_size for info in archive.infolist())
    if size > _LARGEST:
        raise FileError("too-large", f"{size // 1024**3} GB")


def _sheet(book: CalamineWorkbook, form: Format) -> CalamineSheet:
    if form.sheet:
        if form.sheet not in book.sheet_names:
            raise FileError("sheet", form.sheet)
        return book.get_sheet_by_name(form.sheet)
    for position in range(len(book.sheet_names)):
        sheet = book.get_sheet_by_index(position)
        if sheet.height:
            return sheet
    raise FileError("empty")


def header_row(path: Path, form: Format) -> int:
    """The row that names the columns: the first as wide as most rows; 0 when it holds values."""
    with _workbook(path, form) as book:
        rows = [[_text(cell) for cell in row] for row in islice(_sheet(book, form).iter_rows(), 200)]
    return header_row_of(rows)


def header(path: Path, form: Format) -> tuple[tuple[str, ...], list[CellError]]:
    """The names of the columns and what is odd about them. Raises FileError."""
    with _workbook(path, form) as book:
        rows = _sheet(book, form).iter_rows()
        cells = next(islice(rows, max(form.header_row - 1, 0), None), None)
    if cells is None:
        raise FileError("empty")
    texts = [_text(cell) for cell in cells]
    while texts and not texts[-1].strip():
        texts.pop()
    return column_names(texts, form.header_row)


def blocks(path: Path, form: Format, names: tuple[str, ...]) -> Iterator[Block]:
    """The rows below the header, five thousand at a time."""
    with _workbook(path, form) as book:
        sheet = _sheet(book, form)
        left = sheet.start[1] if sheet.start else 0  # calamine leaves out empty columns before the first
        faults = formula_faults(path, sheet.name, left)
        rows = islice(sheet.iter_rows(), form.header_row, None)
        first = form.header_row + 1
        while chunk := list(islice(rows, _ROWS)):
            block = _block(chunk, names, first, faults)
            first += len(chunk)
            if block.read:
                yield block


def _block(chunk: list[list[Any]], names: tuple[str, ...], first: int, faults: FormulaFaults) -> Block:
    kept = [(first + index, row[: len(names)]) for index, row in enumerate(chunk)]
    kept = [(number, row) for number, row in kept if any(cell != "" for cell in row)]
    numbers = np.array([number for number, _ in kept], dtype=np.int64)
    records = [[_text(cell) for cell in row] + [""] * (len(names) - len(row)) for _, row in kept]
    block = block_of(names, records, numbers, numbers, "utf-8")
    if not block.refused:
        block.exact = [
            _exact([row[index] if index < len(row) else "" for _, row in kept]) for index in range(len(names))
        ]
    for number, _ in kept if faults else ():
        for index, value in faults.get(number, ()):
            if index < len(names):
                code = "formula-error" if value else "formula-empty"
                block.problems.append(CellError(number, names[index], value, code, line=number))
    return block


def _exact(cells: list[Any]) -> pa.BooleanArray | None:
    if Counter(map(type, cells)).keys() <= {str}:
        return None
    return pa.array([not isinstance(cell, str) for cell in cells], pa.bool_())


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a fraction, dates in ISO 8601."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time()
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
