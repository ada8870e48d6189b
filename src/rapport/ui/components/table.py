"""The table: headings that sort, a column to select rows, totals, and rows that become cards on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rapport.ui import formats
from rapport.ui.components.leaves import EMPTY, plain
from rapport.ui.components.render import render


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `key` names it in the address when it sorts; `kind`: "", num, muted, main (the row's name).

    `clip` cuts long text with an ellipsis; `total` is its cell in the last row; `definition` explains a figure.
    `edited` says that its cells are changed in place.
    """

    key: str
    label: str
    kind: str = ""
    sortable: bool = False
    clip: bool = False
    total: str = ""
    definition: str = ""
    edited: bool = False

    @property
    def classes(self) -> str:
        """The classes of its cells."""
        kinds = {"num": "num", "muted": "cell-muted", "main": "cell-main cell-head"}
        return " ".join(part for part in (kinds.get(self.kind, ""), "clip" if self.clip else "") if part)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: a cell for each column (text or safe HTML), and where it leads."""

    cells: Sequence[object]
    id: str = ""
    href: str = ""
    label: str = ""
    picked: bool = False
    off: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table. `sort` is the key it is sorted by, with "-" in front when descending.

    `select` is the name of the check boxes ("" is none), `cards` makes rows into cards on a phone. `boost` lets htmx
    follow the headings, into the target of the page around.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    sort: str = ""
    select: str = ""
    select_form: str = ""
    empty: SafeString = EMPTY
    cards: bool = False
    boost: bool = False
    small: bool = False
    plain: bool = False
    id: str = ""
    sort_name: str = "sort"
    drop: Sequence[str] = field(default=("page", "after", "before"))

    @property
    def totals(self) -> bool:
        """Whether any column has a total."""
        return any(column.total for column in self.columns)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as its template needs it."""

    key: str
    label: str
    classes: str
    href: str
    sort: str
    definition: str
    definition_id: str


def table(shown: Table, query: QueryDict | None = None) -> SafeString:
    """Return `shown` as HTML; sort links keep the rest of `query`, the address's parameters."""
    totals = [
        {"classes": c.classes, "text": c.total, "label": "" if c.kind == "main" else c.label} for c in shown.columns
    ]
    return render(
        "table", table=shown, headings=list(_headings(shown, query or QueryDict())), body=body(shown), totals=totals
    )


def _headings(shown: Table, query: QueryDict) -> Iterator[Heading]:
    kept = query.copy()
    for name in (*shown.drop, shown.sort_name):
        kept.pop(name, None)
    for column in shown.columns:
        now = ""
        if shown.sort.lstrip("-") == column.key:
            now = "descending" if shown.sort.startswith("-") else "ascending"
        href = ""
        if column.sortable:
            kept[shown.sort_name] = f"-{column.key}" if now == "ascending" else column.key
            href = f"?{kept.urlencode()}"
        classes = "num" if column.kind == "num" else ""
        yield Heading(
            column.key,
            column.label,
            classes,
            href,
            now,
            column.definition,
            f"define-{shown.id or 'table'}-{column.key}",
        )


def body(shown: Table) -> SafeString:
    """Return the rows alone, for a partial answer."""
    openings = [_opening(column, cards=shown.cards) for column in shown.columns]
    select = _("Select %(name)s")
    return mark_safe("".join(_row(shown, row, openings, select) for row in shown.rows))  # each part is escaped below


def _opening(column: Column, *, cards: bool) -> SafeString:
    classes = format_html(' class="{}"', column.classes) if column.classes else EMPTY
    label = format_html(' data-label="{}"', column.label) if cards and column.kind != "main" else EMPTY
    cell = format_html(' data-cell="{}"', column.key) if column.edited else EMPTY
    return format_html("<td{}{}{}>", classes, label, cell)


def cell(value: object) -> str:
    """Return the HTML of a cell: safe HTML as it is, numbers as the reader writes them, a missing one as a dash."""
    if isinstance(value, SafeString):
        return value
    if value is None or (isinstance(value, int | float | Decimal) and not isinstance(value, bool)):
        return formats.number(value)
    return plain(value)


def _row(shown: Table, row: Row, openings: Sequence[SafeString], select: str) -> str:
    cells = "".join(f"{opening}{cell(one)}</td>" for opening, one in zip(openings, row.cells, strict=True))
    off = ' class="row-off"' if row.off else ""
    name = f' data-id="{plain(row.id)}"' if row.id else ""
    leads = f' data-href="{plain(row.href)}"' if row.href else ""
    return f"<tr data-row{off}{name}{leads}>{_pick(shown, row, select) if shown.select else ''}{cells}</tr>"


def _pick(shown: Table, row: Row, select: str) -> str:
    """Return the cell with the check box of a row; `select` says what it does, in the reader's language."""
    form = f' form="{plain(shown.select_form)}"' if shown.select_form else ""
    checked = " checked" if row.picked else ""
    label = plain(select % {"name": row.label or row.id})
    return (
        f'<td class="table-select"><input type="checkbox" class="table-pick" name="{plain(shown.select)}" '
        f'value="{plain(row.id)}"{form}{checked} aria-label="{label}"></td>'
    )
