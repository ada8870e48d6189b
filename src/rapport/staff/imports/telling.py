"""What an import says: its counts, its problems and its notes, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rapport.imports.messages import message
from rapport.imports.models import ImportProblem, ImportRun
from rapport.kernel.actors import Actor
from rapport.objects.queries import types_for
from rapport.staff.imports.mapping import noun_label
from rapport.ui import formats

SHOWN = 100
COUNTS = ("read", "created", "updated", "unchanged", "failed")
TONES = {
    "loaded": "good", "checked": "accent", "failed": "bad", "cancelled": "warn", "undone": "neutral",
}  # fmt: skip
ACTIVE = ("checking", "loading", "undoing")


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a noun were read and what became of them."""

    noun: str
    label: str
    read: int
    created: int
    updated: int
    unchanged: int
    failed: int


@dataclass(frozen=True, slots=True)
class Said:
    """A problem: which file, row and column, the value, and what is wrong with it."""

    file: str
    row: int
    column: str
    value: str
    text: str
    error: bool


def counts(run: ImportRun) -> list[Count]:
    """Return what became of the rows, noun by noun."""
    return [
        Count(noun, noun_label(noun), *(int(found.get(name, 0)) for name in COUNTS))
        for noun, found in run.counts.items()
        if any(found.values())
    ]


def lists(run: ImportRun, actor: Actor) -> list[tuple[str, str, str]]:
    """Return label, address and icon of the lists in which what an import brought can be seen."""
    brought = {one.noun for one in counts(run)}
    own = [kind for kind in types_for(actor) if kind.noun in brought]
    found = [(kind.plural, reverse("staff:objects", args=[kind.key]), kind.icon) for kind in own]
    if not own or "customer" in brought:
        found.append((_("See the customers"), reverse("staff:customers"), "users"))
    return found


def problems(run: ImportRun, *, only_errors: bool = False) -> list[Said]:
    """Return the first problems of a run, errors before warnings."""
    rows = ImportProblem.objects.filter(run=run).order_by("severity", "file", "row", "id")
    rows = rows.filter(severity="error") if only_errors else rows
    return [_said(row, run) for row in rows[:SHOWN]]


def by_column(run: ImportRun) -> list[tuple[str, str, int]]:
    """Return file, column and number of errors, the column with most errors first."""
    found: dict[tuple[int, str], int] = {}
    for file, column in run.problems.filter(severity="error").values_list("file", "column"):
        found[file, column] = found.get((file, column), 0) + 1
    ordered = sorted(found.items(), key=lambda pair: -pair[1])
    return [(file_name(run, file), column or _("the row"), number) for (file, column), number in ordered[:12]]


def notes(run: ImportRun) -> list[str]:
    """Return what is missing, was not understood or is odd, as sentences."""
    return [sentence for sentence in (_note(note) for note in run.notes) if sentence]


def undo_says(run: ImportRun) -> str:
    """Return what undoing would take away or change, with how many."""
    parts = []
    for one in counts(run):
        if one.created:
            parts.append(
                _("%(n)s %(things)s go") % {"n": formats.number(one.created), "things": formats.inside(one.label)}
            )
        if one.updated:
            parts.append(
                _("%(n)s %(things)s are as before")
                % {"n": formats.number(one.updated), "things": formats.inside(one.label)}
            )
    return ", ".join(parts)


def headline(run: ImportRun) -> str:
    """Return in one line what a run did or would do, "" before it was checked."""
    if not run.counts:
        return ""
    made = sum(one.created for one in counts(run))
    changed = sum(one.updated for one in counts(run))
    parts = [
        ngettext("%(n)s added", "%(n)s added", made) % {"n": formats.number(made)},
        ngettext("%(n)s changed", "%(n)s changed", changed) % {"n": formats.number(changed)},
    ]
    if run.errors:
        parts.append(ngettext("%(n)s error", "%(n)s errors", run.errors) % {"n": formats.number(run.errors)})
    return ", ".join(parts)


def file_name(run: ImportRun, place: int) -> str:
    """Return the name of a file of a run by its number."""
    return str(run.files[place]["name"]) if place < len(run.files) else ""


def has_errors_in(run: ImportRun) -> list[tuple[int, str]]:
    """Return number and name of the files in which rows were refused."""
    found: Iterable[int] = (
        run.problems.filter(severity="error").order_by("file").values_list("file", flat=True).distinct()
    )
    return [(file, file_name(run, file)) for file in found]


def _said(row: ImportProblem, run: ImportRun) -> Said:
    text = message(row.code, row.params, row.value)
    return Said(file_name(run, row.file), row.row, row.column, row.value, text, row.severity == "error")


def _note(note: dict[str, str]) -> str:
    code, file, detail = note.get("code", ""), note.get("file", ""), note.get("detail", "")
    if code == "no-part":
        return _("%(file)s has no place in this mapping and is left out.") % {"file": file}
    if code == "missing-part":
        return _("The file “%(file)s” of this mapping is missing; what can be loaded without it is.") % {"file": file}
    if code == "kept":
        said = _("%(n)s rows stayed as they are because they were changed since.") % {"n": detail}
        return f"{said} {note['names']}" if note.get("names") else said
    said = message(code, note, note.get("value", ""))
    return f"{file}: {said}" if file else said
