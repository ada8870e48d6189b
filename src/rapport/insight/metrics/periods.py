"""Steps of time for trends, in days of the organisation's zone: half-open, contiguous, oldest first."""

from __future__ import annotations

from datetime import date, timedelta

from rapport.insight.metrics.figures import Span

MOST_MONTHS = 24
EARLIER = 12


def month_start(day: date, months: int = 0) -> date:
    """Return the first day of the month `months` after that of `day`."""
    count = day.year * 12 + day.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def steps(span: Span, first: date | None) -> list[Span]:
    """Return the steps of the trend of a period: months within it, or for a short one the like periods before.

    `first` is the day of the oldest fact: no step ends before it. The last step ends with the period's month, so it
    reaches beyond the period when that ends within a month; whole months end on the first day of the next.
    """
    if span.start and span.end - span.start < timedelta(days=60):
        return _like(span, first)
    last = month_start(span.end - timedelta(days=1))
    start = month_start(span.start or first or last)
    found: list[Span] = []
    while last >= start and len(found) < MOST_MONTHS:
        found.append(Span(last, month_start(last, 1)))
        last = month_start(last, -1)
    return found[::-1]


def _like(span: Span, first: date | None) -> list[Span]:
    """Return `span` after up to twelve like it: months before a month, else as many days."""
    assert span.start
    whole_month = span.start.day == 1 and span.end == month_start(span.start, 1)
    found = [span]
    while len(found) <= EARLIER and (first is None or (found[-1].start or first) > first):
        end = found[-1].start
        assert end
        start = month_start(end, -1) if whole_month else end - (span.end - span.start)
        found.append(Span(start, end))
    return found[::-1]


def windows(span: Span, first: date | None) -> list[Span]:
    """Return the windows of a state's trend: as long as the period, ending with each month; the last is the period."""
    if span.start and span.end - span.start < timedelta(days=60):
        return _like(span, first)
    whole = [step.end for step in steps(Span(None, span.end), first) if step.end < span.end]
    length = timedelta(days=span.days or 0)
    return [*(Span(end - length if span.start else None, end) for end in whole[-EARLIER:]), span]
