"""Agents, queues, channels or tags side by side: a table that sorts by any of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from rapport.insight import desk, queries
from rapport.kernel.actors import Actor
from rapport.staff.insight import saying, slices
from rapport.staff.insight.asked import WITHOUT, Asked
from rapport.staff.insight.service_cards import address
from rapport.ui.components import table as tables
from rapport.ui.components.leaves import EMPTY
from rapport.ui.components.parts import Tab
from rapport.ui.navigation import Text

FIRST = "agent"
MOST = 100
SHORT: Mapping[str, Text] = {
    "tickets_opened": _("Opened"), "tickets_solved": _("Solved"), "backlog": _("Left"),
    "first_response": _("First response"), "resolution": _("Resolution"), "sla_first": _("SLA first"),
    "sla_solve": _("SLA solved"), "reopen_rate": _("Again"), "one_touch": _("One answer"), "service_csat": _("CSAT"),
}  # fmt: skip
TABS: Mapping[str, Text] = {
    "agent": _("By agent"), "queue": _("By queue"), "channel": _("By channel"), "tag": _("By tag"),
}  # fmt: skip


def shown(by: str, sort: str, asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return the table of the parts `by` names, sorted, with its tabs. Raises as `insight.queries.figures` does."""
    by, sort = by if by in TABS else FIRST, sort if sort.lstrip("-") in {"name", *desk.COLUMNS} else ""
    return {
        "tabs": [Tab(str(label), asked.asking(by=name), current=name == by) for name, label in TABS.items()],
        "table": _table(by, sort, asked, actor),
        "by": by,
    }


def parts(by: str, sort: str, asked: Asked, actor: Actor) -> list[tuple[str, desk.Part]]:
    """Return the parts with what they are called, sorted; unknown figures come last."""
    found = desk.parts(by, slices.question(asked, actor))
    names = slices.called(by, [part.key for part in found])
    rows = [(names[part.key], part) for part in found]
    name, falling = sort.lstrip("-"), sort.startswith("-")
    if name == "name":
        return sorted(rows, key=lambda row: row[0].casefold(), reverse=falling)
    if not name:
        return rows

    def place(row: tuple[str, desk.Part]) -> tuple[bool, float]:
        value = row[1].values.get(name)
        number = value.value if value else None
        return number is None, 0.0 if number is None else -number if falling else number

    return sorted(rows, key=place)


def _table(by: str, sort: str, asked: Asked, actor: Actor) -> tables.Table:
    known = {one.name: one for one in queries.metrics()}
    columns = [tables.Column("name", str(slices.LABELS[by]), "main", sortable=True)]
    columns += [
        tables.Column(name, str(SHORT[name]), "num", sortable=True, definition=f"{known[name].label}. "
                      f"{known[name].definition}")
        for name in desk.COLUMNS
    ]  # fmt: skip
    rows = [_row(by, label, part, asked, known) for label, part in parts(by, sort, asked, actor)[:MOST]]
    return tables.Table(str(TABS[by]), columns, rows, sort=sort, cards=True, id=f"by-{by}", drop=())


def _row(by: str, label: str, part: desk.Part, asked: Asked, known: Mapping[str, Any]) -> tables.Row:
    key = part.key or WITHOUT
    only = {by: key}
    narrow = replace(asked, only={**asked.only, by: part.key})
    cells: list[object] = [format_html('<a href="{}">{}</a>', narrow.query, label)]
    for name in desk.COLUMNS:
        value = part.values.get(name)
        said = saying.value(value.value, known[name].unit) if value else ""
        if not value or not said:
            cells.append(EMPTY)
            continue
        few, href = "" if value.enough else "muted", address(name, asked, **only)
        behind = _told(value, known[name])
        cells.append(format_html('<a class="{}" href="{}" title="{}">{}</a>', few, href, behind, said))
    return tables.Row(cells)


def _told(value: desk.Value, metric: Any) -> str:
    """Return what stands behind a figure when it is pointed at: n, interval, the slow end."""
    parts = [f"n {value.n}"]
    if value.low is not None and value.high is not None:
        parts.append(f"{saying.value(value.low, metric.unit)}\N{EN DASH}{saying.value(value.high, metric.unit)}")
    if value.p90 is not None:
        parts.append(f"p90 {saying.value(value.p90, metric.unit)}")
    return " · ".join(parts)


def lines(by: str, asked: Asked, actor: Actor) -> list[Sequence[Any]]:
    """Return the table for a file: for each figure its value, n, interval and 90th percentile, in the metric's unit."""
    known = {one.name: one for one in queries.metrics()}
    head: list[Any] = [str(slices.LABELS[by])]
    for name in desk.COLUMNS:
        unit = known[name].unit
        head.append(f"{known[name].label} ({unit})" if unit != "count" else str(known[name].label))
        if unit != "count":
            head += [f"{name} n", f"{name} low", f"{name} high", f"{name} p90"]
    found: list[Sequence[Any]] = [head]
    for label, part in parts(by, "", asked, actor):
        row: list[Any] = [label]
        for name in desk.COLUMNS:
            value = part.values.get(name) or desk.Value(None, 0, enough=False)
            row.append(value.value)
            if known[name].unit != "count":
                row += [value.n, value.low, value.high, value.p90]
        found.append(row)
    return found
