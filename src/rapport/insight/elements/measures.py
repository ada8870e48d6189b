"""How each measure judges its rows: one small expression, from 0 (bad) to 1 (good)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import ibis
from ibis.expr import types as ir

from rapport.insight.elements.catalogue import MEASURES
from rapport.insight.elements.sources import PROFILE, half
from rapport.insight.metrics.contacts import local
from rapport.insight.metrics.scope import Scope

JUDGES: dict[str, Judge] = {}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a measure makes of the rows of its source, as Ibis columns.

    value: 0 (bad) to 1 (good); counts: which rows are evidence at all; size: how much a row counts.
    """

    value: Any
    counts: Any = None
    size: Any = 1.0


def judges(name: str) -> Callable[[Judge], Judge]:
    """Make a function the judge of the measure `name`: it takes its source's rows and the scope."""
    if name not in MEASURES:
        raise ValueError(f"there is no measure {name}")

    def decorate(function: Judge) -> Judge:
        JUDGES[name] = function
        return function

    return decorate


Judge: TypeAlias = "Callable[[ir.Table, Scope], Evidence]"
PATIENCE = 14
"""Days after which being late can get no worse."""


def falling(days: ir.NumericValue, good: float, bad: float) -> ir.NumericValue:
    """Return 1 up to `good` days, falling to 0 at `bad` days."""
    return ibis.greatest(0.0, ibis.least(1.0, 1 - (days - good) / (bad - good)))


@judges("trust.promises_kept")
def promises_kept(rows: ir.Table, scope: Scope) -> Evidence:
    """Every promise that fell due."""
    late = falling(rows.days_late, 0, PATIENCE) / 2
    value = ibis.cases((rows.outcome == "kept", 1.0), (rows.outcome == "broken", 0.0), else_=late)
    return Evidence(value, size=rows.weight)


@judges("trust.delivery_accuracy")
def delivery_accuracy(rows: ir.Table, scope: Scope) -> Evidence:
    """Every order that was delivered and had a promised day."""
    off = rows.delivered_on.delta(rows.promised_on, unit="day").abs()
    there = rows.promised_on.notnull() & (rows.delivered_on < scope.tomorrow).fill_null(False)
    return Evidence(falling(off, 1, PATIENCE), there)


