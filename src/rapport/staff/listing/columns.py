"""Choosing columns: dragged into order where scripts run, numbered where they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import QueryDict

from rapport.customers.permissions import FIELDS
from rapport.kernel.conditions import root_named
from rapport.staff.listing.asked import Asked
from rapport.staff.listing.nouns import Column
from rapport.ui.navigation import at


@dataclass(frozen=True, slots=True)
class Choice:
    """A column in the chooser: its place counts from 1."""

    column: Column
    chosen: bool
    place: int


def choices(asked: Asked) -> list[Choice]:
    """Return the columns that are shown, in their order, then the others that may be."""
    chosen = list(asked.columns)
    others = [one for one in asked.listing.columns_for(asked.look.actor) if one not in chosen]
    return [Choice(one, one in chosen, place) for place, one in enumerate([*chosen, *others], 1)]


def chosen(asked: Asked, query: QueryDict) -> str:
    """Return the keys of the columns that were chosen, in their order, for the address of the list.

    They come in the order in which they stand on the page. Numbers that were changed say otherwise.
    """
    given = {choice.column.key: choice.place for choice in choices(asked)}
    keys = [key for key in query.getlist("show") if key in given]
    places = {key: _number(query.get(f"place-{key}", ""), given[key]) for key in keys}
    if any(places[key] != given[key] for key in keys):
        keys.sort(key=lambda key: (places[key], places[key] == given[key]))
    return ",".join(_with_main(asked, keys))


def add_field(asked: Asked) -> str:
    """Return where a field is added to what the list shows; "" where the reader may not or there can be none."""
    root = asked.listing.root
    if not asked.look.actor.may(FIELDS) or not root_named(root).custom:
        return ""
    return f"{at('staff:custom_field_add')}?{urlencode({'noun': root})}"


def _with_main(asked: Asked, keys: Sequence[str]) -> list[str]:
    """Return `keys` with the column that names the row, which is always there, and first when it was left out."""
    main = next(one.key for one in asked.listing.columns if one.kind == "main")
    return list(keys) if main in keys else [main, *keys]


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isdigit() else otherwise
