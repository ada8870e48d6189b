"""The journey: in which stage each customer was from when to when, worked out from what happened.

acquisition: known, no order yet. onboarding: from the first order until it arrived (or 30 days passed). purchase: from
a later order until it arrived (or 14 days passed). post_purchase: between purchases. advocacy: between purchases, and
the last answer within a year recommends us. lapsed: no order for three times (as set) the usual interval, 180 days at
least.
"""

from __future__ import annotations

import ibis
from ibis.expr import types as ir

from rapport.insight.metrics.scope import Scope

STAGES = ("acquisition", "onboarding", "purchase", "post_purchase", "advocacy", "lapsed")
ONBOARDING, PURCHASE = 30, 14
LEAST_LAPSE = 180
ADVOCATE_FOR = 365
PROMOTER = 0.9
"""An answer on recommendation or a review at this share of its scale, or above, recommends us."""


def marks(scope: Scope) -> ir.Table:
    """Return what may move a customer: customer_id, day, rank (order within a day), base (stage), promotes."""
    orders = _orders(scope)
    stage = (orders.earlier.isnull()).ifelse("onboarding", "purchase")
    placed = _mark(orders, orders.on, 1, stage)
    arrived = orders.filter((orders.arrived < orders.later) | orders.later.isnull())
    done = _mark(arrived, arrived.arrived, 2, "post_purchase")
    last = orders.filter(orders.lapses < orders.later.fill_null(scope.tomorrow))
    lapsed = _mark(last, last.lapses, 3, "lapsed")
    people = scope.live_customers.select(customer_id="id", on="since_on")
    known = _mark(people, people.on, 0, "acquisition")
    found = known.union(placed, done, lapsed, _answers(scope))
    return found.filter(found.day < scope.tomorrow)


def _orders(scope: Scope) -> ir.Table:
    """Return the purchase days with the one before and after, when what was bought arrived, and when lapse comes."""
    bought = scope.purchases
    days = bought.group_by("customer_id", "on").aggregate(delivered=bought.delivered_on.max())
    each = days.group_by(buyer="customer_id").aggregate(n=days.count(), first=days.on.min(), last=days.on.max())
    days = days.inner_join(each, days.customer_id == each.buyer).drop("buyer")
    own = ibis.window(group_by="customer_id", order_by="on")
    days = days.mutate(earlier=days.on.lag().over(own), later=days.on.lead().over(own))
    usual = days["last"].delta(days["first"], unit="day") / (days.n - 1).nullif(0)
    patience = ibis.greatest(LEAST_LAPSE, (scope.policy.lapse_factor * usual).fill_null(LEAST_LAPSE)).cast("int64")
    wait = days.earlier.isnull().ifelse(ONBOARDING, PURCHASE)
    arrives = ibis.coalesce(days.delivered, _after(days.on, wait))
    return days.mutate(arrived=ibis.greatest(arrives, days.on), lapses=_after(days.on, patience))


def _after(day: ir.DateValue, days: ir.IntegerValue) -> ir.DateValue:
    """Return the day so many days later; DuckDB's date plus an interval would be a moment."""
    return (day + days.as_interval("D")).cast("timestamp").date()


def _mark(rows: ir.Table, day: ir.DateValue, rank: int, base: ir.StringValue | str) -> ir.Table:
    stage = ibis.literal(base) if isinstance(base, str) else base
    return rows.select(
        "customer_id", day=day, rank=ibis.literal(rank, "int8"), base=stage, promotes=ibis.null("boolean")
    )


def _answers(scope: Scope) -> ir.Table:
    """Return answers on recommendation and reviews: whether they recommend us; they have no stage of their own."""
    rows = scope.table("feedback_answer")
    rows = rows.filter(
        rows.kind.isin(["nps", "review"])
        & rows.score.notnull()
        & rows.customer_id.notnull()
        & rows.answered_on.notnull()
    )
    rows = scope.known(rows)
    share = (rows.score - rows.scale_low) / (rows.scale_high - rows.scale_low)
    return rows.select(
        "customer_id",
        day=rows.answered_on,
        rank=ibis.literal(4, "int8"),
        base=ibis.null("string"),
        promotes=share >= PROMOTER,
    )


def spans(scope: Scope) -> ir.Table:
    """Return per customer the stages in order: stage, entered (day), left (day, None for the running one)."""
    rows = marks(scope)
    own = ibis.window(group_by="customer_id", order_by=["day", "rank"])
    so_far = ibis.window(group_by="customer_id", order_by=["day", "rank"], preceding=None, following=0)
    rows = rows.mutate(place=ibis.row_number().over(own).cast("int64"))
    # The last that is not empty, as a running maximum: DuckDB's last_value would take empty ones along.
    late = (rows.place > 0) & (rows.base == "acquisition")
    based = late.ifelse(ibis.null("int64"), rows.place * len(STAGES) + _code(rows.base))
    told = rows.day.epoch_days().cast("int64") * 2 + rows.promotes.cast("int64")
    rows = rows.mutate(
        base=based.max().over(so_far) % len(STAGES), told=told.max().over(so_far), today=rows.day.epoch_days()
    )
    recommends = (rows.told % 2 == 1) & (rows.today - rows.told // 2 <= ADVOCATE_FOR)
    at_rest = rows.base == STAGES.index("post_purchase")
    code = (at_rest & recommends.fill_null(False)).ifelse(STAGES.index("advocacy"), rows.base)
    stage = ibis.cases(*((code == place, name) for place, name in enumerate(STAGES)))
    rows = rows.mutate(stage=stage).filter(stage.notnull())
    rows = rows.mutate(before=rows.stage.lag().over(own))
    rows = rows.filter(rows.before.isnull() | (rows.before != rows.stage))
    return rows.select("customer_id", "stage", "before", entered="day", left=rows.day.lead().over(own))


def _code(stage: ir.StringValue) -> ir.IntegerValue:
    return ibis.cases(*((stage == name, place) for place, name in enumerate(STAGES)))


def flows(scope: Scope) -> ir.Table:
    """Return the moves of the period: source, target (stages), customers, days (median time in the source)."""
    rows = spans(scope)
    stays = ibis.window(group_by="customer_id", order_by="entered")
    rows = rows.mutate(earlier=rows.entered.lag().over(stays))
    rows = rows.filter(rows.before.notnull() & (rows.entered < scope.span.end))
    if scope.span.start:
        rows = rows.filter(rows.entered >= scope.span.start)
    rows = rows.mutate(days=rows.entered.delta(rows.earlier, unit="day"))
    return rows.group_by(source="before", target="stage").aggregate(
        moves=rows.count(), customers=rows.customer_id.nunique(), days=rows.days.median()
    )


def present(scope: Scope) -> ir.Table:
    """Return the stage each customer is in, with `entered`."""
    rows = spans(scope)
    return rows.filter(rows.left.isnull()).select("customer_id", "stage", "entered")
