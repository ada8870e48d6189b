"""Loading a set of files: read ahead and staged block by block, then merged domain by domain.

Everything happens in the one transaction that the caller has opened. Files of nothing but customers are merged in
parts while the next rows are being read; whatever refers to other files is merged when all are staged.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import pyarrow as pa
from django.utils.translation import gettext as _

from rapport.commerce.services import loading as commerce
from rapport.customers.services import loading as customers
from rapport.feedback.services import loading as feedback
from rapport.imports import resolving, staging
from rapport.imports.ahead import Ahead
from rapport.imports.blocks import staged
from rapport.imports.mapping.typed import Context, TypedTable
from rapport.imports.outcomes import Outcome, Problem
from rapport.imports.profiles import Source
from rapport.imports.progress import Cancelled, Progress
from rapport.imports.reading import Block, FileError
from rapport.imports.seen import Seen
from rapport.imports.sets import FileSet
from rapport.kernel import bulk, clock
from rapport.kernel.actors import Actor
from rapport.kernel.bulk import Counts, Load
from rapport.objects.services import loading as objects
from rapport.promises.services import loading as promises
from rapport.team.queries import organisation
from rapport.timeline.services import loading as timeline

__all__ = ["Cancelled", "Loading", "Outcome", "Problem"]

_PART = 100_000
# Which share of the work is done when everything is read, alone and with customers merged meanwhile.
_READ, _READ_AND_MERGED = 0.5, 0.9
# About how many events a load will write.
_EVENTS = """
SELECT (SELECT count(*) FROM load_customer) + 3 * (SELECT count(*) FROM load_order WHERE NOT once)
     + (SELECT count(*) FROM load_payment) + (SELECT count(*) FROM load_review_file)
     + (SELECT count(*) FROM load_promise_file) + (SELECT count(*) FROM load_product WHERE NOT once)
     + (SELECT count(*) FROM load_record)
