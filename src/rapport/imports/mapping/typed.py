"""A file's rows as typed columns, noun by noun, with every cell that does not fit said.

A row is taken whole or not at all: one bad cell refuses it for every noun, unless the profile lets the cell
alone go (`on_error = "cell"`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rapport.imports.mapping import converters, custom, records
from rapport.imports.mapping.cells import cells_of, changed
from rapport.imports.mapping.custom import Targets
from rapport.imports.mapping.styles import Styles, decide
from rapport.imports.mapping.targets import MANY, Target, targets_of
from rapport.imports.profiles.schema import Extract, Profile, Source, Through
from rapport.imports.reading import Block, CellError, Table
from rapport.imports.reading.blocks import drop
from rapport.imports.reading.problems import shortened
from rapport.imports.reading.values.addresses import Found, identities_of
from rapport.imports.reading.values.converting import Converted, Fault, Misfit, trimmed

_AMOUNTS = frozenset({"integer", "decimal", "money"})
_DAYS = frozenset({"date", "moment"})
Rows = np.ndarray[tuple[int], np.dtype[np.bool_]]
Places = np.ndarray[tuple[int], np.dtype[np.int64]]
IDENTITIES = frozenset({"email", "phone", "handle", "external"})


@dataclass(frozen=True)
class Context:
    """What stands for things that the file does not say: the organisation's currency, country, time zone, and now.

    `custom` are the firm's own fields, `links` those of its custom objects.
    """

    currency: str
    country: str
    zone: str
    now: datetime
    custom: Targets = field(default_factory=dict)
    links: Targets = field(default_factory=dict)

    @property
    def latest(self) -> datetime:
        """The last moment that can have happened, wherever the file was written."""
        return self.now + timedelta(days=1)


@dataclass(slots=True)
class TypedNoun:
    """The rows of one extract: `places` are their rows in the block, `columns` the typed fields."""

    extract: Extract
    places: Places
    columns: dict[str, pa.Array] = field(default_factory=dict)
    identities: dict[str, Found] = field(default_factory=dict)


@dataclass(slots=True)
class TypedBlock:
    """A block after typing; `links` are keys and values of lookups that other files need."""

    block: Block
    nouns: list[TypedNoun]
    links: dict[Through, tuple[pa.StringArray, pa.StringArray]]


@dataclass(frozen=True)
class _Field:
    """A field with its columns; fields with the same `key` have the same values."""

    target: Target
    source: Source
    places: tuple[int, ...]

    @cached_property
    def kind(self) -> str:
        """The type of its cells: what is looked up elsewhere is a key here."""
        return "key" if self.source.through else self.target.type

    @cached_property
    def key(self) -> tuple[object, ...]:
        target = self.target
        own = target.name if target.check else ""
        return self.kind, target.longest, target.past, target.choices, own, self.places, self.source.model_dump_json()


class TypedTable:
    """One opened file under a profile, read as typed nouns."""

    def __init__(self, table: Table, role: str, profile: Profile, context: Context) -> None:
        self.table, self.role, self.profile, self.context = table, role, profile, context
        self.extracts = [extract for extract in profile.nouns if extract.file == role]
        self._ignored = {name.casefold() for name in profile.ignore}

    def fields(self, extract: Extract) -> dict[str, _Field]:
        """The fields of an extract that the file has columns for."""
        known, own = targets_of(extract.noun), self.context.custom.get(extract.noun, {})
        links = self.context.links.get(extract.noun, {})
        wanted = [(known[name], source) for name, source in extract.fields.items()]
        wanted += [(own[key], source) for key, source in extract.custom.items() if key in own]
        wanted += [(links[key], source) for key, source in extract.links.items() if key in links]
        found = {}
        for target, source in wanted:
            places = self._places(source)
            if places or source.constant is not None:
                found[target.name] = _Field(target, source, places)
        return found

    def _places(self, source: Source) -> tuple[int, ...]:
        names = self.table.names
        return tuple(place for place in source.found_in(names) if names[place].casefold() not in self._ignored)

    @cached_property
    def styles(self) -> Styles:
        """The decimal marks and orders of days of the file's columns."""
        amounts: set[int] = set()
        days: set[int] = set()
        for extract in self.extracts:
            for found in self.fields(extract).values():
                amounts |= set(found.places) if found.target.type in _AMOUNTS else set()
                days |= set(found.places) if found.target.type in _DAYS else set()
        return decide(self.table, amounts, days)

    def blocks(self) -> Iterator[TypedBlock]:
        """The file in typed blocks. Raises FileError where it cannot be read further."""
        plans = [(extract, self.fields(extract)) for extract in self.extracts]
        for block in self.table.blocks():
            yield _Typing(self, block, plans).done()

    def wanted_links(self) -> set[Through]:
        """The lookups for which this file holds keys and values."""
        return {through for through in self.profile.lookups() if through.file == self.role}


