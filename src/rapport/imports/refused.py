"""The refused rows of an import as a CSV file: as they were read, with why, to be mended and imported again."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO
from itertools import groupby
from pathlib import Path

from rapport.imports.messages import message
from rapport.imports.models import ImportProblem, ImportRun

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def refused_rows(run: ImportRun, file: int) -> Iterator[str]:
    """The lines of the CSV file with the refused rows of one file of a run, by its number.

    The first two columns are the row's number and what is wrong. Cells that a spreadsheet would run as a
    formula start with an apostrophe.
    """
    columns = run.files[file].get("columns", []) if file < len(run.files) else []
    yield _line(["Row", "Problem", *columns])
    rows = ImportProblem.objects.filter(run=run, file=file, severity="error").order_by("row", "id")
    for row, problems in groupby(rows.iterator(), key=lambda problem: problem.row):
        listed = list(problems)
        said = "; ".join(
            f"{problem.column}: {message(problem.code, problem.params, problem.value)}".removeprefix(": ")
            for problem in listed
        )
        cells = next((problem.cells for problem in listed if problem.cells), None) or []
        yield _line([str(row), said, *map(_defused, cells)])


def write_refused(run: ImportRun, path: Path) -> None:
    """Write the refused rows of all files of a run to one CSV file."""
    with path.open("w", encoding="utf-8", newline="") as target:
        for file in range(len(run.files)):
            if ImportProblem.objects.filter(run=run, file=file, severity="error").exists():
                target.writelines(refused_rows(run, file))


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RISKY) and not cell[1:2].isdigit() else cell


def _line(cells: list[str]) -> str:
    buffer = StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
