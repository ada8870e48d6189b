"""How a noun is listed: its columns, orders, verbs and words. One `Listing` for each noun."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.db.models.expressions import Combinable

from rapport.kernel.actors import Actor, Reach
from rapport.kernel.models import EventRecord
from rapport.kernel.permissions import Right
from rapport.staff.calling import Dialler
from rapport.ui.navigation import Text, at

OWN = "custom_"
Plain = str | int | float | Decimal | date | datetime | None
Rows = QuerySet[Any]


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at a list, and what the cells need to know: of the firm, and for forms where they stand (`here`)."""

    actor: Actor
    currency: str
    zone: str
    now: datetime
    csrf: str = ""
    here: str = ""
    dialler: Dialler = field(default_factory=Dialler)


@dataclass(frozen=True, slots=True)
class Sort:
    """An order whose pages are read off an index on (`path`, key).

    `path` leads to the column: on the noun itself, or on a table with one row for some of its rows ("totals__orders").
    `optional` says that rows may lack a value; they come last in both directions. `only` is the condition of the
    index, when it does not hold all rows. With an `expression` it is that which is sorted by, under the name `path`,
    without an index.
    """

    path: str
    optional: bool = False
    only: Q = field(default_factory=Q)
    expression: Combinable | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """How a cell is changed in place: `field` is its input, which begins with `value(row)` of the noun's model.

    `change(row, actor, value)` is the verb, `refusals` its named errors, `undo` takes back one event of it.
    `suggest(typed, actor)` offers values for what is being typed. `as_shown` says that the value is what the column's
    `plain` gives, which is read for many rows at once.
    """

    right: Right
    field: Callable[[], forms.Field]
    value: Callable[[Any], Any]
    change: Callable[[Any, Actor, Any], object]
    undo: Callable[[EventRecord, Actor], object]
    refusals: tuple[type[Exception], ...] = ()
    suggest: Callable[[str, Actor], Sequence[str]] | None = None
    as_shown: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A noun's rows as cards in columns, one for each of `groups()`: the value of `path` and what it is called.

    A card is moved as the cell of the column `edit` is changed. `value` gives the value of a group from its key in
    addresses, which is its text; "" is the group without one.
    """

    key: str
    label: Text
    path: str
    groups: Callable[[], Sequence[tuple[str, Any]]]
    edit: str
    condition: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `cell` gives what the page shows of a row, `plain` what an export holds.

    `kind` is "", num, muted or main; `total` adds the column up over few enough rows: the ORM path of what is summed,
    said by `sum_text`. Columns that are not `shown` wait in the chooser.
    """

    key: str
    label: Text
    cell: Callable[[Any, Look], object]
    plain: Callable[[Any, Look], Plain]
    kind: str = ""
    sort: Sort | None = None
    clip: bool = False
    shown: bool = True
    right: Right | None = None
    total: str = ""
    sum_text: Callable[[int, Look], str] | None = None
    definition: Text = ""
    edit: Edit | None = None


