"""Loading a set of files: read and staged block by block, then merged domain by domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from django.db import connection
from django.utils.translation import gettext as _

from rapport.commerce.services import loading as commerce
from rapport.customers.services import loading as customers
from rapport.feedback.services import loading as feedback
from rapport.imports import resolving, staging
from rapport.imports.blocks import place_of, staged
from rapport.imports.mapping.typed import Context, TypedBlock, TypedTable
from rapport.imports.profiles import Match, Source
from rapport.imports.progress import Cancelled, Progress
from rapport.imports.reading import FileError, Table
from rapport.imports.sets import FileSet
from rapport.kernel import bulk, clock
from rapport.kernel.actors import Actor
from rapport.kernel.bulk import Counts, Load
from rapport.promises.services import loading as promises
from rapport.team.queries import organisation
from rapport.timeline.services import loading as timeline

__all__ = ["Cancelled", "Loading", "Outcome", "Problem"]

MOST_PROBLEMS = 10_000
# About how many events a load will write.
_EVENTS = """
SELECT (SELECT count(*) FROM load_customer) + 3 * (SELECT count(*) FROM load_order WHERE NOT once)
     + (SELECT count(*) FROM load_payment) + (SELECT count(*) FROM load_review_file)
     + (SELECT count(*) FROM load_promise_file) + (SELECT count(*) FROM load_product WHERE NOT once)
"""


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
        if problem.severity == "error":
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(problem)


class Loading:
    """One load, inside a transaction that the caller has opened."""

    def __init__(self, files: FileSet, by: Actor, progress: Progress, *, overwrite: bool) -> None:
        self._files, self._profile, self._progress = files, files.found.profile, progress
        self._firm = organisation()
        self._said = files.settings
        self.outcome = Outcome()
        self._failed: dict[str, int] = {}
        self._load = Load(
            by=by,
            at=clock.now(),
            namespace=self._profile.namespace,
            source=self._profile.label,
            currency=self._firm.currency,
            zone=self._said.get("zone") or self._profile.zone or self._firm.zone,
            overwrite=overwrite,
            rates=self._said.get("rates") or {},
        )

    def run(self) -> Outcome:
        """Read, stage and merge everything; return what became of it. Raises Cancelled."""
        for prepare in (bulk.prepare, staging.stage, customers.stage, commerce.stage, promises.stage, feedback.stage):
            prepare()
        with staging.Copier() as copier:
            for number, match in enumerate(self._files.found.matches):
                self._read(number, match, copier)
        self._currency()
        resolving.links(self._load, self._profile)
        resolving.customers(self._load)
        with bulk.rebuilding(self._load, {"kernel_eventrecord": bulk.number(_EVENTS)}):
            self._merge()
        self._faults()
        return self.outcome

    def _context(self) -> Context:
        return Context(
            currency=self._said.get("currency") or self._profile.currency or self._firm.currency,
            country=self._said.get("country") or self._profile.country or self._firm.country,
            zone=self._load.zone,
            now=self._load.at,
        )

    def _read(self, number: int, match: Match, copier: staging.Copier) -> None:
        table = TypedTable(match.table, match.role, self._profile, self._context())
        if not table.extracts and not table.wanted_links():
            return
        try:
            for typed in table.blocks():
                self._stage(number, typed, copier)
        except FileError as broken:
            self.outcome.notes.append({"code": broken.code, "file": match.table.path.name, "detail": broken.message})
            problem = Problem(number, broken.line, broken.line, "", "", broken.code, "error", {"detail": broken.detail})
            self.outcome.add(problem)

    def _stage(self, number: int, typed: TypedBlock, copier: staging.Copier) -> None:
        self.outcome.read += typed.block.read
        for name, rows in staged(typed, number, self._profile.namespace):
            copier.put(name, rows)
        for through, (keys, values) in typed.links.items():
            name = resolving.link_name(Source(through=through))
            names = pa.repeat(pa.scalar(name), len(keys))
            copier.put("link", pa.table({"name": names, "key": keys, "value": values}))
        for noun in typed.nouns:
            self._failed[noun.extract.noun] = self._failed.get(noun.extract.noun, 0) + len(typed.block.refused)
        for problem in typed.block.problems:
            cells = typed.block.refused.get(problem.row) if problem.severity == "error" else None
            self.outcome.add(
                Problem(
                    number, problem.row, problem.line, problem.column, problem.value, problem.code, problem.severity,
                    problem.params, cells,
                )
            )  # fmt: skip
        self._progress.read(self.outcome.read)

    def _currency(self) -> None:
        """Orders without a currency are in that of the files."""
        currency = self._context().currency
        if currency != self._firm.currency:
            for table in ("load_order", "load_payment", "load_product", "load_transaction"):
                bulk.run(self._load, f"UPDATE {table} SET currency = coalesce(currency, %(files)s)", files=currency)

    def _merge(self) -> None:
        counts = self.outcome.counts
        self._progress.step("customers")
        counts["customer"] = customers.merge(self._load)
        self._progress.step("orders")
        counts.update(commerce.merge(self._load))
        self.outcome.notes += [{"code": "rate-missing", "file": "", "detail": code} for code in commerce.without_rate()]
        self._progress.step("promises")
        resolving.promises(self._load, _("Order %s delivered"))
        counts["promise"] = promises.merge(self._load)
        resolving.reviews(self._load)
        counts["review"] = feedback.merge(self._load)
        self._progress.step("timeline")
        timeline.merge(self._load)
        for noun, failed in self._failed.items():
            kept = counts.setdefault("order" if noun == "transaction" else noun, Counts())
            kept.failed += failed
            kept.read += failed
        self.outcome.counts = {noun: kept for noun, kept in counts.items() if kept.read}

    def _faults(self) -> None:
        """Rows that could not be merged, as problems at their place in the file."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT seq, code, field, value, first, warning FROM load_fault ORDER BY seq, warning")
            faults = cursor.fetchall()
        cells = self._cells({place_of(seq) for seq, _, _, _, _, warning in faults[:MOST_PROBLEMS] if not warning})
        for seq, code, name, value, first, warning in faults:
            file, row = place_of(seq)
            params = {} if first is None else {"first": place_of(first)[1]}
            severity = "warning" if warning else "error"
            shown = cells.get((file, row)) if not warning else None
            self.outcome.add(Problem(file, row, 0, name or "", (value or "")[:80], code, severity, params, shown))

    def _cells(self, places: set[tuple[int, int]]) -> dict[tuple[int, int], list[str]]:
        """The cells of refused rows, read again."""
        found: dict[tuple[int, int], list[str]] = {}
        for number, match in enumerate(self._files.found.matches):
            wanted = {row for file, row in places if file == number}
            if wanted:
                found |= {(number, row): cells for row, cells in _rows(match.table, wanted)}
        return found


def _rows(table: Table, wanted: set[int]) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    for block in table.blocks():
        for index, row in enumerate(block.rows.tolist()):
            if row in wanted:
                found.append((row, block.cells(index)))
        if len(found) == len(wanted):
            break
    return found
