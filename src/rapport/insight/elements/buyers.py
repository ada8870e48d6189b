"""What customers bought, set against everybody else's: the source of loyalty and profitability."""

from __future__ import annotations

from datetime import timedelta

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr import types as ir

from rapport.insight.maths.arrays import FloatArray
from rapport.insight.maths.refusals import Refusal
from rapport.insight.metrics.scope import Scope
from rapport.insight.metrics.value import Predicted, predicted, worth

YEAR = 365
SPREAD = 1.959964
"""Standard deviations either side of the mean that hold 95 % of a normal distribution."""


def buyers(scope: Scope) -> ir.Table:
    """Return per customer who bought: places among all (0 to 1), days, and what the models say.

    n: purchase days; since, tenure: days since the last and the first; usual: mean days between purchases (None after
    one); last_year: purchase days in the last 365 days; recent, often, brought, predicted: place by time since the
    last, by number, by margin and by predicted value; alive: P(alive); kept: share of what was sold not credited.
    """
    rows = worth(scope)
    bought = rows.sale & (rows.worth > 0)
    days = rows.group_by("customer_id", "on").aggregate(
        bought=bought.any(), worth=rows.worth.sum(), margin=rows.margin.sum(), sold=(bought.ifelse(rows.worth, 0)).sum()
    )
    recent = days.on > scope.as_of - timedelta(days=YEAR)
    each = days.group_by("customer_id").aggregate(
        n=days.bought.cast("int64").sum(),
        first=days.on.min(where=days.bought),
        last=days.on.max(where=days.bought),
        last_year=(days.bought & recent).cast("int64").sum(),
        worth=days.worth.sum(),
        margin=days.margin.sum(),
        sold=days.sold.sum(),
    )
    each = each.filter(each.n > 0)
    today = ibis.literal(scope.as_of)
    since, tenure = today.delta(each["last"], unit="day"), today.delta(each["first"], unit="day")
    usual = (each["last"].delta(each["first"], unit="day") / (each.n - 1).nullif(0)).cast("float64")
    each = each.mutate(since=since, tenure=tenure, usual=usual, kept=each.worth / each.sold.nullif(0))
    each = _with_prediction(scope, each)
    return each.mutate(
        recent=1 - place(each.since),
        often=place(each.n),
        brought=place(each.margin),
        predicted=each.cltv.isnull().ifelse(ibis.null("float64"), place(each.cltv)),
    )


def place(value: ir.NumericValue) -> ir.FloatingValue:
    """Return the share of the others that a value passes, equal ones counted half: 0.5 in the middle of all."""
    return (value.percent_rank() + value.cume_dist()) / 2


def _with_prediction(scope: Scope, each: ir.Table) -> ir.Table:
    """Add alive, and cltv with low and high (minor units), empty where there is no model."""
    table = prediction(scope)
    if table is None:
        return each.mutate(**dict.fromkeys(("alive", "cltv", "low", "high"), ibis.null("float64")))
    joined = each.left_join(table, each.customer_id == table.buyer)
    return joined.drop("buyer")


def prediction(scope: Scope) -> ir.Table | None:
    """Return buyer, alive, cltv, low and high of every customer the models speak of; None when they were refused."""
    try:
        found = predicted(scope)
    except Refusal:
        return None
    name = f"prediction_{scope.as_of:%Y%m%d}"
    return scope.lake.keep(name, lambda: _registered(scope, found, name))


def _registered(scope: Scope, found: Predicted, name: str) -> ir.Table:
    """Put what the models say into the engine."""
    each = found.value.each
    half = SPREAD * _deviation(found)
    table = pa.table(
        {
            "buyer": found.purchases.customers,
            "alive": found.p_alive,
            "cltv": np.round(each * scope.minor),
            "low": np.round(np.maximum(each - half, 0.0) * scope.minor),
            "high": np.round((each + half) * scope.minor),
        }
    )
    scope.lake.engine.register(f"{name}_arrow", table)
    scope.lake.engine.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {name}_arrow")
    scope.lake.engine.unregister(f"{name}_arrow")
    return scope.lake.backend.table(name)


def _deviation(found: Predicted) -> FloatArray:
    """Return the standard deviation of each customer's value: a Poisson number of gamma-distributed purchases.

    Var = E[N]·E[M²], with E[M²] = m²·(1 + 1/p) for the mean m and shape p of the spend model.
    """
    bought = found.purchases
    mean = found.margin * found.spend.model.mean_spend(bought.histories.x, bought.mean_repeat)
    square = found.value.each * mean * (1 + 1 / found.spend.model.p)
    deviation: FloatArray = np.sqrt(np.maximum(square, 0.0))
    return deviation
