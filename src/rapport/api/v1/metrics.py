"""Metrics over the API: the same figures, definitions and intervals as on the pages."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.errors import HttpError

from rapport.api.v1.access import actor_of
from rapport.insight.permissions import VIEW

router = Router(tags=["metrics"])


class MetricOut(Schema):
    """What a metric is, without its figure."""

    name: str
    label: str
    definition: str
    unit: str
    source: str


@router.get("", response=list[MetricOut], summary="List metrics")
def list_metrics(request: HttpRequest) -> list[dict[str, str]]:
    """Return every metric with its definition."""
    from rapport.insight import queries

    actor_of(request).require(VIEW)
    names = ("name", "label", "definition", "unit", "source")
    return [{name: str(getattr(metric, name)) for name in names} for metric in queries.metrics()]


@router.get("/{name}", response=dict[str, Any], summary="Get a metric")
def get_metric(
    request: HttpRequest,
    name: str,
    as_of: date | None = None,
    start: date | None = None,
    end: date | None = None,
    segment: str = "",
    by: str = "",
    agent: str | None = None,
    queue: str | None = None,
    channel: str | None = None,
    tag: str | None = None,
) -> dict[str, Any]:
    """Return one metric: value, unit, n, interval, trend, definition, and for models the fitted parameters.

    `segment` is a condition on customers; the period runs from `start` up to but not including `end`. Metrics of
    service can be asked for one `agent` or `queue` (by id), `channel` or `tag`, empty for those without, and told
    apart with `by` one of these words: then `parts` holds value and n of each.
    """
    from rapport.insight import queries
    from rapport.insight.lake.reader import NoLake
    from rapport.insight.metrics.run import NotSliced, UnknownMetric
    from rapport.insight.metrics.stored import as_data

    actor = actor_of(request)
    actor.require(VIEW)
    if start and end and end <= start:
        raise HttpError(422, "end must be after start")
    wanted = {"agent": agent, "queue": queue, "channel": channel, "tag": tag}
    only = {name: value for name, value in wanted.items() if value is not None}
    asked: dict[str, Any] = {"as_of": as_of, "start": start, "end": end, "segment": segment, "only": only}
    try:
        [found] = queries.figures([name], actor=actor, **asked)
        parts = queries.parts(name, by, actor=actor, **asked) if by else {}
    except UnknownMetric as error:
        raise HttpError(404, f"there is no metric {name}") from error
    except NotSliced as error:
        raise HttpError(422, str(error)) from error
    except NoLake as error:
        raise HttpError(503, "the lake is not built yet; the worker builds it within minutes") from error
    told = [{by: key and str(key), "value": one.value, "n": one.n, **one.more} for key, one in parts.items()]
    return as_data(found) | ({"parts": told} if by else {})
