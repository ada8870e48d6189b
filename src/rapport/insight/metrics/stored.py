"""Figures as JSON and back: for files, the API and the command line. Needs no engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from rapport.insight.metrics.figures import Figure, Interval, Point, Span


def as_data(figure: Figure) -> dict[str, Any]:
    """Return a figure as JSON holds it: days as text, money in major units of its currency."""
    interval = figure.interval
    return {
        "name": figure.name,
        "label": figure.label,
        "value": figure.value,
        "unit": figure.currency or figure.unit,
        "n": figure.n,
        "enough": figure.enough,
        "interval": [interval.low, interval.high] if interval else None,
        "level": interval.level if interval else None,
        "definition": figure.definition,
        "source": figure.source,
        **_span(figure.span),
        "partial": figure.partial,
        "as_of": figure.as_of.isoformat(),
        "data_until": figure.data_until.isoformat(),
        "segment": figure.segment or None,
        "refused": figure.refused or None,
        "target": figure.target,
        "good": figure.good or None,
        "trend": [
            {**_span(point.span), "value": point.value, "n": point.n, "partial": point.partial}
            for point in figure.trend
        ],
        **figure.more,
    }


def dump(figure: Figure) -> dict[str, Any]:
    """Return a figure for a file that `load` reads."""
    plain = {one.name: getattr(figure, one.name) for one in fields(figure)}
    interval = figure.interval
    return {
        **plain,
        "interval": [interval.low, interval.high, interval.level] if interval else None,
        "span": _ends(figure.span),
        "as_of": figure.as_of.isoformat(),
        "data_until": figure.data_until.isoformat(),
        "trend": [[*_ends(point.span), point.value, point.n, point.partial] for point in figure.trend],
    }


def load(data: Mapping[str, Any]) -> Figure:
    """Return the figure of what `dump` gave."""
    interval = data["interval"]
    known = {
        **data,
        "interval": Interval(*interval) if interval else None,
        "span": _from_ends(*data["span"]),
        "as_of": date.fromisoformat(data["as_of"]),
        "data_until": datetime.fromisoformat(data["data_until"]),
        "trend": tuple(
            Point(_from_ends(start, end), value, n, partial) for start, end, value, n, partial in data["trend"]
        ),
    }
    return Figure(**known)


def _span(span: Span) -> dict[str, str | None]:
    return {"from": span.start.isoformat() if span.start else None, "to": span.end.isoformat()}


def _ends(span: Span) -> list[str | None]:
    return [span.start.isoformat() if span.start else None, span.end.isoformat()]


def _from_ends(start: str | None, end: str) -> Span:
    return Span(date.fromisoformat(start) if start else None, date.fromisoformat(end))