@judges("respect.consent")
def consent(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact we made."""
    return Evidence((rows.refused_at.isnull() | (rows.moment < rows.refused_at)).cast("float64"))


@judges("respect.preferred_channel")
def preferred_channel(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact with a customer whose preferred channel we know."""
    return Evidence((rows.channel == rows.preferred_channel).cast("float64"), rows.preferred_channel != "")


@judges("respect.quiet_hours")
def quiet_hours(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact with a customer who gave quiet hours."""
    zone = (rows.zone == "").ifelse(scope.lake.zone, rows.zone)
    hour = local(zone, rows.moment).time()
    over_night = rows.quiet_from > rows.quiet_to
    after, before = hour >= rows.quiet_from, hour < rows.quiet_to
    quiet = over_night.ifelse(after | before, after & before)
    return Evidence((~quiet).cast("float64"), rows.quiet_from.notnull() & rows.quiet_to.notnull())


@judges("respect.pressure")
def pressure(rows: ir.Table, scope: Scope) -> Evidence:
    """Every contact we made."""
    return Evidence((rows.in_week <= scope.policy.contact_cap).cast("float64"))


@judges("communication.balance")
def balance(rows: ir.Table, scope: Scope) -> Evidence:
    """Touchpoints of both sides, per customer."""
    ours = rows.went.sum().over(ibis.window())
    return Evidence(2 * ibis.least(rows.came, rows.went) / (rows.came + rows.went), ours > 0)


@judges("communication.calls_reached")
def calls_reached(rows: ir.Table, scope: Scope) -> Evidence:
    """Every call of ours with an outcome."""
    ours = (rows.kind == "call") & (rows.direction == "out") & (rows.outcome != "")
    value = ibis.cases((rows.outcome == "reached", 1.0), (rows.outcome == "left_message", 0.5), else_=0.0)
    return Evidence(value, ours)


@judges("communication.questions_answered")
def questions_answered(rows: ir.Table, scope: Scope) -> Evidence:
    """Everything that was asked."""
    return Evidence(rows.given.cast("float64"), rows.asked_on.notnull())


@judges("understanding.profile")
def profile(rows: ir.Table, scope: Scope) -> Evidence:
    """The profile, per customer."""
    return Evidence(rows.filled / PROFILE)


@judges("understanding.talks")
def talks(rows: ir.Table, scope: Scope) -> Evidence:
    """Every log entry with a text."""
    place = ibis.row_number().over(ibis.window(group_by=rows.customer_id, order_by=rows.day))
    return Evidence(1 - half(place + 1), rows.has_text)


@judges("responsiveness.dispatch")
def dispatch(rows: ir.Table, scope: Scope) -> Evidence:
    """Every order that was shipped."""
    days = rows.shipped_on.delta(rows.placed_on, unit="day")
    target = scope.policy.dispatch_days
    shipped = (rows.shipped_on < scope.tomorrow).fill_null(False)
    return Evidence(falling(days, target, 5 * target), shipped)


@judges("responsiveness.replies")
def replies(rows: ir.Table, scope: Scope) -> Evidence:
    """Feedback that asked for an answer."""
    deserves = rows.given & (rows.has_text | (rows.share < 0.5))
    waits = ~rows.replied & (rows.waited < PATIENCE)
    recorded = rows.replied.any().over(ibis.window())
    value = rows.replied.ifelse(falling(rows.waited, scope.policy.reply_days, PATIENCE), 0.0)
    return Evidence(value, deserves & ~waits & recorded)


@judges("responsiveness.promised_replies")
def promised_replies(rows: ir.Table, scope: Scope) -> Evidence:
    """Every promised reply or call that fell due."""
    late = falling(rows.days_late, 0, PATIENCE) / 2
    value = ibis.cases((rows.outcome == "kept", 1.0), (rows.outcome == "broken", 0.0), else_=late)
    return Evidence(value, rows.kind.isin(["reply", "call"]))


@judges("helpfulness.satisfaction")
def satisfaction(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer to a satisfaction question."""
    return Evidence(rows.share, rows.given & (rows.kind == "csat"))


@judges("helpfulness.effort")
def effort(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer on effort."""
    value = (rows.scale_high == 5).ifelse(1 - rows.share, rows.share)
    return Evidence(value, rows.given & (rows.kind == "ces"))


@judges("loyalty.recency")
def recency(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(rows.recent)


@judges("loyalty.frequency")
def frequency(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(rows.often)


@judges("loyalty.tenure")
def tenure(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(1 - half(rows.tenure / 365))


@judges("loyalty.alive")
def alive(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought, where there is a model."""
    return Evidence(rows.alive, rows.alive.notnull())


@judges("loyalty.expected")
def expected(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought twice or more."""
    year = ibis.least(rows.tenure, 365)
    due = ibis.greatest(year / ibis.greatest(rows.usual, 1.0), 1.0)
    return Evidence(ibis.least(1.0, rows.last_year / due), rows.usual.notnull())


@judges("loyalty.index")
def loyalty_answers(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer to a loyalty question."""
    return Evidence(rows.share, rows.given & (rows.kind == "cli"))


@judges("advocacy.recommends")
def recommends(rows: ir.Table, scope: Scope) -> Evidence:
    """Every answer on recommendation on a scale of 0 to 10."""
    right = (rows.scale_low == 0) & (rows.scale_high == 10)
    return Evidence(rows.share, rows.given & (rows.kind == "nps") & right)


@judges("advocacy.reviews")
def reviews(rows: ir.Table, scope: Scope) -> Evidence:
    """Every review."""
    return Evidence(rows.share, rows.given & (rows.kind == "review"))


@judges("profitability.to_date")
def to_date(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(rows.brought)


@judges("profitability.predicted")
def predicted(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought, where there is a model."""
    return Evidence(rows.predicted, rows.predicted.notnull())


@judges("profitability.kept")
def kept(rows: ir.Table, scope: Scope) -> Evidence:
    """Customers who bought."""
    return Evidence(ibis.greatest(0.0, ibis.least(1.0, rows.kept)), rows.kept.notnull())
