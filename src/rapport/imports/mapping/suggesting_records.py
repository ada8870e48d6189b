"""Suggesting a mapping for files of one custom object: its own fields and links by name, then what every record has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rapport.imports.mapping.custom import LINKS, PREFIX
from rapport.imports.mapping.records import Declared
from rapport.imports.mapping.suggesting import EXACT, PART, Guess, Suggestion, first_cells, rate_of, role_of
from rapport.imports.mapping.targets import Noun, Target
from rapport.imports.profiles.schema import Extract, FileShape, Profile, Source
from rapport.imports.reading import Table


def suggest_records(tables: Sequence[Table], noun: Noun, known: Declared, own: Mapping[str, Target]) -> Suggestion:
    """A mapping of these files to records of the custom object `noun`; `own` are its custom fields by key."""
    targets = {
        **{f"{PREFIX}{key}": target for key, target in own.items()},
        **{f"{LINKS}{key}": target for key, target in known.links.items()},
        **known.fields,
    }
    files, extracts, guesses = {}, [], []
    for number, table in enumerate(tables):
        role = role_of(table, number)
        files[role] = FileShape(columns=tuple(table.names), kind="vcard" if table.form.kind == "vcard" else "")
        found = _guessed(role, noun, table, targets)
        guesses += found
        extracts.append(_extract(role, noun, found))
    profile = Profile(schema=1, name="suggested", label="Suggested mapping", files=files, nouns=tuple(extracts))
    return Suggestion(profile, tuple(guesses))


def _guessed(role: str, noun: Noun, table: Table, targets: Mapping[str, Target]) -> list[Guess]:
    """The best column for each field, each column once; the firm's own fields are taken by their very names alone."""
    cells = first_cells(table)
    rated: list[tuple[float, int, str, str]] = []
    for place, (field, target) in enumerate(targets.items()):
        least = (PART + EXACT) / 2 if "." in field else PART - 0.1
        for name in table.names:
            sure = rate_of(target, name, cells.get(name, []))
            if sure >= least:
                rated.append((sure, -place, field, name))
    found: dict[str, Guess] = {}
    used: set[str] = set()
    for sure, _place, field, name in sorted(rated, reverse=True):
        if field not in found and name not in used:
            found[field] = Guess(role, noun, field, name, round(sure, 2))
            used.add(name)
    return list(found.values())


def _extract(role: str, noun: Noun, found: Sequence[Guess]) -> Extract:
    parts: dict[str, dict[str, Source]] = {"": {}, PREFIX: {}, LINKS: {}}
    for guess in found:
        prefix = next((one for one in (PREFIX, LINKS) if guess.field.startswith(one)), "")
        parts[prefix][guess.field.removeprefix(prefix)] = Source(column=(guess.column,))
    return Extract(noun=noun, file=role, fields=parts[""], custom=parts[PREFIX], links=parts[LINKS])
