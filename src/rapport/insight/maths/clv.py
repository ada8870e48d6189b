"""Customer lifetime value: purchases to come, times what they bring, discounted by month.

CLV = Σ over months k of margin · E[M] · (E[Y(k months)] - E[Y(k-1 months)]) / (1+d)^k
(Fader, Hardie, Lee 2005, JMR 42(4)).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from rapport.insight.maths.arrays import FloatArray, dot
from rapport.insight.maths.fitted import Fitted, Model, PurchaseModel
from rapport.insight.maths.gammagamma import GammaGamma
from rapport.insight.maths.histories import Histories, by_x_and_age
from rapport.insight.maths.intervals import Interval, normal_quantile

MONTH = 365.25 / 12 / 7
"""A month in weeks."""
SAMPLE = 20_000
"""Customers on whom the effect of uncertain parameters is measured."""
NUDGE = 1e-4

M = TypeVar("M", bound=Model)


def monthly_rate(annual: float) -> float:
    """The monthly discount rate with the same effect over a year as the annual one."""
    return float((1 + annual) ** (1 / 12) - 1)


@dataclass(frozen=True, slots=True)
class Value:
    """Predicted value of customers.

    each: per customer, in the unit of spend; total: their sum; interval: where the total will lie
    (a prediction interval: chance and uncertain parameters; None where the spend model has no
    variance); chance, parameters: the two standard deviations behind it.
    """

    each: FloatArray
    total: float
    interval: Interval | None
    chance: float
    parameters: float


def discounted_purchases(
    model: PurchaseModel, histories: Histories, months: int, monthly_discount: float, month: float = MONTH
) -> FloatArray:
    """Purchases expected in the next months, each worth 1/(1+d)^k in month k, per customer.

    month: length of a month in weeks.
    """
    worth = (1 + monthly_discount) ** -np.arange(1.0, months + 1)
    ahead = by_x_and_age(histories, lambda x, T: model.while_alive(x, T, months * month, worth))
    return ahead * model.p_alive(histories)


def lifetime_value(
    purchases: Fitted[PurchaseModel],
    spend: Fitted[GammaGamma],
    histories: Histories,
    mean_repeat: FloatArray,
    *,
    months: int = 12,
    monthly_discount: float = 0.01,
    margin: float = 1.0,
    month: float = MONTH,
    level: float = 0.95,
) -> Value:
    """Value of each customer over the next months and of all together.

    mean_repeat: mean spend of each customer's repeat purchases, in the unit the spend model was fitted in;
    margin: share of spend that is kept; monthly_discount: see `monthly_rate`; month: in weeks.
    """
    bought = discounted_purchases(purchases.model, histories, months, monthly_discount, month)
    each = margin * spend.model.mean_spend(histories.x, mean_repeat) * bought
    total = float(each.sum())
    variance = _chance(purchases.model, spend.model, histories, mean_repeat, bought, months * month)
    chance = margin * float(np.sqrt(variance))
    worth = partial(discounted_purchases, months=months, monthly_discount=monthly_discount, month=month)
    parameters = total * _uncertainty(purchases, spend, histories, mean_repeat, worth)
    half = normal_quantile(level) * float(np.hypot(chance, parameters))
    interval = Interval(total - half, total + half, level) if np.isfinite(half) else None
    return Value(each, total, interval, chance, parameters)


def _uncertainty(
    purchases: Fitted[PurchaseModel],
    spend: Fitted[GammaGamma],
    histories: Histories,
    mean_repeat: FloatArray,
    worth: Callable[[PurchaseModel, Histories], FloatArray],
) -> float:
    """Standard deviation that uncertain parameters give the total, relative to it; from a sample of customers."""
    every = max(1, -(-histories.size // SAMPLE))
    some = Histories(histories.x[::every], histories.t_x[::every], histories.T[::every], histories.unit)
    money = spend.model.mean_spend(some.x, mean_repeat[::every])
    bought = worth(purchases.model, some)
    base = dot(bought, money)
    if base <= 0:
        return 0.0
    by_purchases = [dot(worth(model, some), money) / base - 1 for model in _nudged(purchases)]
    by_spend = [dot(bought, model.mean_spend(some.x, mean_repeat[::every])) / base - 1 for model in _nudged(spend)]
    return float(np.sqrt(_spread(by_purchases, purchases) + _spread(by_spend, spend)))


def _chance(
    model: PurchaseModel,
    money: GammaGamma,
    histories: Histories,
    mean_repeat: FloatArray,
    bought: FloatArray,
    weeks: float,
) -> float:
    """Variance of the total for known parameters: customers differ, die and spend by chance.

    The discount is taken as its mean per customer, independent of how many purchases come.
    """
    alive = model.p_alive(histories)
    ahead = by_x_and_age(histories, lambda x, T: model.while_alive(x, T, weeks))
    pairs = by_x_and_age(histories, lambda x, T: model.pairs_while_alive(x, T, weeks))
    mean, square = alive * ahead, alive * (ahead + pairs)
    discount = np.divide(bought, mean, out=np.zeros_like(mean), where=mean > 0)
    spend, spend_square = money.mean_spend(histories.x, mean_repeat), money.mean_square(histories.x, mean_repeat)
    with np.errstate(invalid="ignore"):
        each = (mean / money.p + square) * spend_square - (mean * spend) ** 2
    return dot(discount**2, np.maximum(each, 0.0))


def _nudged(fitted: Fitted[M]) -> list[M]:
    """The model with each parameter in turn moved by a little (in its logarithm)."""
    values = np.array(list(fitted.model.parameters().values()))
    return [type(fitted.model).of(values * np.exp(NUDGE * axis)) for axis in np.eye(values.size)]


def _spread(change: list[float], fitted: Fitted[M]) -> float:
    """Variance of the relative change of the total that uncertain parameters make."""
    slope = np.array(change) / NUDGE
    return float(slope @ fitted.covariance @ slope)
