"""Charts: drawn by ECharts in the browser, always with a text that says the same and a table of the figures.

A builder (`lines`, `bars`, `dots`, `flows`, `grid`) makes a `Chart`; `chart` makes the HTML. Colours are names of
tokens ("--accent"), resolved in the browser, so that a chart follows the theme. Number formats are those of
`Intl.NumberFormat`, in the reader's language. Every mark with an `href` opens the rows behind it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rapport.ui import formats
from rapport.ui.components.render import render
from rapport.ui.components.table import Column, Row, Table, table

Value = float | int | None
PLAIN: Mapping[str, object] = {"maximumFractionDigits": 2}
PERCENT: Mapping[str, object] = {"style": "percent", "maximumFractionDigits": 1}
COLOURS = ("--bar", "--bar-2", "--heat-5", "--warn-bar", "--bad-bar", "--muted")


def currency(code: str, *, compact: bool = True) -> Mapping[str, object]:
    """Return the number format of money in `code`, in major units."""
    return {"style": "currency", "currency": code, **({"notation": "compact"} if compact else {})}


@dataclass(frozen=True, slots=True)
class Chart:
    """An ECharts option, the sentence that says what it shows, and its figures as a table.

    `height`: "", "short" or "tall"; `show_text` prints the sentence below, else only a screen reader has it.
    """

    option: Mapping[str, Any]
    text: str
    figures: Table
    number: Mapping[str, object] = field(default_factory=lambda: PLAIN)
    height: str = ""
    show_text: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars: a value for each label; `hrefs` opens the rows behind each."""

    name: str
    values: Sequence[Value]
    hrefs: Sequence[str] = ()
    colour: str = ""
    dashed: bool = False
    low: Sequence[Value] = ()
    high: Sequence[Value] = ()


@dataclass(frozen=True, slots=True)
class Dot:
    """A point of a scatter chart."""

    x: float
    y: float
    name: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """A stream from one node to another."""

    source: str
    target: str
    value: float
    href: str = ""


def chart(shown: Chart) -> SafeString:
    """Return `shown` as a figure."""
    payload = {"option": shown.option, "number": dict(shown.number)}
    return render("chart", chart=shown, option=_told(payload), table=table(shown.figures))


def _told(payload: Mapping[str, Any]) -> SafeString:
    """Return `payload` as JSON in a template element: htmx takes scripts out of what it swaps in."""
    text = json.dumps(payload, cls=DjangoJSONEncoder, separators=(",", ":"))
    for sign, escaped in (("&", "\\u0026"), ("<", "\\u003C"), (">", "\\u003E")):
        text = text.replace(sign, escaped)
    return mark_safe(f"<template>{text}</template>")  # nothing in it can end the element


def lines(
    caption: str,
    labels: Sequence[str],
    series: Sequence[Series],
    text: str,
    *,
    number: Mapping[str, object] = PLAIN,
    height: str = "",
    show_text: bool = False,
    area: bool = False,
    target: float | None = None,
) -> Chart:
    """Return lines over `labels`; `low` and `high` of a series draw its interval; `target` a dashed level."""
    drawn: list[dict[str, Any]] = []
    for place, one in enumerate(series):
        colour = one.colour or COLOURS[place % len(COLOURS)]
        drawn.extend(_band(one, colour))
        drawn.append(
            _marks(one, "line", colour)
            | {"symbol": "circle", "symbolSize": 5, "showSymbol": len(labels) <= 24, "smooth": False}
            | {"lineStyle": {"width": 2, "type": "dashed" if one.dashed else "solid", "color": colour}}
            | ({"areaStyle": {"color": colour, "opacity": 0.1}} if area else {})
        )
    if target is not None and drawn:
        drawn[-1]["markLine"] = _target(target)
    option = _axes(labels) | {"series": drawn, "legend": _legend(series)}
    return Chart(option, text, _figures(caption, labels, series, number), number, height, show_text)


def bars(
    caption: str,
    labels: Sequence[str],
    series: Sequence[Series],
    text: str,
    *,
    number: Mapping[str, object] = PLAIN,
    height: str = "",
    show_text: bool = False,
    stacked: bool = False,
    sideways: bool = False,
) -> Chart:
    """Return bars over `labels`, side by side or `stacked`, standing or `sideways`."""
    drawn = [
        _marks(one, "bar", one.colour or COLOURS[place % len(COLOURS)])
        | {"barMaxWidth": 28}
        | (
            {"stack": "all"}
            if stacked
            else {
                "itemStyle": {
                    "color": one.colour or COLOURS[place % len(COLOURS)],
                    "borderRadius": [0, 3, 3, 0] if sideways else [3, 3, 0, 0],
                }
            }
        )
        for place, one in enumerate(series)
    ]
    axes = _axes(labels, sideways=sideways)
    option = axes | {"series": drawn, "legend": _legend(series)}
    return Chart(option, text, _figures(caption, labels, series, number), number, height, show_text)


