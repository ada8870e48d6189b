"""The list as a board: its rows as cards in columns, each with its count; a card is moved by the verb of its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from rapport.staff.listing.asked import Asked
from rapport.staff.listing.counting import Count, count, expected
from rapport.staff.listing.nouns import Board, Rows
from rapport.staff.listing.tables import said
from rapport.staff.listing.walking import page
from rapport.ui.components import table
from rapport.ui.components.leaves import EMPTY

LANE = 20
FACTS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """A row: its name, where it leads, the address that moves it, and the first columns that say something of it.

    A fact is its label, what it says, and whether it is a bare number, which nobody understands without its label.
    """

    id: UUID
    label: str
    href: str
    move: str
    facts: list[tuple[str, SafeString, bool]]


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the board: how many there are in words, the first cards, and the address of the others."""

    key: str
    label: str
    count: str
    cards: list[Card]
    more: str


def lanes(asked: Asked, board: Board) -> list[Lane]:
    """Return the columns of a board with the first cards of each, in the order of the list."""
    found = [(key, label, *_first(asked, board, key)) for key, label in board.groups()]
    ids = [one for _key, _label, some, _number in found for one in some]
    keys = [one.key for one in asked.columns]
    rows = {row.pk: row for row in asked.listing.load(ids, asked.look, keys)}
    return [
        Lane(
            key,
            str(label),
            said(number),
            [_card(asked, board, rows[one]) for one in some if one in rows],
            _more(asked, board, key) if number.number > len(some) else "",
        )
        for key, label, some, number in found
    ]


def _first(asked: Asked, board: Board, key: str) -> tuple[list[UUID], Count]:
    """Return the ids of the first rows of a column, and how many it has."""
    rows = in_lane(asked.rows(), board, key)
    known = expected(rows, filtered=True)
    first = page(rows, asked.order, known, size=LANE)
    return first.ids, Count(len(first.ids)) if first.whole else count(rows, known)


def in_lane(rows: Rows, board: Board, key: str) -> Rows:
    """Return the rows of a column."""
    return rows.filter(**{board.path: key} if key else {f"{board.path}__isnull": True})


def _more(asked: Asked, board: Board, key: str) -> str:
    condition = board.condition(key)
    return asked.url(board="", f=f"({asked.filter}) and {condition}" if asked.filter else condition)


def _card(asked: Asked, board: Board, row: Any) -> Card:
    listing, look = asked.listing, asked.look
    told = ((one, one.cell(row, look)) for one in asked.columns if one.kind != "main" and one.key != board.edit)
    facts = [
        (str(one.label), mark_safe(table.cell(cell)), one.kind == "num")  # which escapes what is plain
        for one, cell in told
        if says(cell)
    ]
    move = listing.at("move", board.key, str(row.pk))
    return Card(row.pk, listing.label(row), listing.href(row), move, facts[:FACTS])


def says(cell: object) -> bool:
    """Return whether a cell holds anything."""
    return cell is not None and cell not in {EMPTY, "", "–", "—"}


def offered(asked: Asked) -> Sequence[tuple[Board, str]]:
    """Return the boards of a list with their addresses, for those who may move its cards."""
    actor = asked.look.actor
    edits = {one.key: one.edit for one in asked.listing.columns_for(actor, [])}
    may = [one for one in asked.listing.boards if (edit := edits.get(one.edit)) and actor.may(edit.right)]
    return [(one, asked.url(board=one.key, grid="")) for one in may]
