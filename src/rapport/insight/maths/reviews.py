"""A review score in which recent reviews count more and a few reviews do not count too much."""

from __future__ import annotations

from math import floor

import numpy as np

from rapport.insight.maths.arrays import FloatArray
from rapport.insight.maths.refusals import WrongScale

PRIOR_REVIEWS, PRIOR_STARS = 7.0, 3.5
"""As if seven reviews of 3.5 stars had been there before the first."""
HALF_LIFE = 182.6
"""Days after which a review counts half."""


def trust_score(stars: FloatArray, age: FloatArray) -> float:
    """Stars from 1 to 5, 0 without reviews: (7·3.5 + Σ w s) / (7 + Σ w) with w = 0.5^(age/182.6 days).

    age: days before the newest review, one per review; only differences matter. Raises WrongScale.
    """
    if stars.size == 0:
        return 0.0
    if stars.shape != age.shape:
        raise ValueError("stars and age must be of one length")
    if stars.min() < 1 or stars.max() > 5:
        raise WrongScale("a review has 1 to 5 stars")
    weight = 0.5 ** ((age - age.min()) / HALF_LIFE)
    return float((PRIOR_REVIEWS * PRIOR_STARS + weight @ stars) / (PRIOR_REVIEWS + weight.sum()))


def half_stars(score: float) -> float:
    """The score as drawn: to the nearest half star, halves up."""
    return floor(2 * score + 0.5) / 2


def distribution(stars: FloatArray) -> tuple[int, int, int, int, int]:
    """How many reviews have 1, 2, 3, 4 and 5 stars (fractions to the nearest whole star, halves up)."""
    whole = np.floor(stars + 0.5).astype(np.int64)
    one, two, three, four, five = (int(np.count_nonzero(whole == star)) for star in range(1, 6))
    return one, two, three, four, five
