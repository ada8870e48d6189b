"""A block of cells that somebody typed or pasted: each is changed by its column's verb, and refused by itself.

The block is one transaction, each cell a savepoint of it: what is refused is told with its reason and stays as it was,
everything else is saved. A cell that is not any more as whoever typed saw it is not written over: they are told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import BaseModel

from rapport.kernel.ids import new_id
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Forbidden, OutOfReach
from rapport.staff.listing.cell_texts import CellText
from rapport.staff.listing.grids import Grid
from rapport.staff.listing.nouns import Add, Edit, Rows

CELLS, NEW = 1_000, 200  # in one request; the grid sends more in several
ADDED = "+"
SAVED, UNKNOWN, CHANGED, REFUSED = 200, 404, 409, 422


class Change(BaseModel):
    """A cell, what was typed, and what stood there; without that it is written over whatever it was."""

    row: UUID
    column: str
    text: str
    was: str | None = None


class Fresh(BaseModel):
    """A new row: its cells by the keys of their columns. By its `key` it is added once however often it is sent."""

    key: UUID
    cells: dict[str, str]


class Block(BaseModel):
    """What is sent at once."""

    cells: list[Change] = []
    new: list[Fresh] = []


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a cell: `status` as HTTP has it, the reason in words, and what stands there now."""

    row: str
    column: str
    status: int
    reason: str = ""
    now: str = ""


@dataclass
class Outcome:
    """What became of a block: of each cell, the rows that were changed or added, and what undoes all of it."""

    told: list[Told] = field(default_factory=list)
    changed: list[UUID] = field(default_factory=list)
    added: dict[UUID, UUID] = field(default_factory=dict)
    causes: dict[UUID, str] = field(default_factory=dict)

    def plain(self, grid: Grid) -> dict[str, Any]:
        """Return it as JSON holds it."""
        happened = EventRecord.objects.filter(cause_id__in=self.causes).values_list("cause_id", flat=True)
        there = {one for one in happened if one}
        return {
            "told": [asdict(one) for one in self.told],
            "rows": grid.rows(list(dict.fromkeys([*self.changed, *self.added.values()]))),
            "added": {key.hex: str(pk) for key, pk in self.added.items()},
            "undo": [[column, str(cause)] for cause, column in self.causes.items() if cause in there],
        }


