"""Which profile fits a set of files, by the headers of the files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapport.imports.profiles.schema import FileShape, Profile, header_key
from rapport.imports.profiles.shipped import load, names
from rapport.imports.reading import FileError, Table, open_table, sniff


@dataclass(frozen=True)
class Match:
    """One file of the set, opened: `role` is its name in the profile."""

    role: str
    table: Table


@dataclass(frozen=True)
class Recognised:
    """A profile with the files that it takes, in the order given, and what else was found.

    `unknown` are files that the profile has no place for, `broken` those that cannot be read, with why.
    `missing` are files of the profile that were not given.
    """

    profile: Profile
    matches: tuple[Match, ...]
    unknown: tuple[Path, ...]
    broken: tuple[tuple[Path, FileError], ...]

    @property
    def missing(self) -> tuple[str, ...]:
        given = {match.role for match in self.matches}
        return tuple(role for role in self.profile.files if role not in given)


def recognise(
    paths: Sequence[Path],
    profile: Profile | None = None,
    said: Mapping[str, Any] | None = None,
    more: Sequence[Profile] = (),
) -> Recognised | None:
    """The profile that takes most of these files, the most particular one first; None when none takes any.

    Pass `profile` when it is known; then only the files are matched. `said` are settings of Format that a
    person has said for all files. `more` are profiles beside the shipped ones, of which they win over equals.
    """
    opened: list[tuple[Path, Table | FileError]] = [(path, _opened(path, said or {})) for path in paths]
    candidates = [profile] if profile else [*more, *(load(name) for name in names())]
    best: Recognised | None = None
    for candidate in candidates:
        found = _matched(candidate, opened)
        if found.matches and (best is None or _rank(found) > _rank(best)):
            best = found
    if best is None and profile is not None:
        return _matched(profile, opened)
    return best


def _opened(path: Path, said: Mapping[str, Any]) -> Table | FileError:
    try:
        return open_table(path, sniff(path, **said))
    except FileError as broken:
        return broken


def _rank(found: Recognised) -> tuple[int, int]:
    known = sum(len(found.profile.files[match.role].columns) + 1 for match in found.matches)
    return len(found.matches), known


def _matched(profile: Profile, opened: Sequence[tuple[Path, Table | FileError]]) -> Recognised:
    matches: list[Match] = []
    unknown: list[Path] = []
    broken: list[tuple[Path, FileError]] = []
    for path, table in opened:
        if isinstance(table, FileError):
            broken.append((path, table))
            continue
        roles = [role for role, shape in profile.files.items() if fits(shape, table)]
        if roles:
            role = max(roles, key=lambda name: len(profile.files[name].columns))
            matches.append(Match(role, _as_said(profile.files[role], table)))
        else:
            unknown.append(path)
    return Recognised(profile, tuple(matches), tuple(unknown), tuple(broken))


def fits(shape: FileShape, table: Table) -> bool:
    """Whether a file has the columns by which it is known."""
    if shape.kind and shape.kind != table.form.kind:
        return False
    if not shape.kind and table.form.kind == "vcard":
        return False
    if shape.width and shape.width != len(table.names):
        return False
    if shape.header_row == 0 and table.form.header_row != 0:
        return False
    header = {header_key(name) for name in table.names}
    wanted = {header_key(name) for name in shape.columns}
    return wanted <= header and not header & {header_key(name) for name in shape.without}


def _as_said(shape: FileShape, table: Table) -> Table:
    said = {"decimal": shape.decimal, "date_order": shape.date_order}
    form = table.form.but(**{name: value for name, value in said.items() if value and not getattr(table.form, name)})
    return Table(table.path, form, table.names, table.notes)
