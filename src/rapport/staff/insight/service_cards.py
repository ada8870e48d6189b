"""The cards of the service dashboard, each loaded by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rapport.insight import dashboards, desk
from rapport.kernel.actors import Actor
from rapport.staff.insight import days as by_days
from rapport.staff.insight import grids, saying, slices
from rapport.staff.insight.asked import Asked
from rapport.staff.insight.cards import Card, tile
from rapport.ui import formats
from rapport.ui.components.charts import Chart, Series, bars

if TYPE_CHECKING:
    from rapport.insight.metrics.figures import Figure

TILES = ("first_response", "resolution", "sla_first", "service_csat", "backlog")
SPEED = ("first_response", "next_response", "resolution", "first_response_clock", "resolution_clock")
KEPT = ("sla_first", "sla_next", "sla_solve")
SOLVED = ("first_contact_resolution", "one_touch", "reopen_rate", "complaints_recovered")
SAID = ("service_csat", "service_ces")


@dataclass(frozen=True, slots=True)
class Told:
    """A figure in words, and the way to its page with its definition and its tickets."""

    label: str
    said: str
    note: str
    href: str
    definition: str
    name: str
    share: float | None
    enough: bool
    p75: str = ""
    p90: str = ""
    n: int = 0


def figures(asked: Asked, actor: Actor, names: Collection[str] = ()) -> dict[str, Figure]:
    """Return the figures of the dashboard by name (`names`: at least these), kept since they were last worked out."""
    start, end = asked.days()
    return dashboards.service(names, start=start, end=end, segment=asked.segment, only=asked.only, actor=actor)


def address(name: str, asked: Asked, **only: str) -> str:
    """Return the address of a metric's page, asked for the same, or for another slice."""
    return reverse("staff:metric", args=[name]) + asked.asking(**only)


def told(figure: Figure, asked: Asked) -> Told:
    """Return a figure in words."""
    share = None
    if figure.value is not None and figure.unit == "%":
        share = figure.value
    elif figure.value is not None and figure.name == "service_ces":
        share = 100 * (figure.value - 1) / 6
    p75, p90 = (saying.value(figure.more.get(place), figure.unit) for place in ("p75", "p90"))
    said, note = saying.of(figure), saying.note(figure) if figure.n else _("none in this period")
    return Told(
        figure.label, said, note, address(figure.name, asked), figure.definition, figure.name, share, figure.enough,
        p75, p90, figure.n,
    )  # fmt: skip


