"""What a page of insight is asked for: over which period, and for which customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from rapport.insight import dashboards, queries
from rapport.kernel import clock
from rapport.kernel.actors import Actor
from rapport.marketing.models import Segment
from rapport.marketing.queries import condition_on
from rapport.team.models import SavedView
from rapport.team.queries import organisation, saved_views
from rapport.ui.navigation import Text

PERIODS: dict[str, tuple[Text, int]] = {
    "year": (_("Last 12 months"), dashboards.YEAR),
    "quarter": (_("Last 3 months"), 91),
    "month": (_("Last 30 days"), dashboards.MONTH),
    "week": (_("Last 7 days"), 7),
    "all": (_("Everything so far"), 0),
}
FIRST = "year"
MOST_LETTERS = 100
WITHOUT = "none"
"""How an address says that something is asked for which tickets may be without: an owner, a queue."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A period by its name, and the segment or saved view of customers that is looked at (None: everyone).

    `live` periods end today, even while trade is a demonstration's that ended long ago. `only` is a slice of service:
    the id or name of an agent, queue, channel or tag, "" for tickets without. The period `first` goes without saying.
    """

    period: str
    view: SavedView | Segment | None
    live: bool = False
    only: Mapping[str, str] = field(default_factory=dict)
    first: str = FIRST

    @property
    def segment(self) -> str:
        """The condition on customers, in its text form."""
        if isinstance(self.view, Segment):
            return condition_on(self.view)
        return self.view.condition if self.view else ""

    @property
    def period_label(self) -> Text:
        """The period in words."""
        return PERIODS[self.period][0]

    @property
    def query(self) -> str:
        """The parameters of an address that asks for the same, with a question mark, or nothing."""
        return self.asking()

    def asking(self, **changes: str) -> str:
        """Return the parameters with `changes`."""
        slices = {name: one or WITHOUT for name, one in self.only.items()}
        values = {"period": self.period, "segment": str(self.view.pk) if self.view else "", **slices} | changes
        kept = {name: one for name, one in values.items() if one and (name, one) != ("period", self.first)}
        return f"?{urlencode(kept)}" if kept else ""

    def days(self) -> tuple[date | None, date]:
        """Return the first day of the period (None: everything) and the day after its last.

        Raises `NoLake` before the first refresh.
        """
        day = clock.today(organisation().zone) if self.live else queries.present_day()
        if self.period == FIRST:
            return dashboards.year(day)
        end, length = day + timedelta(days=1), PERIODS[self.period][1]
        return (end - timedelta(days=length) if length else None), end

    def kept(self, actor: Actor) -> dict[str, Any]:
        """Return the figures of the owner's dashboard by name, kept since they were last worked out."""
        start, end = self.days()
        return dashboards.owner(start=start, end=end, segment=self.segment, actor=actor)

    def figures(self, names: list[str], actor: Actor, *, trend: bool = True) -> list[Any]:
        """Return the figures of these metrics for what is asked. Raises as `insight.queries.figures` does."""
        start, end = self.days()
        asked: dict[str, Any] = {"start": start, "end": end, "segment": self.segment, "only": self.only}
        return queries.figures(names, trend=trend, actor=actor, **asked)


def of(request: HttpRequest, actor: Actor) -> Asked:
    """Return what a request asks for; what is not known counts for nothing."""
    period = request.GET.get("period", FIRST)
    wanted = request.GET.get("segment", "")
    return Asked(period if period in PERIODS else FIRST, _view(wanted, actor) if wanted else None)


def sliced(request: HttpRequest, names: Iterable[str]) -> dict[str, str]:
    """Return the slice of service that a request asks for, of these names."""
    found = {name: request.GET.get(name, "").replace("\x00", "")[:MOST_LETTERS] for name in names}
    return {name: "" if one == WITHOUT else one for name, one in found.items() if one}


def views(actor: Actor) -> list[SavedView]:
    """Return the views of customers that the reader may look at: those that filter."""
    return list(saved_views(actor, "customers").exclude(condition=""))


def segments(actor: Actor) -> list[Segment]:
    """Return the segments that the reader may look at."""
    return list(Segment.objects.visible_to(actor).active().only("pk", "name"))


def _view(key: str, actor: Actor) -> SavedView | Segment | None:
    try:
        pk = UUID(key)
    except ValueError:
        return None
    view = saved_views(actor, "customers").filter(pk=pk).first()
    return view or Segment.objects.visible_to(actor).active().filter(pk=pk).first()