def dots(
    caption: str,
    points: Sequence[Dot],
    text: str,
    *,
    x: str,
    y: str,
    log: bool = False,
    number: Mapping[str, object] = PLAIN,
    height: str = "",
    show_text: bool = False,
) -> Chart:
    """Return points over two measures named `x`, a plain number, and `y`; `log` spaces `y` by powers of ten."""
    option: dict[str, Any] = {
        "xAxis": {"type": "value", "plain": True, "name": x, "nameLocation": "middle", "nameGap": 24, "scale": True},
        "yAxis": {"type": "log" if log else "value", "name": y, "scale": True},
        "series": [
            {
                "type": "scatter",
                "symbolSize": 6,
                "itemStyle": {"color": "--bar", "opacity": 0.55},
                "data": [{"value": [p.x, p.y], "name": p.name, "href": p.href} for p in points],
            }
        ],
    }
    columns = [Column("name", _("Name"), "main"), Column("x", x, "num"), Column("y", y, "num")]
    rows = [Row([_link(p.name, p.href), formats.number(p.x), formats.number(p.y)]) for p in points]
    return Chart(option, text, Table(caption, columns, rows, small=True), number, height, show_text)


def flows(
    caption: str,
    streams: Sequence[Flow],
    text: str,
    *,
    colours: Mapping[str, str] | None = None,
    number: Mapping[str, object] = PLAIN,
    height: str = "",
    show_text: bool = False,
) -> Chart:
    """Return a Sankey diagram of `streams`, which must not run in a circle; `colours` of nodes by name."""
    names = list(dict.fromkeys(name for stream in streams for name in (stream.source, stream.target)))
    chosen = colours or {}
    option: dict[str, Any] = {
        "series": [
            {
                "type": "sankey",
                "left": 4,
                "right": _room(streams),
                "top": 6,
                "bottom": 6,
                "nodeWidth": 10,
                "nodeGap": 14,
                "draggable": False,
                "labelLayout": {"hideOverlap": True},
                "emphasis": {"focus": "adjacency"},
                "lineStyle": {"color": "gradient", "opacity": 0.22, "curveness": 0.5},
                "data": [{"name": n, "itemStyle": {"color": chosen.get(n, "--bar")}} for n in names],
                "links": [{"source": s.source, "target": s.target, "value": s.value, "href": s.href} for s in streams],
            }
        ]
    }
    columns = [Column("from", _("From"), "main"), Column("to", _("To")), Column("value", _("Number"), "num")]
    rows = [Row([s.source, s.target, _link(formats.number(s.value), s.href)]) for s in streams]
    return Chart(option, text, Table(caption, columns, rows, small=True), number, height, show_text)


def _room(streams: Sequence[Flow]) -> int:
    """Return how many pixels the names at the end of a Sankey diagram need, at 12 pixels a line."""
    sources = {one.source for one in streams}
    longest = max((len(one.target) for one in streams if one.target not in sources), default=0)
    return max(40, 10 + round(6.2 * longest))


def _band(one: Series, colour: str) -> list[dict[str, Any]]:
    """Return two invisible stacked lines that fill the interval of `one`."""
    if not one.low or not one.high:
        return []
    width = [None if a is None or b is None else b - a for a, b in zip(one.low, one.high, strict=True)]
    quiet = {"type": "line", "stack": f"band {one.name}", "symbol": "none", "silent": True, "quiet": True}
    quiet |= {"lineStyle": {"opacity": 0}, "tooltip": {"show": False}}
    return [
        quiet | {"data": list(one.low)},
        quiet | {"data": width, "areaStyle": {"color": colour, "opacity": 0.14}},
    ]


def _marks(one: Series, kind: str, colour: str) -> dict[str, Any]:
    hrefs = one.hrefs or [""] * len(one.values)
    data = [{"value": v, "href": h} if h else v for v, h in zip(one.values, hrefs, strict=True)]
    return {"type": kind, "name": one.name, "data": data, "itemStyle": {"color": colour}}


def _target(level: float) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "data": [{"yAxis": level}],
        "lineStyle": {"type": "dashed", "color": "--muted"},
        "label": {"formatter": _("target"), "color": "--muted", "position": "insideStartTop"},
    }


def _axes(labels: Sequence[str], *, sideways: bool = False) -> dict[str, Any]:
    names: dict[str, Any] = {"type": "category", "data": list(labels)}
    if sideways:
        names["inverse"] = True
    values = {"type": "value"}
    first, second = (values, names) if sideways else (names, values)
    return {"xAxis": first, "yAxis": second, "tooltip": {"trigger": "axis"}}


def _legend(series: Sequence[Series]) -> dict[str, Any]:
    return {"show": len(series) > 1, "data": [one.name for one in series]}


def _figures(caption: str, labels: Sequence[str], series: Sequence[Series], number: Mapping[str, object]) -> Table:
    columns = [Column("label", "", "main"), *(Column(f"s{n}", s.name, "num") for n, s in enumerate(series))]
    rows = [Row([label, *(_cell(one, place, number) for one in series)]) for place, label in enumerate(labels)]
    return Table(caption, columns, rows, small=True)


def _cell(one: Series, place: int, number: Mapping[str, object]) -> object:
    value = one.values[place]
    text = formats.percent(value) if number.get("style") == "percent" else formats.number(value)
    return _link(text, one.hrefs[place] if one.hrefs else "")


def _link(text: str, href: str) -> object:
    return format_html('<a href="{}">{}</a>', href, text) if href else text
