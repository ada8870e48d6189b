"""The reports of the service dashboard as rows for a file: numbers in the unit of their metric, minutes as minutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from rapport.insight import dashboards, desk
from rapport.kernel.actors import Actor
from rapport.staff.insight import days, grids, service_cards, side_by_side, slices
from rapport.staff.insight.asked import Asked

Lines = list[Sequence[Any]]


def figures(asked: Asked, actor: Actor) -> Lines:
    """Return every figure of the dashboard with its interval, n and definition."""
    head = (
        _("Metric"), _("Value"), _("Unit"), "n", _("From"), _("To"), "p75", "p90", _("First day"), _("Last day before"),
        _("As of"), _("Definition"),
    )  # fmt: skip
    found: Lines = [head]
    for one in service_cards.figures(asked, actor).values():
        between = one.interval
        ends = (between.low, between.high) if between else (None, None)
        found.append(
            (
                one.label, one.value, one.unit, one.n, *ends, one.more.get("p75"), one.more.get("p90"), one.span.start,
                one.span.end, one.data_until, one.definition,
            )
        )  # fmt: skip
    return found


def by_day(asked: Asked, actor: Actor) -> Lines:
    """Return tickets opened and solved by day, each day of the period."""
    question = slices.question(asked, actor)
    found = desk.by_day(question)
    counts = {day.on: day for day in found}
    start = question.start or (found[0].on if found else None)
    rows: Lines = [(_("Day"), _("Opened"), _("Solved"))]
    for on in days.each(start, question.end) if start and question.end else ():
        day = counts.get(on)
        rows.append((on, day.opened if day else 0, day.solved if day else 0))
    return rows


def hours(asked: Asked, actor: Actor) -> Lines:
    """Return contacts by weekday and hour."""
    grid = service_cards.figures(asked, actor)["contacts_by_hour"].more["grid"]
    head = (_("Weekday"), *(f"{hour:02}:00" for hour in range(24)))
    return [head, *((name, *row) for name, row in zip(grids.weekdays(), grid, strict=True))]


def backlog(asked: Asked, actor: Actor) -> Lines:
    """Return the backlog by age."""
    ages = desk.ages(slices.question(asked, actor))
    return [(_("Age"), _("Tickets")), *((service_cards.age_label(age), age.n) for age in ages)]


def channels(asked: Asked, actor: Actor) -> Lines:
    """Return how soon each channel gets its first answer, in minutes by the clock."""
    start, end = asked.days()
    known = {} if "channel" in asked.only else dashboards.evenness(
        start=start, end=end, segment=asked.segment, only=asked.only, actor=actor
    ).more  # fmt: skip
    rows = known.get("channels", ())
    names = slices.called("channel", [row["channel"] for row in rows])
    head = (_("Channel"), "n", _("Median, minutes"), "p90")
    return [head, *((names[row["channel"]], row["n"], row["median"], row["p90"]) for row in rows)]


def _parts(by: str) -> Callable[[Asked, Actor], Lines]:
    return lambda asked, actor: side_by_side.lines(by, asked, actor)


REPORTS: Mapping[str, Callable[[Asked, Actor], Lines]] = {
    "figures": figures,
    "days": by_day,
    "hours": hours,
    "backlog": backlog,
    "channels": channels,
    **{by: _parts(by) for by in side_by_side.TABS},
}
