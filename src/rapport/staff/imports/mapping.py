"""The mapping of an import as a form: for each thing in the files, which column each of its fields comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from rapport.imports.mapping.custom import LINKS, PREFIX
from rapport.imports.mapping.targets import targets_of
from rapport.imports.models import ImportRun
from rapport.imports.profiles import Extract, Profile, Source, parse
from rapport.imports.profiles.writing import as_toml
from rapport.imports.services.runs import row_paths
from rapport.imports.sets import FileSet, open_set
from rapport.kernel.actors import Actor
from rapport.kernel.conditions.registry import DECLARED
from rapport.objects.models import ObjectType

KEEP = "="
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a file with its first filled cells."""

    name: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a noun: its choice, and samples of the column that is chosen."""

    field: forms.BoundField
    samples: str
    required: bool


@dataclass(frozen=True, slots=True)
class Block:
    """One noun out of one file."""

    title: str
    file: str
    lines: list[Line]
    more: list[Line]


class MappingForm(forms.Form):
    """One choice for each field of each noun in the files: no column, one of the file's, or what the mapping says."""

    def __init__(self, run: ImportRun, by: Actor, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.file_set: FileSet = open_set(row_paths(run), run.mapping, run.settings, by)
        self.profile: Profile = self.file_set.found.profile
        self.columns = {match.role: columns(match.table) for match in self.file_set.found.matches}
        self.blocks_of: list[tuple[Extract, list[str]]] = []
        for number, extract in enumerate(self.profile.nouns):
            if extract.file in self.columns:
                names = self._add(number, extract)
                self.blocks_of.append((extract, names))

    def _add(self, number: int, extract: Extract) -> list[str]:
        names = []
        known = self.columns[extract.file]
        for key, label, source in self._all_fields(extract):
            name = f"{number}.{key}"
            chosen = _chosen(source, [column.name for column in known])
            options = [("", _("not imported"))]
            if source is not None and chosen == KEEP:
                options.append((KEEP, described(source)))
            options += [(column.name, column.name) for column in known]
            self.fields[name] = forms.ChoiceField(label=label, choices=options, required=False, initial=chosen)
            names.append(name)
        return names

    def blocks(self) -> list[Block]:
        """Return what there is to choose, the fields that are mapped first."""
        found = []
        for extract, names in self.blocks_of:
            samples = {column.name: " · ".join(column.samples) for column in self.columns[extract.file]}
            lines = [self._line(name, extract, samples) for name in names]
            mapped = [line for line in lines if line.required or line.field.value()]
            more = [line for line in lines if line not in mapped]
            title = noun_label(extract.noun)
            found.append(Block(title, self._file_name(extract.file), mapped, more))
        return found

    def _line(self, name: str, extract: Extract, samples: Mapping[str, str]) -> Line:
        target = targets_of(extract.noun).get(name.partition(".")[2])
        return Line(self[name], samples.get(self[name].value() or "", ""), bool(target and target.required))

    def _file_name(self, role: str) -> str:
        return next(match.table.path.name for match in self.file_set.found.matches if match.role == role)

    def clean(self) -> dict[str, Any]:
        """Refuse a mapping that leaves out what a thing cannot be without."""
        for extract, names in self.blocks_of:
            for name in names:
                target = targets_of(extract.noun).get(name.partition(".")[2])
                if target and target.required and not self.cleaned_data.get(name):
                    self.add_error(name, _("This is needed."))
        return self.cleaned_data

    def toml(self) -> str:
        """Return the mapping that was chosen."""
        changed = {
            number: self._changed(number, extract)
            for number, extract in enumerate(self.profile.nouns)
            if extract.file in self.columns
        }
        nouns = tuple(changed.get(number, extract) for number, extract in enumerate(self.profile.nouns))
        return as_toml(self.profile.model_copy(update={"nouns": nouns}))

    def _changed(self, number: int, extract: Extract) -> Extract:
        parts = {"": dict(extract.fields), PREFIX: dict(extract.custom), LINKS: dict(extract.links)}
        for key, _label, source in self._all_fields(extract):
            chosen = self.cleaned_data.get(f"{number}.{key}", "")
            prefix = next((one for one in (PREFIX, LINKS) if key.startswith(one)), "")
            place, name = parts[prefix], key.removeprefix(prefix)
            if not chosen:
                place.pop(name, None)
            elif chosen != KEEP and chosen != _only(source):
                place[name] = (source or Source()).model_copy(update={"column": (chosen,), "columns": ()})
        return extract.model_copy(update={"fields": parts[""], "custom": parts[PREFIX], "links": parts[LINKS]})

    def _all_fields(self, extract: Extract) -> list[tuple[str, str, Source | None]]:
        """Return key, label and present source of every field, the firm's own ones and the links after."""
        known = self.file_set.declared.get(extract.noun)
        fixed = known.fields if known else targets_of(extract.noun)
        own = self.file_set.custom.get(extract.noun, {}).values()
        links = known.links.values() if known else ()
        now = extract.sources()
        return [
            *((name, target.label if known and name == "name" else _(target.label), now.get(name))
              for name, target in fixed.items()),
            *((target.name, target.label, now.get(target.name)) for target in (*own, *links)),
        ]  # fmt: skip


def columns(table: Any) -> list[Column]:
    """Return the columns of an opened file with their first filled cells."""
    blocks = table.sample(50)
    found = []
    for place, name in enumerate(table.names):
        cells = [cell for block in blocks for cell in block.columns[place].slice(0, 50).to_pylist() if cell.strip()]
        found.append(Column(name, tuple(cell[:40] for cell in dict.fromkeys(cells))[:SAMPLES]))
    return found


def described(source: Source) -> str:
    """Return in words where the value of a field comes from, when that is more than one column."""
    if source.constant is not None:
        return _("always “%(value)s”") % {"value": source.constant}
    if source.through is not None:
        return _("looked up in %(file)s") % {"file": source.through.file}
    return ", ".join(source.columns or source.column)


def noun_label(noun: str) -> str:
    """Return the plural of what an import makes, in words."""
    if noun.startswith(DECLARED):
        return next((row.plural for row in ObjectType.known().values() if row.noun == noun), noun)
    return {
        "customer": _("Customers"),
        "product": _("Products"),
        "order": _("Orders"),
        "line": _("Lines of orders"),
        "payment": _("Payments"),
        "delivery": _("Deliveries"),
        "promise": _("Promises"),
        "review": _("Reviews"),
        "transaction": _("Transactions"),
    }.get(noun, noun.capitalize())


def checked(text: str) -> str:
    """Return a mapping that somebody wrote, as it will be kept. Raises `BadProfile`."""
    return as_toml(parse(text))


def _chosen(source: Source | None, header: Sequence[str]) -> str:
    """Return the column that a source is, KEEP when it is more than that, "" without one."""
    if source is None:
        return ""
    if source.columns or source.constant is not None or source.through is not None:
        return KEEP
    places = source.found_in(tuple(header))
    return header[places[0]] if places else KEEP


def _only(source: Source | None) -> str:
    return source.column[0] if source is not None and len(source.column) == 1 else ""
