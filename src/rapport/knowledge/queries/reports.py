"""How the help centre is used: what is searched for in vain, which articles help, and how many messages it spares."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from rapport.kernel import clock
from rapport.kernel.clock import Period
from rapport.knowledge.models import Attempt, SearchedWord, Translation, Vote

WAITING = timedelta(hours=1)  # an attempt younger than this may still be sent
FEWEST_VOTES = 3


@dataclass(frozen=True, slots=True)
class Searched:
    """A search term over some days: how often it was searched for, and how often nothing was found."""

    typed: str
    language: str
    times: int
    missed: int
    last: date


@dataclass(frozen=True, slots=True)
class Deflection:
    """What became of the attempts to write to us that began in a period.

    `began` counts all; `shown` those with suggestions, `read` those of them that opened one. Of those that read,
    `spared` sent nothing, and `solved` of them said that it was the answer. Attempts of the last hour are left out.
    """

    began: int
    shown: int
    read: int
    spared: int
    solved: int

    @property
    def rate(self) -> float | None:
        """The share of attempts with suggestions that read one and then sent nothing; None when there was none."""
        return self.spared / self.shown if self.shown else None


def searches(first: date, last: date, *, missed: bool, count: int = 50) -> list[Searched]:
    """Return the terms of these days, the most frequent first; with `missed` those that found nothing, by how often."""
    rows = SearchedWord.objects.filter(day__gte=first, day__lte=last).values("term", "language")
    found = rows.annotate(all=Sum("times"), none=Sum("missed"), last=Max("day"), said=Max("typed"))
    if missed:
        found = found.filter(none__gt=0)
    order = ["-none" if missed else "-all", "term"]
    return [
        Searched(row["said"], row["language"], row["all"], row["none"], row["last"])
        for row in found.order_by(*order)[:count]
    ]


def search_counts(first: date, last: date) -> tuple[int, int]:
    """Return how many searches there were in these days, and how many of them found nothing."""
    sums = SearchedWord.objects.filter(day__gte=first, day__lte=last).aggregate(all=Sum("times"), none=Sum("missed"))
    return sums["all"] or 0, sums["none"] or 0


def deflection(period: Period) -> Deflection:
    """Count the attempts to write to us that began in `period` and are an hour old."""
    rows = Attempt.objects.filter(began_at__gte=period.start, began_at__lt=min(period.end, clock.now() - WAITING))
    shown, read, unsent = ~Q(shown=[]), ~Q(opened=[]), Q(sent_at__isnull=True)
    counts = rows.aggregate(
        n_began=Count("pk"),
        n_shown=Count("pk", filter=shown),
        n_read=Count("pk", filter=shown & read),
        n_spared=Count("pk", filter=shown & unsent & (read | Q(solved_at__isnull=False))),
        n_solved=Count("pk", filter=shown & unsent & Q(solved_at__isnull=False)),
    )
    return Deflection(**{name.removeprefix("n_"): value for name, value in counts.items()})


def judged(count: int = 10) -> QuerySet[Translation]:
    """Return the articles with at least three votes, the least helpful first."""
    rows = Translation.objects.filter(published_at__isnull=False, article__archived_at__isnull=True)
    voted = rows.annotate(votes_in_all=F("helpful") + F("unhelpful")).filter(votes_in_all__gte=FEWEST_VOTES)
    light = voted.select_related("article").defer("html", "text", "headings", "search")
    return light.order_by(F("helpful") * 100 / F("votes_in_all"), "-unhelpful")[:count]


def comments(count: int = 10) -> QuerySet[Vote]:
    """Return the newest votes that say why."""
    return Vote.objects.exclude(comment="").select_related("translation__article").order_by("-at")[:count]
