"""What became of an import: counts for each noun, and problems at their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from rapport.imports.blocks import extract_of, place_of
from rapport.imports.profiles import Match, Profile
from rapport.imports.reading import Block, FileError, Table
from rapport.kernel.bulk import Counts

MOST_PROBLEMS = 10_000
_COUNTED = "SELECT count(*) FILTER (WHERE NOT warning), count(*) FILTER (WHERE warning) FROM load_fault"
_FAULTS = "SELECT seq, code, field, value, first, warning FROM load_fault ORDER BY warning, seq LIMIT %s"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place of one file (by its number in the set); `cells` are those of the refused row."""

    file: int
    row: int
    line: int
    column: str
    value: str
    code: str
    severity: str
    params: Mapping[str, Any]
    cells: list[str] | None = None


@dataclass
class Outcome:
    """What became of an import. Of its problems the first ten thousand are kept; `errors` and `warnings` count all."""

    counts: dict[str, Counts] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[dict[str, str]] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0
    read: int = 0

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep it while there is room."""
        self.errors += problem.severity == "error"
        self.warnings += problem.severity != "error"
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)

    def add_broken(self, file: int, broken: FileError) -> None:
        """Note that a file cannot be read, or not beyond some row."""
        params = {"detail": broken.detail, "line": broken.line}
        self.add(Problem(file, max(broken.row, 1), broken.line, "", "", broken.code, "error", params))

    def add_block(self, file: int, block: Block) -> None:
        """Take over what reading found wrong in a block of a file."""
        self.read += block.read
        for problem in block.problems:
            cells = block.refused.get(problem.row) if problem.severity == "error" else None
            self.add(
                Problem(
                    file, problem.row, problem.line, problem.column, problem.value, problem.code, problem.severity,
                    problem.params, cells,
                )
            )  # fmt: skip

    def count(self, noun: str, counts: Counts) -> None:
        """Add the counts of a noun, or of a part of its rows, to those there are."""
        kept = self.counts.setdefault(noun, Counts())
        for name, value in counts.as_dict().items():
            setattr(kept, name, getattr(kept, name) + value)

    def add_faults(self, matches: Sequence[Match], profile: Profile) -> None:
        """Take over the rows that could not be merged, with their cells read again."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNTED)
            errors, warnings = cursor.fetchone()
            cursor.execute(_FAULTS, [MOST_PROBLEMS])
            faults = cursor.fetchall()
        cells = _cells(matches, {place_of(seq) for seq, _, _, _, _, warning in faults if not warning})
        known = self.errors + errors, self.warnings + warnings
        for seq, code, name, value, first, warning in faults:
            file, row = place_of(seq)
            params = {} if first is None else {"first": place_of(first)[1]}
            severity = "warning" if warning else "error"
            shown = None if warning else cells.get((file, row))
            column = _column(seq, name, matches, profile) or name or ""
            self.add(Problem(file, row, 0, column, (value or "")[:80], code, severity, params, shown))
        self.errors, self.warnings = known
        self.problems.sort(key=lambda problem: (problem.file, problem.row))


def _column(seq: int, field: str | None, matches: Sequence[Match], profile: Profile) -> str:
    """The column of a custom object's field, as its file calls it."""
    match = matches[place_of(seq)[0]]
    extracts = [extract for extract in profile.nouns if extract.file == match.role]
    extract = extracts[extract_of(seq)] if extract_of(seq) < len(extracts) else None
    source = extract.sources().get(field or "") if extract and extract.declared else None
    places = source.found_in(match.table.names) if source else []
    return match.table.names[places[0]] if places else ""


def _cells(matches: Iterable[Match], places: set[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
    """The cells of rows at these places, read again."""
    found: dict[tuple[int, int], list[str]] = {}
    for number, match in enumerate(matches):
        wanted = {row for file, row in places if file == number}
        if wanted:
            found |= {(number, row): cells for row, cells in _rows(match.table, wanted)}
    return found


def _rows(table: Table, wanted: set[int]) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    with suppress(FileError):  # said already
        for block in table.blocks():
            found += [(row, block.cells(index)) for index, row in enumerate(block.rows.tolist()) if row in wanted]
            if len(found) == len(wanted):
                break
    return found
