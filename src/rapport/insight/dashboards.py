"""Dashboards: which figures they show. What was worked out is kept in a file per state of the lake.

So the first reader after a refresh waits for the engine, and the next ones, in other processes too, don't load it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from rapport.insight import queries
from rapport.insight.lake import manifest
from rapport.insight.metrics.figures import Figure
from rapport.insight.metrics.seen import seen
from rapport.insight.metrics.stored import dump, load
from rapport.insight.models import Target
from rapport.insight.permissions import VIEW
from rapport.insight.policy import Policy
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.team.queries import organisation

OWNER = (
    "revenue", "orders", "average_order_value", "customers", "active_customers", "new_customers", "retention", "churn",
    "repeat_purchase_rate", "days_between_orders", "kept_promises", "on_time_delivery", "csat", "review_score", "nps",
    "cltv", "cltv_predicted", "p_alive", "rfm", "cohorts",
)  # fmt: skip
DATA = (
    "lines", "documents", "cancellations", "adjustments", "lines_without_customer", "customers", "buyers",
    "repeat_buyers", "orders_of_customers", "revenue",
)  # fmt: skip
SERVICE = ("first_response", "resolution", "sla_first", "service_csat", "backlog", "tickets_opened", "tickets_solved")
SERVICE_MORE = (
    "next_response", "first_response_clock", "resolution_clock", "sla_next", "sla_solve", "reopen_rate", "one_touch",
    "first_contact_resolution", "complaints_recovered", "service_ces", "backlog_age",
)  # fmt: skip
BY_HOUR = ("contacts_by_hour",)
SETS = (SERVICE, SERVICE_MORE, BY_HOUR)
"""What is worked out together, and kept in one file."""
VERSION = 2
YEAR = 365
MONTH = 30


def owner(
    *,
    start: date | None = None,
    end: date | None = None,
    as_of: date | None = None,
    segment: str = "",
    actor: Actor = SYSTEM,
) -> dict[str, Figure]:
    """Return the figures of the owner's dashboard by name. Raises as `queries.figures` does."""
    return kept(OWNER, start=start, end=end, as_of=as_of, segment=segment, actor=actor)


def service(
    names: Collection[str] = (),
    *,
    start: date | None = None,
    end: date | None = None,
    segment: str = "",
    only: Mapping[str, str] | None = None,
    actor: Actor = SYSTEM,
) -> dict[str, Figure]:
    """Return the figures of the service dashboard, seen from today: those that matter most with their trends.

    names: which are needed (none: all); those that are worked out together with them come along. Raises as
    `queries.figures` does.
    """
    day = clock.today(organisation().zone)
    asked: dict[str, Any] = {"start": start, "end": end, "as_of": day, "segment": segment, "only": only}
    found: dict[str, Figure] = {}
    for together in SETS:
        if not names or not set(together).isdisjoint(names):
            found |= kept(together, trend=together is SERVICE, actor=actor, **asked)
    return found


def evenness(
    *,
    start: date | None = None,
    end: date | None = None,
    segment: str = "",
    only: Mapping[str, str] | None = None,
    actor: Actor = SYSTEM,
) -> Figure:
    """Return how even the speed of first answers is over channels. Raises as `queries.figures` does."""
    name, day = "speed_between_channels", clock.today(organisation().zone)
    asked: dict[str, Any] = {"start": start, "end": end, "as_of": day, "segment": segment, "only": only}
    return kept([name], trend=False, actor=actor, **asked)[name]


def data(*, actor: Actor = SYSTEM) -> dict[str, Figure]:
    """Return how much data there is, each count with its rule, by name. Raises as `queries.figures` does."""
    return kept(DATA, actor=actor)


def kept(
    names: Sequence[str],
    *,
    start: date | None = None,
    end: date | None = None,
    as_of: date | None = None,
    segment: str = "",
    only: Mapping[str, str] | None = None,
    trend: bool = True,
    actor: Actor = SYSTEM,
) -> dict[str, Figure]:
    """Return figures by name: from the file of the lake's state when they were asked for before, else worked out.

    Raises as `queries.figures` does.
    """
    actor.require(VIEW)
    day = as_of or queries.present_day()
    path = place(names, start, end, day, segment, actor, only)
    found = _read(path) if path else None
    if found is None:
        asked: dict[str, Any] = {"as_of": day, "start": start, "end": end, "segment": segment, "only": only}
        found = queries.figures(names, trend=trend, actor=actor, **asked)
        path = place(names, start, end, day, segment, actor, only)
        if path:
            manifest.write_whole(path, json.dumps([dump(figure) for figure in found]))
    targets = dict(Target.objects.values_list("metric", "value"))
    return {figure.name: replace(figure, target=targets.get(figure.name)) for figure in found}


def year(day: date) -> tuple[date, date]:
    """Return the period that a dashboard opens with: the 365 days up to and with `day`, half-open."""
    end = day + timedelta(days=1)
    return end - timedelta(days=YEAR), end


def place(
    names: Sequence[str],
    start: date | None,
    end: date | None,
    day: date,
    segment: str,
    actor: Actor,
    only: Mapping[str, str] | None = None,
) -> Path | None:
    """Return where the answer to the question `names` over a period is kept; None when there is no lake."""
    root = settings.HOME.lake
    token, _as_of = manifest.current(root)
    if not token:
        return None
    firm = organisation()
    rules = asdict(Policy.of(firm.policy))
    whose = str(actor.user_id) if segment else ""
    theirs = seen(actor)
    reach = theirs and [sorted(map(str, theirs.owners)), theirs.unowned, sorted(map(str, theirs.closed))]
    slices = sorted((only or {}).items())
    question = [VERSION, names, start, end, day, segment, whose, rules, firm.currency, get_language(), slices, reach]
    key = hashlib.sha256(json.dumps(question, default=str, sort_keys=True).encode()).hexdigest()[:24]
    return manifest.answer_path(root, token, key)


def _read(path: Path) -> list[Figure] | None:
    try:
        return [load(one) for one in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError):
        return None
