"""From transactions to purchase histories: one purchase per customer and day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.refusals import BadHistory


@dataclass(frozen=True, slots=True)
class Summary:
    """Customers with at least one purchase up to the end day, ordered by their number.

    customer: the numbers given; first_day, last_day: days of the first and last purchase;
    histories: x, t_x and T in days; first_spend: money (minor units) on the first day;
    mean_repeat: mean money per repeat purchase day, in minor units, 0 where x = 0.
    """

    customer: IntArray
    first_day: IntArray
    last_day: IntArray
    histories: Histories
    first_spend: IntArray
    mean_repeat: FloatArray


def summarise(customer: IntArray, day: IntArray, amount: IntArray, end_day: int) -> Summary:
    """Histories of all customers as of the end of `end_day`.

    customer: a number per transaction; day: whole days since any fixed date; amount: minor units, net.
    Transactions of one customer on one day are one purchase with the sum of the amounts. Later
    transactions are ignored. Transactions that should not count (cancelled, fully refunded) must not be
    given. Raises BadHistory when the arrays differ in length.
    """
    if not customer.shape == day.shape == amount.shape or customer.ndim != 1:
        raise BadHistory("customer, day and amount must be one-dimensional and of one length")
    past = np.flatnonzero(day <= end_day)
    who, when, spent = _purchases(customer[past], day[past], amount[past])
    begins = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]])) if who.size else np.zeros(0, np.int64)
    ends = np.concatenate([begins[1:], [who.size]]) if who.size else begins
    x = ends - begins - 1
    first, last = when[begins], when[ends - 1]
    total = np.add.reduceat(spent, begins) if who.size else spent
    repeat = total - spent[begins]
    return Summary(
        who[begins],
        first,
        last,
        Histories(x, last - first, end_day - first),
        spent[begins],
        repeat / np.maximum(x, 1),
    )


def purchase_days(customer: IntArray, day: IntArray, after: int, until: int, of: IntArray) -> IntArray:
    """Days with a purchase in (after, until] for each customer in `of` (ascending numbers)."""
    inside = (day > after) & (day <= until)
    who, _, _ = _purchases(customer[inside], day[inside], np.zeros(int(inside.sum()), np.int64))
    place = np.searchsorted(of, who)
    known = place < of.size
    known[known] = of[place[known]] == who[known]
    return np.bincount(place[known], minlength=of.size).astype(np.int64)


def _purchases(customer: IntArray, day: IntArray, amount: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Customer, day and sum of each different pair of customer and day, in that order."""
    customer, day, amount = (column.astype(np.int64, copy=False) for column in (customer, day, amount))
    if customer.size == 0:
        return customer, day, amount
    first_day, first_customer = int(day.min()), int(customer.min())
    days = int(day.max()) - first_day + 1
    key = (customer - first_customer) * days + (day - first_day)
    if bool((key[1:] < key[:-1]).any()):
        order = np.argsort(key)
        key, amount = key[order], amount[order]
    begins = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    who, when = np.divmod(key[begins], days)
    return who + first_customer, when + first_day, np.add.reduceat(amount, begins)