def tiles(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return the figures that matter most."""
    found = figures(asked, actor, TILES)
    return {"tiles": [tile(found[name], asked) for name in TILES]}


def _list_of(*names: str) -> Any:
    def load(asked: Asked, actor: Actor) -> dict[str, Any]:
        found = figures(asked, actor, names)
        return {"figures": [told(found[name], asked) for name in names]}

    return load


def days(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return how many tickets came and were solved in each step of the period."""
    question = slices.question(asked, actor)
    found = by_days.steps(desk.by_day(question), question.start, question.end)
    return {"chart": _days_chart(found, asked)}


def _days_chart(found: Sequence[by_days.Step], asked: Asked) -> Chart | None:
    if not any(step.opened or step.solved for step in found):
        return None
    labels = [step.label for step in found]
    most = max(found, key=lambda step: step.opened)
    text = _("%(opened)s tickets opened, %(solved)s solved. Busiest: %(step)s, %(n)s opened.") % {
        "opened": formats.number(sum(step.opened for step in found)),
        "solved": formats.number(sum(step.solved for step in found)),
        "step": most.label,
        "n": formats.number(most.opened),
    }
    opened = [_tickets(asked, _between("opened", step.start, step.end)) for step in found]
    solved = [_tickets(asked, _between("solved", step.start, step.end)) for step in found]
    series = [
        Series(_("Opened"), [step.opened for step in found], opened, colour="--bar-2"),
        Series(_("Solved"), [step.solved for step in found], solved, colour="--bar"),
    ]
    return bars(_("Tickets opened and solved"), labels, series, text, show_text=True)


def _between(field: str, start: date, end: date) -> str:
    return f"{field} between {start} and {end - timedelta(days=1)}"


def _tickets(asked: Asked, *conditions: str) -> str:
    """Return the address of the list of the tickets of the slice that meet the conditions."""
    return f"{reverse('staff:tickets')}?{urlencode({'f': slices.condition(asked, *conditions)})}"


def hours(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return when customers write and call, by weekday and hour."""
    figure = figures(asked, actor, dashboards.BY_HOUR)["contacts_by_hour"]
    return {"figure": figure, "heat": grids.hours(figure) if figure.n else None, "busiest": grids.busiest(figure)}


def backlog(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return what is not solved yet, by how long ago it was opened."""
    found = figures(asked, actor, ("backlog", "backlog_age"))
    ages = desk.ages(slices.question(asked, actor))
    shown = [told(found[name], asked) for name in ("backlog", "backlog_age")]
    return {"figures": shown, "chart": _ages_chart(ages, asked, found["backlog"].span.end)}


def _ages_chart(ages: Sequence[desk.Age], asked: Asked, end: date) -> Chart | None:
    total = sum(age.n for age in ages)
    if not total:
        return None
    labels = [age_label(age) for age in ages]
    old = sum(age.n for age in ages if age.low >= 7)
    text = ngettext(
        "%(n)s ticket not solved; %(old)s opened a week ago or longer.",
        "%(n)s tickets not solved; %(old)s opened a week ago or longer.",
        total,
    ) % {"n": formats.number(total), "old": formats.number(old)}
    running = 'category in ("new", "open", "waiting")'
    hrefs = [_tickets(asked, running, _opened_within(age, end)) for age in ages]
    return bars(
        _("Backlog by age"), labels, [Series(_("Tickets"), [age.n for age in ages], hrefs)], text, show_text=True,
        height="short",
    )  # fmt: skip


def _opened_within(age: desk.Age, end: date) -> str:
    last = end - timedelta(days=1 + age.low)
    if age.high is None:
        return f"opened before {last + timedelta(days=1)}"
    return f"opened between {end - timedelta(days=age.high)} and {last}"


def age_label(age: desk.Age) -> str:
    """Return an age in words."""
    if age.high is None:
        return _("%(n)s days and older") % {"n": age.low}
    if age.high == 1:
        return _("today")
    return _("%(low)s to %(high)s days") % {"low": age.low, "high": age.high - 1}


def channels(asked: Asked, actor: Actor) -> dict[str, Any]:
    """Return how soon each channel gets its first answer, and how even that is."""
    if "channel" in asked.only:
        return {"one": True}
    start, end = asked.days()
    figure = dashboards.evenness(start=start, end=end, segment=asked.segment, only=asked.only, actor=actor)
    names = slices.called("channel", [row["channel"] for row in figure.more.get("channels", ())])
    lines = [
        (
            names[row["channel"]],
            address("first_response_clock", asked, channel=row["channel"]),
            saying.minutes(row["median"]),
            saying.minutes(row["p90"]),
            row["n"],
        )
        for row in figure.more.get("channels", ())
    ]
    return {"figure": told(figure, asked), "refused": figure.refused, "lines": lines}


def _card(name: str, title: Any, subtitle: Any, template: str, load: Any, csv: str = "figures") -> Card:
    return Card(
        name, title, subtitle, f"staff/insight/service/{template}.html", load, url_name="staff:service_card", csv=csv
    )


CARDS: tuple[Card, ...] = (
    Card("tiles", "", "", "staff/insight/cards/tiles.html", tiles, url_name="staff:service_card"),
    _card("days", gettext_lazy("In and out"), gettext_lazy("tickets opened and solved"), "chart", days, "days"),
    _card("hours", gettext_lazy("When customers write"),
          gettext_lazy("messages and calls by weekday and hour"), "hours", hours, "hours"),
    _card("speed", gettext_lazy("How soon"), gettext_lazy("in business hours where a service policy sets some"),
          "speed", _list_of(*SPEED)),
    _card("kept", gettext_lazy("Service levels kept"), gettext_lazy("share in time, of those with a verdict"),
          "meters", _list_of(*KEPT)),
    _card("solved", gettext_lazy("How well"), gettext_lazy("solved at once, and for good"), "meters",
          _list_of(*SOLVED)),
    _card("said", gettext_lazy("What customers say of it"), gettext_lazy("answers about tickets"), "meters",
          _list_of(*SAID)),
    _card("backlog", gettext_lazy("What is left"), gettext_lazy("neither solved nor closed, by age"), "backlog",
          backlog, "backlog"),
    _card("channels", gettext_lazy("Alike on every channel?"), gettext_lazy("first response by the clock"), "channels",
          channels, "channels"),
)  # fmt: skip
BY_NAME: Mapping[str, Card] = {card.name: card for card in CARDS}
