"""Lifetime value: what customers brought, and what they will bring (BG/NBD with Gamma-Gamma).

Sources: Fader, Hardie, Lee 2005 (Marketing Science 24(2), JMR 42(4)); notes of Hardie 004 and 025.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ibis.expr import types as ir

from rapport.insight.maths import bgnbd, gammagamma, holdout, mbgnbd
from rapport.insight.maths.arrays import FloatArray
from rapport.insight.maths.clv import Value, lifetime_value, monthly_rate
from rapport.insight.maths.fitted import Fitted, PurchaseModel
from rapport.insight.maths.gammagamma import GammaGamma
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.intervals import mean_t
from rapport.insight.maths.refusals import BadHistory, NoFit, NoMean, Refusal, TooFewRepeaters, TooLittleHistory
from rapport.insight.metrics.customers import CUSTOMERS, in_each
from rapport.insight.metrics.figures import Interval, Outcome, Span
from rapport.insight.metrics.margin import rate, with_margin
from rapport.insight.metrics.registry import metric
from rapport.insight.metrics.scope import Scope

GROUP = "value"
HELD_BACK = 0.3
"""Share of the observed time that the model is tested on."""
CORRELATED = 0.2
TESTED = 100_000
"""Customers that are enough for a test."""
EPOCH = 719_163
"""Ordinal of 1970-01-01."""


@dataclass(frozen=True, slots=True)
class Purchases:
    """The purchase histories of all customers, in one order; money in major units."""

    customers: pa.Array
    histories: Histories
    mean_repeat: FloatArray


@dataclass(frozen=True, slots=True)
class Predicted:
    """Fitted models and what they say of each customer, in the order of `purchases`; the margin they count with."""

    purchases: Purchases
    model: Fitted[PurchaseModel]
    spend: Fitted[GammaGamma]
    value: Value
    p_alive: FloatArray
    margin: float


@metric(
    "cltv",
    _("Lifetime value to date"),
    definition=_(
        "Mean over all customers who bought, also those who bought once, of what they brought: orders, less credit "
        "notes and refunds, by the order's date, less the cost of their lines; where that is not known, times the "
        "margin of %(margin_percent)s %%."
    ),
    unit="money",
    how="mean",
    kind="state",
    drill=CUSTOMERS,
    trend=False,
    group=GROUP,
)
def cltv(scope: Scope, windows: Sequence[Span]) -> ir.Table:
    """Facts: every customer with an order up to the end of a window, with the money they brought in it."""
    rows = worth(scope)
    sums = {}
    for place, window in enumerate(windows):
        inside = rows.on < window.end
        if window.start:
            inside &= rows.on >= window.start
        sums[f"margin_{place}"] = inside.ifelse(rows.margin, 0.0).sum()
        sums[f"bought_{place}"] = (inside & rows.sale).any()
    each = rows.group_by("customer_id").aggregate(**sums)

    def of(place: int, _window: Span) -> ir.Table:
        return each.filter(each[f"bought_{place}"]).select("customer_id", window=place, value=each[f"margin_{place}"])

    return in_each(windows, of)


def worth(scope: Scope) -> ir.Table:
    """Return every document of a known customer that counts: on, worth and margin (minor units), sale (bought)."""
    rows = scope.known(scope.documents)
    rows = with_margin(scope, rows.filter(rows.status != "cancelled"))
    sale = (rows.kind == "sale") & rows.has_sale_line
    return rows.select("customer_id", "on", "margin", sale=sale, worth=rows.net_base_minor - rows.refunded_base_minor)


@metric(
    "p_alive",
    _("Customers still there"),
    definition=_(
        "Mean over all customers who bought of the probability that they will buy again, by the BG/NBD model; for "
        "those who bought once, for whom BG/NBD always says 1, by MBG/NBD."
    ),
    source="Fader, Hardie, Lee 2005; Batislam, Denizel, Filiztekin 2007",
    unit="%",
    how="model",
    kind="model",
    min_n=100,
    drill=CUSTOMERS,
    group=GROUP,
)
def p_alive(scope: Scope) -> Outcome:
    """Mean probability of being a customer still, with the parameters."""
    try:
        found = predicted(scope)
    except Refusal as refusal:
        return Outcome(None, 0, refused=why(refusal))
    interval = mean_t(found.p_alive)
    return Outcome(
        100.0 * float(found.p_alive.mean()),
        int(found.p_alive.size),
        Interval(100 * interval.low, 100 * interval.high) if interval else None,
        more={"models": {"bgnbd": described(found.model)}, "histogram": _histogram(found.p_alive)},
    )


@metric(
    "cltv_predicted",
    _("Predicted lifetime value"),
    definition=_(
        "Mean over all customers who bought of the margin on what they are expected to buy in the next %(months)s "
        "months (the share of net revenue that all purchases so far left by line cost, or %(margin_percent)s %% where "
        "that is not known; discounted by %(discount_percent)s %% a year): BG/NBD for how often, Gamma-Gamma for how "
        "much. One purchase per customer and day. "
        "The interval is a prediction interval for the mean."
    ),
    source="Fader, Hardie, Lee 2005, JMR 42(4)",
    unit="money",
    how="model",
    kind="model",
    min_n=100,
    drill=CUSTOMERS,
    group=GROUP,
)
def cltv_predicted(scope: Scope) -> Outcome:
    """Mean predicted value with total, parameters, log-likelihoods and the error on the time held back."""
    try:
        found = predicted(scope)
    except Refusal as refusal:
        return Outcome(None, 0, refused=why(refusal))
    n, value = int(found.value.each.size), found.value
    more = {
        "total": value.total,
        "models": {"bgnbd": described(found.model), "gamma_gamma": described(found.spend)},
        "months": scope.policy.months,
        "margin": found.margin,
        "discount": scope.policy.discount,
        "holdout": tested(scope),
        "warnings": _warnings(found),
    }
    interval = Interval(value.interval.low / n, value.interval.high / n) if value.interval else None
    return Outcome(value.total / n, n, interval, more=more)


def predicted(scope: Scope) -> Predicted:
    """Fit both models and predict every customer; kept with the lake. Raises a `Refusal` of the mathematics."""
    key = (
        "predicted",
        scope.as_of,
        scope.group,
        scope.policy.months,
        scope.policy.margin,
        scope.policy.discount,
    )
    return scope.lake.keep(key, lambda: _predict(scope))


def _predict(scope: Scope) -> Predicted:
    bought = purchases(scope)
    histories = bought.histories
    model: Fitted[Any] = bgnbd.fit(histories)
    spend = gammagamma.fit(histories.x, bought.mean_repeat)
    share = rate(scope)
    value = lifetime_value(
        model,
        spend,
        histories,
        bought.mean_repeat,
        months=scope.policy.months,
        monthly_discount=monthly_rate(scope.policy.discount),
        margin=share,
    )
    alive = model.model.p_alive(histories)
    once = histories.x == 0
    if once.any():
        alive = np.where(once, mbgnbd.fit(histories).model.p_alive(histories), alive)
    return Predicted(bought, model, spend, value, alive, share)


def purchases(scope: Scope) -> Purchases:
    """Return the histories of all customers who bought up to the day; several orders on a day are one purchase."""
    rows = scope.purchases
    days = rows.group_by("customer_id", "on").aggregate(worth=rows.worth.sum())
    each = days.group_by("customer_id").aggregate(
        first=days.on.min(),
        last=days.on.max(),
        days=days.count(),
        worth=days.worth.sum().cast("float64"),
        first_worth=days.worth.argmin(days.on).cast("float64"),
    )
    each = each.select(
        "customer_id",
        x=each.days - 1,
        t_x=each["last"].delta(each["first"], unit="day"),
        T=ibis.literal(scope.as_of).delta(each["first"], unit="day"),
        repeat=each.worth - each.first_worth,
    )
    found = scope.lake.arrow(each)
    x, t_x, age = (found.column(name).to_numpy().astype(np.int64) for name in ("x", "t_x", "T"))
    mean = found.column("repeat").to_numpy() / np.maximum(x, 1) / scope.minor
    return Purchases(found.column("customer_id").combine_chunks(), Histories(x, t_x, age), mean)


def tested(scope: Scope) -> dict[str, Any]:
    """Return how well the purchase model tells the last part of the observed time from the part before.

    With very many customers, on every k-th of them.
    """
    bought = scope.purchases
    every = max(1, scope.lake.rows("customers_customer") // TESTED)
    if every > 1:
        bought = bought.filter(bought.customer_id.hash().abs() % every == 0)
    rows = scope.lake.arrow(bought.select("customer_id", day=bought.on.epoch_days()))
    if rows.num_rows == 0:
        return {"refused": gettext("There are no orders yet.")}
    keys = rows.column("customer_id").combine_chunks()
    customer = keys.storage.dictionary_encode().indices.to_numpy().astype(np.int64)
    day = rows.column("day").to_numpy().astype(np.int64)
    first, end = int(day.min()), scope.as_of.toordinal() - EPOCH
    split = end - int((end - first) * HELD_BACK)
    try:
        found = holdout.assess(customer, day, split, end, bgnbd.fit)
    except Refusal as refusal:
        return {"refused": why(refusal)}
    return {
        "every": every,
        "from": (scope.as_of - timedelta(days=end - split)).isoformat(),
        "to": scope.as_of.isoformat(),
        "total_error": found.total_error,
        "mean_error": found.mean_error,
        "plain_error": found.plain_error,
        "groups": [
            {"x": group.x, "customers": group.customers, "actual": group.actual, "predicted": group.predicted}
            for group in found.groups
        ],
    }


def described(fitted: Fitted[Any]) -> dict[str, Any]:
    """Return what a fit says about itself."""
    return {
        "parameters": fitted.model.parameters(),
        "standard_errors": fitted.standard_errors(),
        "log_likelihood": fitted.log_likelihood,
        "customers": fitted.customers,
        "repeaters": fitted.repeaters,
        "penalty": fitted.penalty,
        **({"correlation": fitted.correlation} if fitted.correlation is not None else {}),
    }


def why(refusal: Refusal) -> str:
    """Say in words why there is no model."""
    match refusal:
        case TooFewRepeaters():
            return gettext("Only %(found)s customers bought on a second day; a model needs %(needed)s.") % {
                "found": refusal.found,
                "needed": refusal.needed,
            }
        case TooLittleHistory():
            return gettext("%(observed).0f weeks of history are too few; a model needs %(needed).0f.") % {
                "observed": refusal.observed,
                "needed": refusal.needed,
            }
        case NoMean():
            return gettext("Spending is too uneven for a mean to be predicted.")
        case NoFit() | BadHistory() | Refusal():
            return gettext("The model does not fit this data.")


def _warnings(found: Predicted) -> list[str]:
    warnings = []
    if found.spend.correlation is not None and abs(found.spend.correlation) > CORRELATED:
        warnings.append(
            gettext("Spend and frequency go together (correlation %(r).2f), which the spend model takes not to be so.")
            % {"r": found.spend.correlation}
        )
    if found.model.penalty:
        warnings.append(gettext("The likelihood alone had no optimum; a penalty was needed."))
    return warnings


def _histogram(values: FloatArray) -> list[int]:
    counts: list[int] = np.histogram(values, bins=10, range=(0, 1))[0].tolist()
    return counts
