"""A set of files under a profile: opened, matched with the profile's parts, and what is odd about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.imports import saved
from rapport.imports.mapping import custom, records
from rapport.imports.mapping.records import Declared
from rapport.imports.mapping.suggesting import suggest
from rapport.imports.mapping.suggesting_records import suggest_records
from rapport.imports.mapping.targets import NOUNS, Noun
from rapport.imports.profiles import BadProfile, Profile, Recognised, load, names, parse, recognise
from rapport.imports.reading import FileError, Table, open_table, sniff
from rapport.kernel.actors import Actor

GENERIC: dict[str, tuple[Noun, ...]] = {
    "generic_customers": ("customer",),
    "generic_orders": ("order", "line", "customer", "product", "payment"),
    "generic_transactions": ("transaction",),
}
_SAID = ("delimiter", "encoding", "decimal", "date_order", "sheet", "header_row")


@dataclass(frozen=True)
class FileSet:
    """The files of one import with the profile that reads them; `settings` are what a person said.

    `custom` are the firm's own fields as they are declared now, `declared` the custom objects that may be imported.
    """

    found: Recognised
    settings: Mapping[str, Any]
    custom: custom.Targets
    declared: Mapping[Noun, Declared]

    @property
    def useful(self) -> bool:
        """Whether there is a file with columns that the profile knows what to do with."""
        return bool(self.found.matches and self.found.profile.nouns)

    def as_list(self) -> list[dict[str, Any]]:
        """The files as a run keeps them."""
        roles = {match.table.path: match.role for match in self.found.matches}
        paths = [*roles, *self.found.unknown, *(path for path, _ in self.found.broken)]
        return [
            {
                "path": str(path.resolve()),
                "name": path.name,
                "size": path.stat().st_size if path.exists() else 0,
                "role": roles.get(path, ""),
                "columns": next((list(m.table.names) for m in self.found.matches if m.table.path == path), []),
            }
            for path in paths
        ]

    def broken(self) -> list[tuple[int, FileError]]:
        """The files that cannot be read at all, by their numbers in `as_list`, with why."""
        first = len(self.found.matches) + len(self.found.unknown)
        return [(first + number, broken) for number, (_, broken) in enumerate(self.found.broken)]

    def notes(self) -> list[dict[str, str]]:
        """What is missing, was not understood or is odd: code, file, and the detail and value that fill its message."""
        missing = self.found.missing if len(self.found.profile.files) > 1 else ()
        return [
            *(
                {"code": broken.code, "file": path.name, "detail": broken.detail, "line": str(broken.line)}
                for path, broken in self.found.broken
            ),
            *({"code": "no-part", "file": path.name, "detail": ""} for path in self.found.unknown),
            *({"code": "missing-part", "file": role, "detail": ""} for role in missing),
            *(
                {
                    "code": note.code,
                    "file": match.table.path.name,
                    "detail": str(note.params.get("detail", "")),
                    "value": note.value,
                }
                for match in self.found.matches
                for note in match.table.notes
            ),
        ]

    def why_nothing(self) -> str:
        """One line on why there is nothing to import."""
        if self.found.broken:
            path, broken = self.found.broken[0]
            return f"{path.name}: {broken.message}"
        matched = [match.table.path for match in self.found.matches]
        listed = ", ".join(path.name for path in (*matched, *self.found.unknown)) or "no file"
        return (
            f"No columns were recognised in {listed}. "
            "Give a mapping with --profile, or say how the file is written with --delimiter and --encoding."
        )


def open_set(paths: Sequence[Path], profile: str, settings: Mapping[str, Any], by: Actor) -> FileSet:
    """Open the files under a profile: named, given as TOML, recognised, or suggested from the headers.

    The noun of a custom object in the place of a name suggests one for its records. Custom objects whose records `by`
    may not change are not there. Raises BadProfile.
    """
    known = records.declared(by)
    own = custom.targets(known)
    said = {name: settings[name] for name in _SAID if settings.get(name) not in (None, "")}
    if profile.lstrip().startswith(("schema", "#")) and "\n" in profile:
        chosen: Profile | None = parse(profile)
    elif profile and profile not in GENERIC and profile not in known:
        chosen = saved.named(profile) or load(profile)
    else:
        chosen = None
    found = None
    if chosen or profile not in ("generic_customers", "generic_orders", *known):
        found = recognise(paths, chosen, said, [] if profile else _remembered(own, known))
    if found is None:
        found = _suggested(paths, said, _suggesting(profile, own, known))
    _refuse_unknown(found.profile, own, known)
    return FileSet(found, settings, own, known)


def _refuse_unknown(profile: Profile, own: custom.Targets, known: Mapping[Noun, Declared]) -> None:
    records.refuse_unknown(profile, known)
    custom.refuse_unknown(profile, own)


def _remembered(own: custom.Targets, known: Mapping[Noun, Declared]) -> list[Profile]:
    """The mappings that people named, but for those with fields that are there no more."""
    found = []
    for profile in saved.every():
        with suppress(BadProfile):
            _refuse_unknown(profile, own, known)
            found.append(profile)
    return found


def _suggesting(
    profile: str, own: custom.Targets, known: Mapping[Noun, Declared]
) -> Callable[[Sequence[Table]], Profile]:
    """How a mapping is suggested: for records of one custom object, or for what the files seem to be about."""
    if profile in known:
        return lambda tables: suggest_records(tables, profile, known[profile], own.get(profile, {})).profile
    return lambda tables: suggest(tables, GENERIC.get(profile, NOUNS), own).profile


def _suggested(
    paths: Sequence[Path], said: Mapping[str, Any], suggesting: Callable[[Sequence[Table]], Profile]
) -> Recognised:
    tables, broken = [], []
    for path in paths:
        try:
            tables.append(open_table(path, sniff(path, **said)))
        except FileError as refused:
            broken.append((path, refused))
    profile = suggesting(tables)
    found = recognise([table.path for table in tables], profile, said)
    if found is None:
        return Recognised(profile, (), tuple(table.path for table in tables), tuple(broken))
    return Recognised(found.profile, found.matches, found.unknown, (*found.broken, *broken))


def shipped_names() -> list[str]:
    """The names of the mappings that come with the program."""
    return sorted({*names(), *GENERIC})


def profile_names(by: Actor) -> list[str]:
    """The names that `--profile` takes: those of people, the shipped ones, then the nouns of custom objects."""
    return [*saved.names(), *shipped_names(), *records.declared(by)]
