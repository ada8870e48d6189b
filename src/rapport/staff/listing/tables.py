"""A page of a list as the design system's table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Sum
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rapport.staff.listing import nouns
from rapport.staff.listing.asked import Asked
from rapport.staff.listing.counting import Count
from rapport.ui import formats
from rapport.ui.components import blocks
from rapport.ui.components.leaves import plain
from rapport.ui.components.table import Column, Row, Table
from rapport.ui.navigation import at

SELECT = "ids"
FORM = "bulk"


def table(asked: Asked, rows: Sequence[Any], shown: Count, totals: dict[str, str]) -> Table:
    """Return the table of `rows`, of which `shown` are asked for in all; `totals` by the columns' keys."""
    listing, look, edit = asked.listing, asked.look, _("Edit")
    return Table(
        caption=str(listing.title),
        columns=[
            Column(
                one.key,
                str(one.label),
                one.kind,
                sortable=one.sort is not None,
                clip=one.clip,
                total=totals.get(one.key, "") or (_shown_of(len(rows), shown) if one.kind == "main" else ""),
                definition=str(one.definition),
                edited=one.edit is not None and one.kind != "main" and look.actor.may(one.edit.right),
            )
            for one in asked.columns
        ],
        rows=[
            Row(
                [_cell(one, row, asked, edit) for one in asked.columns],
                id=str(row.pk),
                href=listing.href(row),
                label=listing.label(row),
                off=listing.faded is not None and listing.faded(row, look),
            )
            for row in rows
        ],
        sort=asked.sort,
        select=SELECT if listing.verbs_for(look.actor) else "",
        select_form=FORM,
        empty=nothing(asked),
        cards=True,
        boost=True,
        id=listing.name,
    )


def _cell(column: nouns.Column, row: Any, asked: Asked, edit: str) -> object:
    """Return a cell; the one that names the row also holds the link that the key for editing follows."""
    shown = column.cell(row, asked.look)
    href = asked.listing.edit(row, asked.look) if column.kind == "main" and asked.listing.edit else ""
    if not href:
        return shown
    return mark_safe(f'{plain(shown)}<a href="{plain(href)}" data-edit hidden>{plain(edit)}</a>')


def totals(asked: Asked, shown: Count) -> dict[str, str]:
    """Return the sums of the columns that have one, when there are few enough rows to add up."""
    summed = {one.key: one for one in asked.columns if one.total and one.sum_text}
    if not summed or not shown.exact or shown.number == 0:
        return {}
    found = asked.rows().aggregate(**{key: Sum(one.total) for key, one in summed.items()})
    return {key: one.sum_text(found[key] or 0, asked.look) for key, one in summed.items() if one.sum_text is not None}


def nothing(asked: Asked) -> SafeString:
    """Return what an empty table says: of a filter that nothing meets, or of a list with nothing in it yet."""
    if asked.filtered:
        title = _("Nothing fits this filter")
        text = _("Take a condition away, or look at all of them.")
        button = blocks.button(_("Show all"), href=asked.url(view="", f="", q=""))
        return blocks.empty(button, title, icon="filter", text=text)
    empty = asked.listing.empty
    button = mark_safe("")
    if empty.step and (empty.right is None or asked.look.actor.may(empty.right)):
        button = blocks.button(str(empty.step), "primary", href=at(empty.url_name, *empty.args), icon="plus")
    return blocks.empty(button, str(empty.title), icon=empty.icon, text=str(empty.text))


def said(count: Count) -> str:
    """Return a count in words: 2,845, or about 318,000 for an estimate."""
    if count.exact:
        return formats.number(count.number)
    return _("about %(number)s") % {"number": formats.number(rounded(count.number))}


def rounded(number: int) -> int:
    """Return an estimate with as many digits as it deserves: two."""
    digits = len(str(number))
    return round(number, 2 - digits) if digits > 2 else number


def _shown_of(here: int, shown: Count) -> str:
    if not here:
        return ""
    return _("%(here)s of %(all)s shown") % {"here": formats.number(here), "all": said(shown)}