"""


@dataclass(frozen=True, slots=True)
class _Read:
    """A block of one file after reading: what is wrong in it, and its rows for each table of the stage."""

    file: int
    block: Block
    nouns: tuple[str, ...]
    rows: list[tuple[str, pa.Table]]
    all_new: bool


class Loading:
    """One load, inside a transaction that the caller has opened."""

    def __init__(self, files: FileSet, by: Actor, progress: Progress, *, overwrite: bool) -> None:
        self._files, self._profile, self._progress = files, files.found.profile, progress
        self._firm = organisation()
        self._said = files.settings
        self._merged = 0
        # For parts: whether nobody was known before, nobody else can add customers, and all so far are new.
        self._in_parts = self._nobody = self._alone = self._all_new = False
        self._sizes = [match.table.path.stat().st_size for match in files.found.matches]
        self.outcome = Outcome()
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
        bulk.prepare()
        for part in (staging, customers, commerce, promises, feedback, objects):
            part.stage()
        for number, broken in self._files.broken():
            self.outcome.add_broken(number, broken)
        self._in_parts = self._customers_alone()
        self._nobody = self._in_parts and customers.nobody_known()
        self._all_new = self._nobody
        with ExitStack() as afterwards:
            with Ahead(self._blocks()) as blocks:
                waiting = 0
                for read in blocks:
                    waiting += self._stage(read)
                    self._all_new &= isinstance(read, _Read) and read.all_new
                    if self._in_parts and waiting >= max(_PART, self._merged // 4):
                        self._merge_part(afterwards)
                        waiting, self._all_new = 0, self._nobody
            self._currency()
            resolving.links(self._load, self._profile)
            resolving.customers(self._load)
            self._grow(afterwards)
            self._merge()
        self.outcome.add_faults(self._files.found.matches, self._profile)
        self.outcome.counts = {noun: counts for noun, counts in self.outcome.counts.items() if counts.read}
        return self.outcome

    def _customers_alone(self) -> bool:
        """Whether customers can be merged before everything is read: nothing refers to them or is looked up."""
        roles = {match.role for match in self._files.found.matches}
        extracts = [extract for extract in self._profile.nouns if extract.file in roles]
        return not self._profile.lookups() and all(
            extract.noun == "customer" and not extract.once for extract in extracts
        )

    def _context(self) -> Context:
        return Context(
            currency=self._said.get("currency") or self._profile.currency or self._firm.currency,
            country=self._said.get("country") or self._profile.country or self._firm.country,
            zone=self._load.zone,
            now=self._load.at,
            custom=self._files.custom,
            links={noun: one.links for noun, one in self._files.declared.items()},
        )

    def _blocks(self) -> Iterator[_Read | tuple[int, FileError]]:
        """The files block by block, typed and ready for the stage; made in another thread."""
        context = self._context()
        seen = Seen()
        for number, match in enumerate(self._files.found.matches):
            table = TypedTable(match.table, match.role, self._profile, context)
            if not table.extracts and not table.wanted_links():
                continue
            try:
                for typed in table.blocks():
                    rows = list(staged(typed, number, self._profile.namespace))
                    for through, (keys, values) in typed.links.items():
                        names = pa.repeat(pa.scalar(resolving.link_name(Source(through=through))), len(keys))
                        rows.append(("link", pa.table({"name": names, "key": keys, "value": values})))
                    nouns = tuple(noun.extract.noun for noun in typed.nouns)
                    yield _Read(number, typed.block, nouns, rows, self._look(seen, rows))
            except FileError as broken:
                yield number, broken  # what was read of it before is loaded

    def _look(self, seen: Seen, rows: list[tuple[str, pa.Table]]) -> bool:
        """Whether all customers of a block are certainly new to a database that knows nobody."""
        if not self._nobody:
            return False
        customers = sum(table.num_rows for name, table in rows if name == "customer")
        return seen.all_new([table for name, table in rows if name == "identity"], customers)

    def _stage(self, read: _Read | tuple[int, FileError]) -> int:
        """Copy what was read into the stage; return how many customers that were."""
        if not isinstance(read, _Read):
            self.outcome.add_broken(*read)
            return 0
        self.outcome.add_block(read.file, read.block)
        for name, rows in read.rows:
            if rows.num_rows:
                staging.copy(name, rows)
        failed = len(read.block.refused)
        for noun in read.nouns if failed else ():
            self.outcome.count("order" if noun == "transaction" else noun, Counts(read=failed, failed=failed))
        self._progress.read(self.outcome.read, self._share(read))
        return sum(rows.num_rows for name, rows in read.rows if name == "customer")

    def _share(self, read: _Read) -> float:
        """Which share of the work is done, by how far the files are read."""
        before = sum(self._sizes[: read.file])
        done = (before + min(read.block.place, self._sizes[read.file])) / max(sum(self._sizes), 1)
        return done * (_READ_AND_MERGED if self._in_parts else _READ)

    def _currency(self) -> None:
        """Orders without a currency are in that of the files."""
        currency = self._context().currency
        if currency != self._firm.currency:
            for table in ("load_order", "load_payment", "load_product", "load_transaction"):
                bulk.run(self._load, f"UPDATE {table} SET currency = coalesce(currency, %(files)s)", files=currency)

    def _grow(self, afterwards: ExitStack) -> None:
        """Let the tables that get many rows have their indexes built afterwards."""
        if self._merged:
            return
        rows = bulk.number("SELECT count(*) FROM load_customer")
        sizes = customers.growing(rows, bulk.number("SELECT count(*) FROM load_identity"))
        afterwards.enter_context(bulk.rebuilding(self._load, {"kernel_eventrecord": bulk.number(_EVENTS)}))
        # Orders find their customers by these indexes, so they are there again before orders are merged.
        with bulk.rebuilding(self._load, sizes):
            self._merge_customers()
        customers.next_part()

    def _merge_part(self, afterwards: ExitStack) -> None:
        """Merge the customers that are staged while the next ones are being read."""
        if not self._merged:
            rows = self._expected()
            sizes = {**customers.growing(rows, 2 * rows), "kernel_eventrecord": rows}
            self._alone = afterwards.enter_context(bulk.rebuilding(self._load, sizes))
        self._merge_customers()
        customers.next_part()

    def _expected(self) -> int:
        """About how many rows the files have, by their size and that of the rows so far."""
        packed = any(match.table.form.compression for match in self._files.found.matches)
        return max(self.outcome.read, sum(self._sizes) * (6 if packed else 1) // 250)

    def _merge_customers(self) -> None:
        counts = customers.merge(self._load, all_new=self._alone and self._all_new)
        timeline.notes(self._load)
        self._merged += counts.read
        self.outcome.count("customer", counts)

    def _merge(self) -> None:
        if self._merged and bulk.number("SELECT count(*) FROM load_customer"):
            self._progress.step("customers", _READ)
            self._merge_customers()
        self._progress.step("orders", _READ_AND_MERGED if self._in_parts else 0.6)
        for noun, counts in commerce.merge(self._load).items():
            self.outcome.count(noun, counts)
        self.outcome.notes += [{"code": "rate-missing", "file": "", "detail": code} for code in commerce.without_rate()]
        if bulk.any_row("SELECT FROM load_record"):
            self._progress.step("records", 0.9)
        for noun, counts in objects.merge(self._load).items():
            self.outcome.count(noun, counts)
        self._progress.step("promises", 0.95)
        resolving.promises(self._load, _("Order %s delivered"))
        self.outcome.count("promise", promises.merge(self._load))
        resolving.reviews(self._load)
        self.outcome.count("review", feedback.merge(self._load))
        self._progress.step("timeline", 0.97)
        timeline.touches(self._load)
