"""The list as a grid: its columns and its rows as plain texts, given out in blocks as one scrolls.

A block begins after a row (its cursor) or so many rows further on, so that one may jump; to get there the keys between
are read, no more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from rapport.staff.listing.asked import Asked
from rapport.staff.listing.cell_texts import CellText
from rapport.staff.listing.counting import count, expected
from rapport.staff.listing.nouns import Column
from rapport.staff.listing.tables import totals
from rapport.staff.listing.walking import page
from rapport.ui import formats

BLOCK = 100
MOST = 100_000  # rows of a grid; who has more narrows the list

Cell = str | list[str | float]


class Grid:
    """A list that is asked for as a grid. What is made for one cell of a column is made for all of them."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.listing, self.look = asked.listing, asked.look

    @cached_property
    def texts(self) -> dict[str, CellText]:
        """How the columns that the reader may change are written and read, by their keys."""
        may = self.look.actor.may
        return {one.key: CellText(one.edit) for one in self.asked.columns if one.edit and may(one.edit.right)}

    def block(self, skip: int = 0) -> dict[str, Any]:
        """Return the rows from `skip` after the cursor of the address on, and the cursor of what follows.

        The first block also says how many rows there are, which are the columns, and whether one may add rows.
        """
        asked = self.asked
        rows, (after, _before) = asked.rows(), asked.cursors()
        filtered = asked.filtered or not self.listing.whole_for(self.look.actor)
        known = expected(rows, filtered=filtered)
        found = page(rows, asked.order, known, after=after, size=skip + BLOCK)
        block: dict[str, Any] = {
            "rows": self.rows(found.ids[skip:]),
            "after": found.after.text() if found.after else "",
        }
        if not found.after:
            block["end"] = found.last if found.ids else after.passed + 1 if after else 0
        if after or skip:
            return block
        total = count(rows, known)
        adds = self.listing.adds_for(self.look.actor)
        sums = totals(asked, total)
        return {
            **block,
            "total": total.number,
            "columns": [self.column(one, sums.get(one.key, "")) for one in asked.columns],
            "adds": str(adds.label) if adds else "",
        }

    def column(self, column: Column, total: str = "") -> dict[str, Any]:
        """Return what a grid knows of a column."""
        text, asked = self.texts.get(column.key), self.asked
        suggests = column.edit.suggest if column.edit and text else None
        falling = asked.sort == f"-{column.key}"
        sorted_by = asked.sort.removeprefix("-") == column.key
        turned = f"-{column.key}" if sorted_by and not falling else column.key
        return {
            "key": column.key,
            "label": str(column.label),
            "kind": "num" if column.kind == "num" or (text and text.number) else column.kind,
            "edit": text is not None,
            "options": text.options if text else [],
            "suggest": self.listing.at("cell_suggest", column.key) if suggests else "",
            "sort": asked.url(sort=turned) if column.sort else "",
            "order": ("descending" if falling else "ascending") if sorted_by else "",
            "total": total,
        }

    def rows(self, ids: Sequence[UUID]) -> list[dict[str, Any]]:
        """Return rows in the order of their ids, by a constant number of queries; those that are gone are left out."""
        loaded = self.listing.load(ids, self.look, [one.key for one in self.asked.columns])
        model = self.listing.rows(self.look.actor).model
        whole = model._base_manager.in_bulk(ids) if self.texts else {}
        return [
            {
                "id": str(row.pk),
                "href": self.listing.href(row),
                "cells": [self.cell(one, row, whole.get(row.pk)) for one in self.asked.columns],
            }
            for row in loaded
        ]

    def cell(self, column: Column, row: Any, whole: Any) -> Cell:
        """Return a cell as text, with its number where it has one: to be added up."""
        text = self.texts.get(column.key)
        value = column.plain(row, self.look)
        if text is None or whole is None:
            shown = _said(column.cell(row, self.look), value)
        else:
            shown = str(value or "") if text.edit.as_shown else text.of(whole)
        counts = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
        if counts or (value and text is not None and text.number):
            return [shown, float(value)]  # type: ignore[arg-type]
        return shown


def _said(shown: object, value: object) -> str:
    """Return what a cell says, as text: a number exactly, `shown` where that is words, else the `value` behind."""
    if isinstance(value, Decimal):
        return formats.number(value, max(0, -int(value.as_tuple().exponent)))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return formats.number(value)
    if isinstance(shown, str) and not isinstance(shown, SafeString) and shown not in {"—", "–"} and value:
        return shown
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value or "")
