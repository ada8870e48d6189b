"""What the service dashboard draws beside its figures: tickets by day, the ages of the backlog, everybody side by side.

As with `pictures`, what was worked out is kept in a file with the state of the lake. Service is seen from today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from rapport.insight import pictures
from rapport.kernel import clock
from rapport.kernel.actors import SYSTEM, Actor
from rapport.team.queries import organisation

if TYPE_CHECKING:
    from rapport.insight.metrics.registry import Metric
    from rapport.insight.metrics.scope import Scope

Row = dict[str, Any]
AGES = ((0, 1), (1, 3), (3, 7), (7, 28), (28, None))
"""Days since the opening of a ticket, from and up to but not including."""
COLUMNS = (
    "tickets_opened", "tickets_solved", "backlog", "first_response", "resolution", "sla_first", "sla_solve",
    "reopen_rate", "one_touch", "service_csat",
)  # fmt: skip
"""What is told of each agent, queue, channel and tag."""
TAGS = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about service: over which days (half-open; no start: everything), of which slice, who asks."""

    start: date | None
    end: date | None
    segment: str = ""
    only: Mapping[str, str] = field(default_factory=dict)
    actor: Actor = SYSTEM


@dataclass(frozen=True, slots=True)
class Day:
    """How many tickets were opened and solved on a day."""

    on: date
    opened: int
    solved: int


@dataclass(frozen=True, slots=True)
class Age:
    """How many tickets of the backlog are from `low` up to but not including `high` days old (None: older)."""

    low: int
    high: int | None
    n: int


@dataclass(frozen=True, slots=True)
class Value:
    """A figure of a part: its value in the metric's unit, over how many, whether that is enough, and between what."""

    value: float | None
    n: int
    enough: bool
    low: float | None = None
    high: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """An agent, queue, channel or tag, by its id or name ("" for tickets without), with its figures by metric."""

    key: str
    values: Mapping[str, Value]


def by_day(asked: Asked) -> list[Day]:
    """Return the days of the period with a ticket opened or solved, in order."""

    def found(scope: Scope) -> list[Row]:
        counts: dict[date, list[int]] = {}
        for place, name in enumerate(("tickets_opened", "tickets_solved")):
            facts = _flow(scope, name)
            for row in scope.lake.list(facts.group_by("on").aggregate(n=facts.count())):
                counts.setdefault(row["on"], [0, 0])[place] = row["n"]
        return [{"on": day.isoformat(), "opened": one, "solved": two} for day, (one, two) in sorted(counts.items())]

    return [Day(date.fromisoformat(row["on"]), row["opened"], row["solved"]) for row in _kept("by day", found, asked)]


def ages(asked: Asked) -> list[Age]:
    """Return the backlog at the end of the period by the age of its tickets."""

    def found(scope: Scope) -> list[Row]:
        from rapport.insight.metrics.run import named

        facts = named("backlog_age").facts(scope, [scope.span])
        counts = {
            f"age_{place}": ((facts.value >= low) & (facts.value < (high or 1_000_000))).sum()
            for place, (low, high) in enumerate(AGES)
        }
        row = scope.lake.one(facts.aggregate(**counts))
        return [{"low": low, "high": high, "n": row[f"age_{place}"] or 0} for place, (low, high) in enumerate(AGES)]

    return [Age(**row) for row in _kept("ages", found, asked)]


def parts(by: str, asked: Asked) -> list[Part]:
    """Return the agents, queues, channels or tags (`by`) with their figures, those with most tickets opened first."""

    def found(scope: Scope) -> list[Row]:
        from rapport.insight.metrics.run import named

        rows: dict[str, dict[str, Row]] = {}
        for name in COLUMNS:
            for key, value in _parts(scope, named(name), by).items():
                rows.setdefault(key, {})[name] = value
        return [{"key": key, "values": values} for key, values in rows.items()]

    made = [
        Part(row["key"], {name: Value(**value) for name, value in row["values"].items()})
        for row in _kept(f"by {by}", found, asked)
    ]
    return sorted(made, key=lambda one: (-_count(one, "tickets_opened"), -_count(one, "backlog"), one.key))


def tags(asked: Asked) -> list[str]:
    """Return the tags of tickets opened in the period, the most frequent first."""

    def found(scope: Scope) -> list[Row]:
        facts = _flow(scope, "tickets_opened")
        facts = facts.select(tag=facts.tags.unnest())
        each = facts.group_by("tag").aggregate(n=facts.count())
        return sorted(scope.lake.list(each), key=lambda row: (-row["n"], row["tag"]))[:TAGS]

    return [row["tag"] for row in _kept("tags", found, asked)]


def _count(part: Part, name: str) -> float:
    value = part.values.get(name)
    return (value.value or 0.0) if value else 0.0


def _flow(scope: Scope, name: str) -> Any:
    """Return the facts of a metric within the period."""
    from rapport.insight.metrics.run import named, within

    return within(named(name).facts(scope), scope.span)


def _parts(scope: Scope, metric: Metric, by: str) -> dict[str, Row]:
    from rapport.insight.metrics.run import parts_of

    found = {}
    for key, one in parts_of(scope, metric, by).items():
        between = one.interval
        found["" if key is None else str(key)] = {
            "value": one.value,
            "n": one.n,
            "enough": one.n >= metric.min_n,
            "low": between.low if between else None,
            "high": between.high if between else None,
            "p90": one.more.get("p90"),
        }
    return found


def _kept(name: str, found: Any, asked: Asked) -> list[Row]:
    day = clock.today(organisation().zone)
    end = asked.end or day + timedelta(days=1)
    return pictures.kept(
        f"desk {name}", found, day, asked.start, end, segment=asked.segment, only=asked.only, actor=asked.actor
    )
