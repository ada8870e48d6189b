"""Customer lifetime value against `lifetimes`: BG/NBD and Gamma-Gamma fitted, every customer predicted.

Both get the same histories in one run: ours as whole days, lifetimes as weeks, and both return P(alive), the
purchases of the next 52 weeks and the mean spend of each customer. 2,357 and 23,570 customers are CDNOW's sample
and master when the files are beside the repository, else drawn like the 1,000,000: from the BG/NBD and
Gamma-Gamma models at CDNOW's parameters, so that nearly every customer with purchases differs from every other.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from bench.table import Row, fastest, main
from rapport.insight.maths import bgnbd, clv, gammagamma
from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.bgnbd import BgNbd
from rapport.insight.maths.gammagamma import GammaGamma
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.summary import summarise

CDNOW = Path(__file__).parents[2] / "shared" / "vectors" / "cdnow"
END = date(1997, 9, 30).toordinal()
AHEAD = 52.0
SEED = 20050401
SIZES = ((2_357, 39 * 7, 1.0, 9), (23_570, 39 * 7, 1.0, 5), (1_000_000, 730, 1 / 3, 2))
"""Customers, days over which they came, most that ours may take of theirs, runs of which the fastest counts."""


@dataclass(frozen=True, slots=True)
class Customers:
    """Histories in days, and mean spend per repeat purchase (0 where there is none)."""

    source: str
    x: IntArray
    t_x: IntArray
    T: IntArray
    spend: FloatArray

    def histories(self) -> Histories:
        """A new one each time: nothing is kept from the run before."""
        return Histories(self.x, self.t_x, self.T)


def run() -> list[Row]:
    """Time and log-likelihood at each size, and twelve months of discounted value at 23,570 customers."""
    rows: list[Row] = []
    for size, days, limit, times in SIZES:
        customers = cdnow(size) or drawn(size, days)
        ours, theirs = predict(customers), predict_lifetimes(customers)
        rows.append(
            compare(f"CLTV fit and predict, {size:,} customers ({customers.source})", ours, theirs, limit, times)
        )
        rows.extend(likelihoods(customers, size))
        if size == SIZES[1][0]:
            ours, theirs = value(customers), value_lifetimes(customers)
            rows.append(
                compare(f"CLTV of 12 months, {size:,} customers ({customers.source})", ours, theirs, 1.0, times)
            )
    return rows


def compare(name: str, ours: Callable[[], object], theirs: Callable[[], object], limit: float, times: int) -> Row:
    """Fastest of some runs each, one warm-up for both when runs are short."""
    if times > 2:
        ours(), theirs()
    return Row.at_most(name, fastest(ours, times), fastest(theirs, times), limit)


def predict(customers: Customers) -> Callable[[], object]:
    """Ours: collapse, fit both models, predict each customer."""

    def work() -> object:
        histories = customers.histories()
        purchases = bgnbd.fit(histories).model
        money = gammagamma.fit(customers.x, customers.spend).model
        alive = purchases.p_alive(histories)
        return alive, purchases.purchases(histories, AHEAD), money.mean_spend(customers.x, customers.spend)

    return work


def predict_lifetimes(customers: Customers) -> Callable[[], object]:
    """Theirs: the same."""
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    x, t_x, age, spend = customers.x, customers.t_x / 7, customers.T / 7, customers.spend
    again = (x > 0) & (spend > 0)

    def work() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            purchases = BetaGeoFitter().fit(x, t_x, age)
            money = GammaGammaFitter().fit(x[again], spend[again])
            alive = purchases.conditional_probability_alive(x, t_x, age)
            bought = purchases.conditional_expected_number_of_purchases_up_to_time(AHEAD, x, t_x, age)
            return alive, bought, money.conditional_expected_average_profit(x, spend)

    return work


def value(customers: Customers) -> Callable[[], object]:
    """Ours: both fits, discounted value of each customer, interval of the total."""

    def work() -> object:
        histories = customers.histories()
        money = gammagamma.fit(customers.x, customers.spend)
        return clv.lifetime_value(bgnbd.fit(histories), money, histories, customers.spend)

    return work


def value_lifetimes(customers: Customers) -> Callable[[], object]:
    """Theirs: both fits, discounted value of each customer (it has no interval)."""
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    frame = pd.DataFrame({"x": customers.x, "t_x": customers.t_x / 7, "T": customers.T / 7, "spend": customers.spend})
    again = frame[(frame.x > 0) & (frame.spend > 0)]

    def work() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            purchases = BetaGeoFitter().fit(frame["x"], frame["t_x"], frame["T"])
            money = GammaGammaFitter().fit(again["x"], again["spend"])
            columns = frame["x"], frame["t_x"], frame["T"], frame["spend"]
            return money.customer_lifetime_value(purchases, *columns, time=12, discount_rate=0.01)

    return work


def likelihoods(customers: Customers, size: int) -> list[Row]:
    """Log-likelihood at our and at their parameters, both worked out by our function: not less than theirs."""
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    histories = customers.histories()
    again = (customers.x > 0) & (customers.spend > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        purchases = BetaGeoFitter().fit(customers.x, customers.t_x / 7, customers.T / 7).params_
        money = GammaGammaFitter().fit(customers.x[again], customers.spend[again]).params_
    theirs = BgNbd(*(purchases[name] for name in ("r", "alpha", "a", "b"))).log_likelihood(histories)
    spend = GammaGamma(*(money[name] for name in ("p", "q", "v"))).log_likelihood(customers.x, customers.spend)
    return [
        no_less(f"BG/NBD log-likelihood above theirs, {size:,} customers", bgnbd.fit(histories).log_likelihood, theirs),
        no_less(
            f"Gamma-Gamma log-likelihood above theirs, {size:,} customers",
            gammagamma.fit(customers.x, customers.spend).log_likelihood,
            spend,
        ),
    ]


def no_less(name: str, ours: float, theirs: float) -> Row:
    """The same up to a billionth, or better; the figure is the difference."""
    return Row(name, ours - theirs, None, None, "≥ 0", "nats", ours - theirs >= -1e-9 * abs(theirs))


def cdnow(size: int) -> Customers | None:
    """CDNOW up to 30 September 1997, when a file with so many customers is there."""
    name, column = {2_357: ("sample", 1), 23_570: ("master", 0)}.get(size, ("", 0))
    path = CDNOW / f"CDNOW_{name}.txt"
    if not path.exists():
        return None
    cells = [line.split() for line in path.read_text().splitlines() if line.strip()[:1].isdigit()]
    customer = np.array([int(row[column]) for row in cells])
    day = np.array([date.fromisoformat(row[-3]).toordinal() for row in cells])
    amount = np.array([round(float(row[-1]) * 100) for row in cells])
    summary = summarise(customer, day, amount, END)
    of = summary.histories
    return Customers(f"CDNOW {name}", of.x, of.t_x.astype(np.int64), of.T.astype(np.int64), summary.mean_repeat / 100)


def drawn(size: int, days: int) -> Customers:
    """Customers drawn from the models at CDNOW's parameters, who came on any of so many days."""
    random = np.random.default_rng(SEED)
    age = random.integers(0, days, size)
    rate = random.gamma(0.2426, 1 / 4.4135, size) / 7
    leaves = random.beta(0.7929, 2.4258, size)
    x, last, now = np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size)
    there = np.arange(size)
    while there.size:
        now[there] += random.exponential(1.0, there.size) / rate[there]
        there = there[np.floor(now[there]) <= age[there]]
        day = np.floor(now[there]).astype(np.int64)
        x[there] += day > last[there]
        last[there] = day
        there = there[random.random(there.size) > leaves[there]]
    own_rate = random.gamma(3.7446, 1 / 15.4477, size)
    spend = random.gamma(6.2488 * np.maximum(x, 1)) / own_rate / np.maximum(x, 1)
    return Customers("drawn", x, last, age, np.where(x > 0, np.maximum(np.round(spend, 2), 0.01), 0.0))


if __name__ == "__main__":
    main(run, "Customer lifetime value")
