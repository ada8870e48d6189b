"""Formulas of a workbook that have no value: calamine gives an empty cell for them, which would be a silent loss."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

FormulaFaults = dict[int, list[tuple[int, str]]]

_CHUNK = 4 * 1024 * 1024
_SHEET = re.compile(r'<sheet\b[^>]*?\bname="([^"]*)"[^>]*?\br:id="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]+)(\d+)"([^>]*)>((?:(?!</c>).)*)</c>', re.DOTALL)
_VALUE = re.compile(rb"<v>([^<]*)</v>")


def formula_faults(path: Path, sheet: str, left: int = 0) -> FormulaFaults:
    """For each row number: columns whose formula ended in an error (with it) or was never computed ("").

    Columns count from 0 at column `left` of the sheet.
    """
    found: FormulaFaults = {}
    if not zipfile.is_zipfile(path):
        return found
    with zipfile.ZipFile(path) as archive:
        member = _member(archive, sheet)
        if member is None:
            return found
        for part in _parts(archive, member):
            for column, row, attributes, inside in _CELL.findall(part):
                value = _VALUE.search(inside)
                if b't="e"' in attributes or (b"<f" in inside and value is None and b"<is>" not in inside):
                    shown = value[1].decode("utf-8", "replace") if value else ""
                    found.setdefault(int(row), []).append((_index(column) - left, shown))
    return found


def _member(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    sheets = {unescape(name): key for name, key in _SHEET.findall(archive.read("xl/workbook.xml").decode("utf-8"))}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels").decode("utf-8")):
        if f'Id="{sheets.get(sheet)}"' in relation and (target := re.search(r'Target="([^"]*)"', relation)):
            member = target[1].lstrip("/")
            member = member if member.startswith("xl/") else f"xl/{member}"
            return member if member in names else None
    return None


def _parts(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    """The sheet's XML in parts of whole cells, those without formulas and errors left out."""
    rest = b""
    with archive.open(member) as source:
        while chunk := source.read(_CHUNK):
            part = rest + chunk
            end = part.rfind(b"</c>") + 4
            rest = part[end:] if end > 3 else part
            if end > 3 and (b"<f" in part or b't="e"' in part):
                yield part[:end]


def _index(letters: bytes) -> int:
    """A column by its letters: A is 0, AA is 26."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1
