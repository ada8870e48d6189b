"""Customer lifetime value against `lifetimes`: BG/NBD and Gamma-Gamma fitted, every customer predicted.

Both get the same histories in one run: ours as whole days, lifetimes as weeks, and both return P(alive), the
purchases of the next 52 weeks and the mean spend of each customer. 2,357 and 23,570 customers are CDNOW's sample
and master when the files are beside the repository, else drawn like the 1,000,000: from the BG/NBD and
Gamma-Gamma models at CDNOW's parameters, so that nearly every customer with purchases differs from every other.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from bench.table import Row, fastest, main, timed
from rapport.insight.maths import bgnbd, clv, gammagamma
from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.bgnbd import BgNbd
from rapport.insight.maths.fitted import Fitted
from rapport.insight.maths.gammagamma import GammaGamma
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.summary import summarise

CDNOW = Path(__file__).parents[2] / "shared" / "vectors" / "cdnow"
END = date(1997, 9, 30).toordinal()
AHEAD = 52.0
SEED = 20050401
SIZES = ((2_357, 39 * 7, 1.0, 9, 9), (23_570, 39 * 7, 1.0, 5, 3), (1_000_000, 730, 1 / 3, 3, 1))
"""Customers, days over which they came, most that ours may take of theirs, runs of ours and of theirs."""


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
    for size, days, limit, times, their_times in SIZES:
        customers = cdnow(size) or drawn(size, days)
        histories = customers.histories()
        ours, (purchases, money) = timed(partial(predict, customers), times)
        theirs, (their_purchases, their_money) = timed(partial(predict_lifetimes, customers), their_times)
        what = f"{size:,} customers ({customers.source})"
        rows.append(Row.at_most(f"CLTV fit and predict, {what}", ours, theirs, limit))
        difference = purchases.log_likelihood - their_purchases.log_likelihood(histories)
        rows.append(no_less(f"BG/NBD log-likelihood above theirs, {what}", difference))
        difference = money.log_likelihood - their_money.log_likelihood(customers.x, customers.spend)
        rows.append(no_less(f"Gamma-Gamma log-likelihood above theirs, {what}", difference))
    customers = cdnow(SIZES[1][0]) or drawn(*SIZES[1][:2])
    ours, theirs = fastest(partial(value, customers), 3), fastest(partial(value_lifetimes, customers), 2)
    rows.append(
        Row.at_most(f"CLTV of 12 months, {customers.x.size:,} customers ({customers.source})", ours, theirs, 1.0)
    )
    return rows


def no_less(name: str, difference: float) -> Row:
    """The same up to a thousandth of a nat (a likelihood 0.1 % lower), or better."""
    return Row(name, difference, None, None, "≥ 0", "nats", difference >= -1e-3)


def predict(customers: Customers) -> tuple[Fitted[BgNbd], Fitted[GammaGamma]]:
    """Ours: collapse, fit both models, predict each customer."""
    histories = customers.histories()
    purchases = bgnbd.fit(histories)
    money = gammagamma.fit(customers.x, customers.spend)
    purchases.model.p_alive(histories)
    purchases.model.purchases(histories, AHEAD)
    money.model.mean_spend(customers.x, customers.spend)
    return purchases, money


def predict_lifetimes(customers: Customers) -> tuple[BgNbd, GammaGamma]:
    """Theirs: the same; the models come back as ours, to compare likelihoods worked out by one function."""
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    x, t_x, age, spend = customers.x, customers.t_x / 7, customers.T / 7, customers.spend
    again = (x > 0) & (spend > 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        purchases = BetaGeoFitter().fit(x, t_x, age)
        money = GammaGammaFitter().fit(x[again], spend[again])
        purchases.conditional_probability_alive(x, t_x, age)
        purchases.conditional_expected_number_of_purchases_up_to_time(AHEAD, x, t_x, age)
        money.conditional_expected_average_profit(x, spend)
    return (
        BgNbd.of(purchases.params_[["r", "alpha", "a", "b"]].to_numpy()),
        GammaGamma.of(money.params_[["p", "q", "v"]].to_numpy()),
    )


def value(customers: Customers) -> object:
    """Ours: both fits, discounted value of each customer, interval of the total."""
    histories = customers.histories()
    money = gammagamma.fit(customers.x, customers.spend)
    return clv.lifetime_value(bgnbd.fit(histories), money, histories, customers.spend)


def value_lifetimes(customers: Customers) -> object:
    """Theirs: both fits, discounted value of each customer (it has no interval)."""
    import pandas as pd
    from lifetimes import BetaGeoFitter, GammaGammaFitter

    frame = pd.DataFrame({"x": customers.x, "t_x": customers.t_x / 7, "T": customers.T / 7, "spend": customers.spend})
    again = frame[(frame.x > 0) & (frame.spend > 0)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        purchases = BetaGeoFitter().fit(frame["x"], frame["t_x"], frame["T"])
        money = GammaGammaFitter().fit(again["x"], again["spend"])
        columns = frame["x"], frame["t_x"], frame["T"], frame["spend"]
        return money.customer_lifetime_value(purchases, *columns, time=12, discount_rate=0.01, freq="W")


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