class _Typing:
    """Typing one block: first every cell, then the rows that are left."""

    def __init__(self, table: TypedTable, block: Block, plans: list[tuple[Extract, dict[str, _Field]]]) -> None:
        self._table, self._block, self._plans = table, block, plans
        self._context = table.context
        self._converted: dict[tuple[object, ...], Converted] = {}
        self._bad: set[int] = set()
        self._countries: pa.StringArray | None = None

    def done(self) -> TypedBlock:
        nouns = [self._noun(extract, fields) for extract, fields in self._plans]
        links = {through: link for through in self._table.wanted_links() if (link := self._link(through)) is not None}
        if self._bad:
            self._leave_out(nouns)
        self._block.problems.sort(key=lambda problem: problem.row)
        return TypedBlock(self._block, nouns, links)

    def _noun(self, extract: Extract, fields: dict[str, _Field]) -> TypedNoun:
        taken = self._taken(extract)
        noun = TypedNoun(extract, self._distinct(fields, taken) if extract.once else np.flatnonzero(taken))
        self._countries = None
        if extract.noun == "customer" and "country" in fields:
            self._countries = self._column(fields["country"], taken)
        for name, found in fields.items():
            if extract.noun == "customer" and found.target.type in IDENTITIES:
                noun.identities[name] = self._identities(found, noun.places)
            else:
                noun.columns[name] = self._column(found, taken)
        self._require(extract, fields, noun, taken)
        noun.columns = custom.gathered(
            {name: column.take(pa.array(noun.places)) for name, column in noun.columns.items()}
        )
        if extract.declared:
            country = self._table.profile.country or self._context.country
            noun.columns = records.told_apart(noun.columns, country)
        return noun

    def _distinct(self, fields: dict[str, _Field], taken: Rows) -> Places:
        """The first of the rows that are alike in all columns of an extract: in a file of lines they are many."""
        columns = sorted({place for found in fields.values() for place in found.places})
        if not columns:
            return np.flatnonzero(taken)[:1]
        rows = pa.table({str(place): self._block.columns[place] for place in columns})
        rows = rows.append_column("row", pa.array(np.arange(self._block.size))).filter(pa.array(taken))
        first = rows.group_by([str(place) for place in columns]).aggregate([("row", "min")])["row_min"]
        return np.sort(first.to_numpy())

    def _taken(self, extract: Extract) -> Rows:
        """Which rows the extract is about."""
        if extract.when is None:
            return np.ones(self._block.size, dtype=bool)
        places = Source(column=(extract.when.column,)).found_in(self._table.table.names)
        if not places:
            return np.zeros(self._block.size, dtype=bool)
        cells = trimmed(self._block.columns[places[0]])
        if extract.when.values:
            return np.asarray(pc.is_in(cells, pa.array(extract.when.values)).to_numpy(zero_copy_only=False))
        return np.asarray(pc.not_equal(cells, "").to_numpy(zero_copy_only=False))

    def _column(self, found: _Field, taken: Rows) -> pa.Array:
        if found.key not in self._converted:
            self._converted[found.key] = self._convert(found, found.kind)
        converted = self._converted[found.key]
        self._report(found, converted.faults, taken)
        return converted.values

    def _convert(self, found: _Field, kind: str) -> Converted:
        cells = cells_of(found.source, list(found.places), self._block)
        setting = converters.Setting(
            target=found.target,
            source=found.source,
            mark=self._table.styles.mark(found.places) if kind in _AMOUNTS else "",
            order=self._table.styles.order(found.places) if kind in _DAYS else "",
            currency=self._table.profile.currency or self._context.currency,
            country=self._table.profile.country or self._context.country,
            zone=self._table.profile.zone or self._context.zone,
            latest=self._context.latest,
        )
        exact = self._block.exact[found.places[0]] if len(found.places) == 1 else None
        made = converters.convert(kind, cells, exact, setting)
        return converters.checked(made, found.target.check) if found.target.check else made

    def _identities(self, found: _Field, rows: Places) -> Found:
        """Identities of a customer: from every column where several are named, else from the joined cells."""
        wanted = pa.array(rows)
        countries = None if self._countries is None else self._countries.take(wanted)
        country = self._table.profile.country or self._context.country or None
        together = Found()
        several = found.target.name in MANY and len(found.places) > 1
        for places in [[place] for place in found.places] if several else [list(found.places)]:
            if several:
                cells = changed(found.source, self._block.columns[places[0]])
            else:
                cells = cells_of(found.source, places, self._block)
            kind = found.target.type
            one = identities_of(cells.take(wanted), kind, countries, country)  # type: ignore[arg-type]
            faults = [Fault(int(rows[fault.place]), fault.misfit) for fault in one.faults]
            self._report(found, faults, np.ones(self._block.size, dtype=bool), places)
            one.rows = rows[one.rows]
            together = together.with_more(one)
        return together

    def _report(
        self,
        found: _Field,
        faults: list[Fault],
        taken: Rows,
        places: list[int] | None = None,
    ) -> None:
        columns = places or list(found.places)
        for fault in faults:
            if not taken[fault.place]:
                continue
            value = " ".join(self._block.columns[column][fault.place].as_py() for column in columns)
            lenient = found.source.on_error == "cell"
            severity = "warning" if lenient else fault.misfit.severity
            names = ", ".join(self._table.table.names[column] for column in columns[:1])
            self._problem(fault.place, names, value or str(found.source.constant), fault.misfit, severity == "error")

    def _problem(self, place: int, column: str, value: str, misfit: Misfit, refuse: bool) -> None:
        problem = CellError(
            int(self._block.rows[place]),
            column,
            shortened(value),
            misfit.code,
            line=int(self._block.lines[place]),
            severity="error" if refuse else "warning",
            params=misfit.params,
        )
        if problem not in self._block.problems[-8:]:  # one column may feed several nouns
            self._block.problems.append(problem)
        if refuse:
            self._bad.add(place)

    def _require(
        self,
        extract: Extract,
        fields: dict[str, _Field],
        noun: TypedNoun,
        taken: Rows,
    ) -> None:
        """Fields that a row cannot do without; a customer needs a name or an identity.

        Of rows that are alike the first speaks for all.
        """
        taken = taken & np.isin(np.arange(self._block.size), noun.places)
        if extract.noun == "customer":
            named = [noun.columns[name] for name in ("name", "given_name", "family_name", "company") if name in fields]
            known = [one.rows for one in noun.identities.values()]
            lacking = ~np.isin(noun.places, np.concatenate(known)) if known else np.ones(len(noun.places), dtype=bool)
            for column in named:
                lacking &= np.asarray(column.is_null().to_numpy(zero_copy_only=False))[noun.places]
            self._lacking(noun.places[lacking].tolist(), "")
        if extract.declared:
            blank = taken.copy()
            for column in noun.columns.values():
                blank &= np.asarray(column.is_null().to_numpy(zero_copy_only=False))
            self._lacking(np.flatnonzero(blank).tolist(), "")
        for name, found in fields.items():
            if found.target.required and name in noun.columns:
                title = self._table.table.names[found.places[0]] if found.places else name
                empty = np.asarray(noun.columns[name].is_null().to_numpy(zero_copy_only=False)) & taken
                self._lacking(np.flatnonzero(empty).tolist(), title)

    def _lacking(self, places: list[int], column: str) -> None:
        for place in places:
            if int(place) not in self._bad:
                self._problem(int(place), column, "", Misfit("required"), refuse=True)

    def _link(self, through: Through) -> tuple[pa.StringArray, pa.StringArray] | None:
        """Keys and values of a lookup, for the rows that have both."""
        names = self._table.table.names
        keys, values = Source(column=(through.key,)).found_in(names), Source(column=(through.value,)).found_in(names)
        if not keys or not values:
            return None
        key, value = trimmed(self._block.columns[keys[0]]), trimmed(self._block.columns[values[0]])
        both = pc.and_(pc.not_equal(key, ""), pc.not_equal(value, ""))
        return key.filter(both), value.filter(both)

    def _leave_out(self, nouns: list[TypedNoun]) -> None:
        """Take the bad rows out of every noun, and out of the block."""
        bad = np.array(sorted(self._bad), dtype=np.int64)
        shift = np.cumsum(np.isin(np.arange(self._block.size), bad), dtype=np.int64)
        for noun in nouns:
            keep = ~np.isin(noun.places, bad)
            mask = pa.array(keep)
            noun.columns = {name: column.filter(mask) for name, column in noun.columns.items()}
            kept = noun.places[keep]
            noun.places = kept - shift[kept]
            for name, found in noun.identities.items():
                noun.identities[name] = found.at(found.rows - shift[found.rows], ~np.isin(found.rows, bad))
        drop(self._block, self._bad)
