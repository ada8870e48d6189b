"""The grids of insight: the cohort triangle, and recency by frequency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from babel.dates import format_skeleton, get_day_names
from django.utils.translation import gettext as _

from rapport.ui import formats
from rapport.ui.components.heat import Cell, Heat

if TYPE_CHECKING:
    from rapport.insight.metrics.figures import Figure

STEPS = 12


def triangle(figure: Figure) -> Heat:
    """Return the newest cohorts of a figure as a grid; what is still running is marked with a star."""
    found = figure.more["cohorts"][-STEPS:]
    width = min(max((len(one["kept"]) for one in found), default=0), STEPS)
    rows = []
    for one in found:
        cells = [_cell(one, step) for step in range(min(len(one["kept"]), width))]
        rows.append((_start(one["start"]), [*cells, *[None] * (width - len(cells))]))
    return Heat(_("Share that bought again, by step after the first order"), [str(step) for step in range(width)], rows)


def rfm(figure: Figure) -> Heat:
    """Return customers by recency (rows, 5 is lately) and frequency (columns, 5 is often)."""
    grid = figure.more["grid"]
    most = max((count for row in grid for count in row), default=0) or 1
    rows = [
        (_("recency %(n)s") % {"n": 5 - place}, [Cell(formats.number(count), count / most) for count in row])
        for place, row in enumerate(reversed(grid))
    ]
    caption = _("Customers by recency (5: lately) and frequency (5: often)")
    return Heat(caption, [str(n) for n in range(1, 6)], rows, corner=_("frequency"), wide=False)


def _cell(one: Mapping[str, Any], step: int) -> Cell:
    share, running = one["kept"][step] / 100, one["partial"][step]
    n = {"active": formats.number(one["active"][step]), "size": formats.number(one["size"])}
    title = _("%(active)s of %(size)s customers") % n
    text = formats.percent(share, 0)
    return (
        Cell(f"{text}*", share, title=f"{title}, {_('still running')}") if running else Cell(text, share, title=title)
    )


def _start(text: str) -> str:
    return str(format_skeleton("yMMM", date.fromisoformat(text), locale=formats.locale()))


def hours(figure: Figure) -> Heat:
    """Return when customers wrote and called: weekdays by hours; the darkest is the busiest hour."""
    grid = figure.more["grid"]
    most = max(max(row) for row in grid) or 1
    names = weekdays()
    rows = [
        (
            names[day],
            [
                Cell(formats.number(n) if n else "", n / most, title=f"{names[day]} {hour}:00: {formats.number(n)}")
                for hour, n in enumerate(row)
            ],
        )
        for day, row in enumerate(grid)
    ]
    return Heat(_("Contacts by weekday and hour"), [str(hour) for hour in range(24)], rows, corner=_("hour"))


def busiest(figure: Figure) -> str:
    """Return the weekday and hour with most contacts in words, "" when there were none."""
    if not figure.n:
        return ""
    grid = figure.more["grid"]
    day, hour = max(((day, hour) for day in range(7) for hour in range(24)), key=lambda at: grid[at[0]][at[1]])
    return _("%(day)s, %(hour)s to %(next)s o'clock") % {"day": weekdays()[day], "hour": hour, "next": hour + 1}


def weekdays() -> list[str]:
    """Return the names of the weekdays in short, Monday first."""
    names = get_day_names("abbreviated", locale=formats.locale())
    return [names[day] for day in range(7)]
