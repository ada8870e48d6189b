"""Reading files: any CSV, workbook or address book → blocks of clean rows with exact errors.

*Format*: what a file is and how it is written. *Table*: one opened file with its columns. *Block*: a few
thousand rows of it. *Problem*: what is wrong with a cell, a row or the file, and where. No database here.
"""

from __future__ import annotations

from rapport.imports.reading.formats import Format
from rapport.imports.reading.problems import CellError, FileError
from rapport.imports.reading.sniffing import sniff
from rapport.imports.reading.tables import Block, Table, open_table, rows

__all__ = ["Block", "CellError", "FileError", "Format", "Table", "open_table", "rows", "sniff"]
