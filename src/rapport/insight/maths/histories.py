"""Purchase histories of many customers, checked, and collapsed to the different ones with weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.refusals import BadHistory, TooFewRepeaters, TooLittleHistory

DAY = 1 / 7
"""One day in weeks."""
MIN_REPEATERS = 100
MIN_GAPS = 2.0
"""A model is refused below this many customers who came back, and this many median gaps of history."""


@dataclass(frozen=True)
class Histories:
    """n customers as the purchase models see them.

    x: repeat purchase days (n integers); t_x: from the first purchase to the last; T: from the first to
    the end of observation, both in units of `unit` weeks (whole days with unit = 1/7 are fastest, because
    equal histories are then found by integers; weeks as floats with unit = 1 do as well).
    Raises BadHistory unless 0 ≤ t_x ≤ T and t_x = 0 where x = 0.
    """

    x: IntArray
    t_x: IntArray | FloatArray
    T: IntArray | FloatArray
    unit: float = DAY

    def __post_init__(self) -> None:
        if not self.x.shape == self.t_x.shape == self.T.shape or self.x.ndim != 1:
            raise BadHistory("x, t_x and T must be one-dimensional and of one length")
        if self.x.size == 0:
            return
        if self.x.min() < 0 or self.t_x.min() < 0 or not bool((self.t_x <= self.T).all()):
            raise BadHistory("a history needs x ≥ 0 and 0 ≤ t_x ≤ T")
        if bool(((self.x == 0) & (self.t_x > 0)).any()):
            raise BadHistory("a customer without repeat purchase has t_x = 0")

    @property
    def size(self) -> int:
        """Number of customers."""
        return int(self.x.size)

    @cached_property
    def repeaters(self) -> int:
        """Number of customers with at least one repeat purchase."""
        return int(np.count_nonzero(self.x))

    @cached_property
    def last(self) -> Coded:
        """t_x in weeks."""
        return coded(self.t_x, self.unit)

    @cached_property
    def age(self) -> Coded:
        """T in weeks."""
        return coded(self.T, self.unit)

    @cached_property
    def collapsed(self) -> Collapsed:
        """The different histories among these, each with the number of customers who have it."""
        return collapse(self)

    def require_enough(self) -> None:
        """Raise TooFewRepeaters or TooLittleHistory when no purchase model should be fitted."""
        if self.repeaters < MIN_REPEATERS:
            raise TooFewRepeaters(self.repeaters, MIN_REPEATERS)
        rows = self.collapsed
        gap = weighted_median(rows.t_x / np.maximum(rows.x, 1), np.where(rows.x > 0, rows.weight, 0.0))
        observed = float(rows.T.max())
        if observed < MIN_GAPS * gap:
            raise TooLittleHistory(observed, MIN_GAPS * gap)


@dataclass(frozen=True, slots=True)
class Coded:
    """A column with few different values: `weeks[code]`."""

    weeks: FloatArray
    code: IntArray

    def take(self, of_weeks: FloatArray) -> FloatArray:
        """Spread a value per different week over the rows."""
        return np.take(of_weeks, self.code)


@dataclass(frozen=True, slots=True)
class Collapsed:
    """The different (x, t_x, T) with the number of customers each; times in weeks, ordered by x, T, t_x."""

    x: IntArray
    last: Coded
    age: Coded
    weight: FloatArray

    @property
    def t_x(self) -> FloatArray:
        """First to last purchase, weeks."""
        return self.last.take(self.last.weeks)

    @property
    def T(self) -> FloatArray:
        """First purchase to the end, weeks."""
        return self.age.take(self.age.weeks)

    @property
    def size(self) -> int:
        """Number of different histories."""
        return int(self.x.size)

    def thinned(self, rows: int) -> Collapsed:
        """About `rows` of the histories: all without a repeat purchase, every k-th of the others."""
        once = int(np.searchsorted(self.x, 1))
        k = -(-(self.size - once) // rows)
        if k <= 1:
            return self
        keep = np.concatenate([np.arange(once), np.arange(once + k // 2, self.size, k)])
        weight = self.weight[keep]
        weight[:once] *= weight[once:].sum() / self.weight[once:].sum()
        return Collapsed(
            self.x[keep],
            Coded(self.last.weeks, self.last.code[keep]),
            Coded(self.age.weeks, self.age.code[keep]),
            weight,
        )


def coded(values: IntArray | FloatArray, unit: float) -> Coded:
    """Integers are their own codes; other numbers get the rank of their value."""
    if np.issubdtype(values.dtype, np.integer):
        longest = int(values.max()) if values.size else 0
        return Coded(np.arange(longest + 1) * np.float64(unit), values.astype(np.int64, copy=False))
    different, code = np.unique(values.astype(np.float64), return_inverse=True)
    return Coded(different * unit, code)


def collapse(histories: Histories) -> Collapsed:
    """Group equal histories. One integer key each, because sorting integers is what a machine does best."""
    x, last, age = histories.x.astype(np.int64, copy=False), histories.last, histories.age
    by_last, by_age = last.weeks.size, age.weeks.size
    once = np.bincount(age.code[x == 0], minlength=by_age) if x.size else np.zeros(0, np.int64)
    again = np.flatnonzero(x)
    keys = (x[again] * by_age + age.code[again]) * by_last + last.code[again]
    key, count = np.unique(keys, return_counts=True)
    rest, t_x = np.divmod(key, by_last)
    repeat, T = np.divmod(rest, by_age)
    T_once = np.flatnonzero(once)
    nothing = np.zeros(T_once.size, np.int64)
    return Collapsed(
        np.concatenate([nothing, repeat]),
        Coded(last.weeks, np.concatenate([nothing, t_x])),
        Coded(age.weeks, np.concatenate([T_once, T])),
        np.concatenate([once[T_once], count]).astype(np.float64),
    )


def by_x_and_age(histories: Histories, rule: Callable[[IntArray, FloatArray], FloatArray]) -> FloatArray:
    """rule(x, T in weeks) for every customer, worked out once for each different pair (x, T)."""
    ages = histories.age.weeks.size
    if histories.size == 0:
        return np.zeros(0)
    key = histories.x.astype(np.int64, copy=False) * ages + histories.age.code
    cells = (int(histories.x.max()) + 1) * ages
    if cells <= 4 * histories.size + 100_000:
        present = np.zeros(cells, np.bool_)
        present[key] = True
        pair = np.flatnonzero(present)
        table = np.zeros(cells)
        table[pair] = rule(pair // ages, histories.age.weeks[pair % ages])
        spread: FloatArray = table[key]
        return spread
    pair, place = np.unique(key, return_inverse=True)
    return rule(pair // ages, histories.age.weeks[pair % ages])[place]


def weighted_median(values: FloatArray, weight: FloatArray) -> float:
    """The value at which half of the total weight is reached; NaN when there is no weight."""
    order = np.argsort(values)
    reached = np.cumsum(weight[order])
    if reached.size == 0 or reached[-1] <= 0:
        return float("nan")
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