@dataclass(frozen=True, slots=True)
class BulkVerb:
    """A verb that works on many rows: `run(row, actor, values)` with the cleaned `values` of `form`.

    `refusals` are the named errors that leave a row as it was. `undo` takes back one event of the run; `done` says
    in words what was done to so many.
    """

    key: str
    label: Text
    icon: str
    right: Right
    run: Callable[[Any, Actor, Mapping[str, Any]], object]
    done: Callable[[int], str]
    form: Callable[[], type[forms.Form]] | None = None
    refusals: tuple[type[Exception], ...] = ()
    undo: Callable[[EventRecord, Actor], object] | None = None
    danger: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """A view that every list begins with."""

    key: str
    label: Text
    condition: str = ""
    sort: str = ""
    right: Right | None = None


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list says: what it is for, and the first step with its address."""

    title: Text
    text: Text
    icon: str
    step: Text = ""
    url_name: str = ""
    right: Right | None = None
    args: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A button at the head of the list; `key` is its shortcut."""

    label: Text
    url_name: str
    icon: str
    right: Right | None = None
    kind: str = "plain"
    key: str = ""
    args: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where it leads."""
        return at(self.url_name, *self.args)


@dataclass(frozen=True, slots=True)
class Add:
    """How a row is added in a grid: `make(name, actor)` is the verb, from what is typed in the column of the name.

    `refusals` are its named errors; `undo` takes back the event of the type `event` that it published. `label` stands
    in the empty row.
    """

    right: Right
    label: Text
    make: Callable[[str, Actor], Any]
    event: str
    undo: Callable[[EventRecord, Actor], object]
    refusals: tuple[type[Exception], ...] = ()


@dataclass(frozen=True)
class Listing:
    """How a noun is listed.

    `rows` are those within reach; `load` brings the ones of a page, in order, with what the columns of these keys
    show, by a constant number of queries. `suggested` are the fields that the filter offers first; `above` is a
    template that stands above the tabs, `edit` the address where a row is changed ("" where one may not).
    `own_columns` gives those of the firm's custom fields, whose keys begin with `OWN`. `keeps` are buttons beside the
    filter that make something of it, which their addresses are told as `f`. `args` stand in its addresses; `adds` is
    how a grid adds a row.
    """

    name: str
    root: str
    title: Text
    url_name: str
    right: Right
    rows: Callable[[Actor], Rows]
    load: Callable[[Sequence[UUID], Look, Collection[str]], list[Any]]
    columns: tuple[Column, ...]
    sort: str
    counted: Callable[[int], str]
    href: Callable[[Any], str]
    label: Callable[[Any], str]
    search: Callable[[Rows, str], Rows]
    search_hint: Text
    empty: Empty
    presets: tuple[Preset, ...]
    verbs: tuple[BulkVerb, ...] = ()
    export: Right | None = None
    suggested: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    keeps: tuple[Action, ...] = ()
    above: str = ""
    edit: Callable[[Any, Look], str] | None = None
    faded: Callable[[Any, Look], bool] | None = None
    own_columns: Callable[[], Sequence[Column]] | None = None
    boards: tuple[Board, ...] = ()
    args: tuple[str, ...] = ()
    adds: Add | None = None

    def at(self, page: str = "", *args: str) -> str:
        """Return the address of the list, or of a page beside it: filter, columns, cell …"""
        return at(f"{self.url_name}_{page}" if page else self.url_name, *self.args, *args)

    def column(self, key: str) -> Column | None:
        """Return the column of this key, or None."""
        return next((one for one in self._columns([key]) if one.key == key), None)

    def columns_for(self, actor: Actor, keys: Iterable[str] | None = None) -> list[Column]:
        """Return the columns that `actor` may see; the firm's own ones only when `keys` name one, or without `keys`."""
        return [one for one in self._columns(keys) if one.right is None or actor.may(one.right)]

    def _columns(self, keys: Iterable[str] | None) -> list[Column]:
        """Return the columns; the firm's own ones cost a question, so only where they are asked for."""
        asked = keys is None or any(key.startswith(OWN) for key in keys)
        return [*self.columns, *(self.own_columns() if asked and self.own_columns is not None else ())]

    def board(self, key: str) -> Board | None:
        """Return the board of this key, or None."""
        return next((one for one in self.boards if one.key == key), None)

    def grid_for(self, actor: Actor) -> bool:
        """Return whether `actor` may change any column in place, so that a grid is of use."""
        return any(one.edit is not None and actor.may(one.edit.right) for one in self.columns_for(actor, ()))

    def adds_for(self, actor: Actor) -> Add | None:
        """Return how `actor` adds a row in a grid, None where they may not."""
        return self.adds if self.adds is not None and actor.may(self.adds.right) else None

    def verbs_for(self, actor: Actor) -> list[BulkVerb]:
        """Return the bulk verbs that `actor` may use."""
        return [one for one in self.verbs if actor.may(one.right)]

    def actions_for(self, actor: Actor) -> list[Action]:
        """Return the buttons that `actor` may use."""
        return [one for one in self.actions if one.right is None or actor.may(one.right)]

    def presets_for(self, actor: Actor) -> list[Preset]:
        """Return the views to begin with that `actor` may see."""
        return [one for one in self.presets if one.right is None or actor.may(one.right)]

    def whole_for(self, actor: Actor) -> bool:
        """Return whether `actor` reaches every row."""
        return actor.reach(self.right) is Reach.ALL

    def may_export(self, actor: Actor) -> bool:
        """Return whether `actor` may take rows out."""
        return self.export is not None and actor.may(self.export)


LISTINGS: dict[str, Listing] = {}
_declared: list[Callable[[str], Listing | None]] = []


def listed(listing: Listing) -> Listing:
    """Register `listing` under its name, so that jobs and saved views find it, and return it."""
    LISTINGS[listing.name] = listing
    return listing


def declare_with(source: Callable[[str], Listing | None]) -> None:
    """Ask `source` for the lists of what the firm declared."""
    _declared[:] = [source]


class UnknownListing(LookupError):
    """There is no list of this name, or not any more."""


def listing_named(name: str) -> Listing:
    """Return the list of this name. Raises `UnknownListing`."""
    found = LISTINGS.get(name) or next((made for source in _declared if (made := source(name)) is not None), None)
    if found is None:
        raise UnknownListing(name)
    return found