class Changer:
    """Changes cells of a grid for its reader."""

    def __init__(self, grid: Grid) -> None:
        self.grid, self.actor = grid, grid.look.actor
        self.outcome = Outcome()
        self._causes: dict[str, UUID] = {}

    def run(self, block: Block) -> Outcome:
        """Change what may be changed and return what became of all. Raises `Forbidden` for a column's right."""
        keys = {one.column for one in block.cells} | {key for one in block.new for key in one.cells}
        self.require(keys)
        with transaction.atomic():
            rows = self._locked({one.row for one in block.cells})
            for change in sorted(block.cells, key=lambda one: one.row):
                self._cell(rows.get(change.row), change)
            for fresh in block.new:
                self._add(fresh)
        return self.outcome

    def require(self, keys: Iterable[str]) -> None:
        """Raise `Forbidden` when the reader lacks the right to change one of these columns."""
        for column in self.grid.listing.columns_for(self.actor, set(keys)):
            if column.key in keys and column.edit is not None:
                self.actor.require(column.edit.right)

    def _locked(self, ids: set[UUID]) -> dict[UUID, Any]:
        """Return the rows within reach, locked until the end: nobody changes a cell between the look and the change."""
        rows: Rows = self.grid.listing.rows(self.actor)
        held = rows.model._base_manager.filter(pk__in=ids).order_by("pk").select_for_update()
        list(held.values_list("pk", flat=True))
        return {row.pk: row for row in rows.filter(pk__in=ids)}

    def _cell(self, row: Any, change: Change) -> None:
        """Change a cell and note what became of it."""
        text = self._text(change.column)
        if row is None:
            self._tell(change, UNKNOWN, _("This row is not here any more."))
        elif text is None:
            self._tell(change, REFUSED, _("This column is not changed here."))
        elif change.was is not None and text.of(row) != change.was and not _same(text, row, change.text):
            now = text.of(row) or _("empty")
            self._tell(change, CHANGED, _("Meanwhile somebody changed this to: %(now)s") % {"now": now}, text.of(row))
        elif reason := self._put(row, text, change.text, self._cause(change.column)):
            self._tell(change, REFUSED, reason, text.of(row))
        else:
            self._tell(change, SAVED)
            self.outcome.changed.append(row.pk)

    def _put(self, row: Any, text: CellText, typed: str, cause: UUID) -> str:
        """Change a cell by its verb; return why it was refused, "" when it was not."""
        try:
            value = text.read(typed)
            with transaction.atomic():
                text.edit.change(row, self.actor.because_of(cause), value)
        except known(text.edit) as refusal:
            return reason_of(refusal)
        return ""

    def _add(self, fresh: Fresh) -> None:
        """Add a row by the verb, then fill its cells; one that is refused is told, the row stays."""
        adds, main = self.grid.listing.adds, next(one.key for one in self.grid.listing.columns if one.kind == "main")
        if adds is None:
            raise Forbidden(self.grid.listing.right)
        self.actor.require(adds.right)
        name = fresh.cells.get(main, "").strip()
        if not name:
            self.outcome.told.append(Told(fresh.key.hex, main, REFUSED, _("A new row needs a name first.")))
            return
        try:
            with transaction.atomic():
                row = self._made(adds, fresh.key) or adds.make(name, self.actor.because_of(fresh.key))
        except known(adds) as refusal:
            self.outcome.told.append(Told(fresh.key.hex, main, REFUSED, reason_of(refusal)))
            return
        self.outcome.added[fresh.key] = row.pk
        self.outcome.causes[fresh.key] = ADDED
        along = new_id()  # what is undone with the row is not undone by itself
        for key, typed in fresh.cells.items():
            text = self._text(key)
            if key == main or not typed.strip():
                continue
            reason = self._put(row, text, typed, along) if text else _("This column is not changed here.")
            if reason:
                self.outcome.told.append(Told(str(row.pk), key, REFUSED, reason))

    def _made(self, adds: Add, key: UUID) -> Any:
        """Return the row that was added before under this key, when it was sent but the answer did not arrive."""
        events = EventRecord.objects.filter(cause_id=key, actor_id=self.actor.id, type=adds.event)
        there = list(events.values_list("subject_id", flat=True))
        return self.grid.listing.rows(self.actor).filter(pk__in=there).first() if there else None

    def _text(self, key: str) -> CellText | None:
        return self.grid.texts.get(key)

    def _cause(self, column: str) -> UUID:
        """Return the cause that the events of a column's changes name, by which they are undone."""
        if column not in self._causes:
            cause = self._causes[column] = new_id()
            self.outcome.causes[cause] = column
        return self._causes[column]

    def _tell(self, change: Change, status: int, reason: str = "", now: str = "") -> None:
        self.outcome.told.append(Told(str(change.row), change.column, status, reason, now))


def _same(text: CellText, row: Any, typed: str) -> bool:
    """Return whether a cell holds already what was typed, so that there is nothing to write over."""
    return typed.strip() == text.of(row)


def known(way: Edit | Add) -> tuple[type[Exception], ...]:
    """Return the errors by which a change is refused."""
    return (ValidationError, ObjectDoesNotExist, Forbidden, OutOfReach, *way.refusals)


def reason_of(refusal: Exception) -> str:
    """Return in words why something was refused."""
    if isinstance(refusal, ObjectDoesNotExist):
        return _("This row is not here any more.")
    if isinstance(refusal, Forbidden | OutOfReach):
        return _("You may not change this one.")
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)


def undo(grid: Grid, steps: Sequence[tuple[str, UUID]]) -> list[str]:
    """Take back what the reader did under these causes, the newest first; return why some of it was refused."""
    refused = []
    for column, cause in reversed(steps):
        way = _way_back(grid, column)
        if way is None:
            continue
        grid.look.actor.require(way.right)
        events = EventRecord.objects.filter(cause_id=cause, actor_id=grid.look.actor.id).order_by("-id")
        for event in events.filter(type=way.event) if isinstance(way, Add) else events:
            try:
                with transaction.atomic():
                    way.undo(event, grid.look.actor)
            except known(way) as refusal:
                refused.append(reason_of(refusal))
    return list(dict.fromkeys(refused))


def _way_back(grid: Grid, column: str) -> Edit | Add | None:
    if column == ADDED:
        return grid.listing.adds
    found = next((one for one in grid.listing.columns_for(grid.look.actor, [column]) if one.key == column), None)
    return found.edit if found else None
