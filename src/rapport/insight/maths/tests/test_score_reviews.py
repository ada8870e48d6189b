"""The review score."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.insight.maths import reviews
from rapport.insight.maths.refusals import WrongScale


def test_twenty_times_five_stars_of_today() -> None:
    score = reviews.trust_score(np.full(20, 5.0), np.zeros(20))
    assert round(score, 2) == 4.61
    assert reviews.half_stars(score) == 4.5


def test_one_star_two_years_later() -> None:
    stars, age = np.array([5.0] * 20 + [1.0]), np.array([730.4] * 20 + [0.0])
    score = reviews.trust_score(stars, age)
    assert round(score, 2) == 3.43
    assert reviews.half_stars(score) == 3.5


def test_age_counts_from_the_newest_review() -> None:
    stars = np.array([5.0, 1.0, 4.0])
    newer, older = np.array([0.0, 40.0, 90.0]), np.array([500.0, 540.0, 590.0])
    assert reviews.trust_score(stars, newer) == pytest.approx(reviews.trust_score(stars, older))


def test_no_reviews_is_zero() -> None:
    assert reviews.trust_score(np.array([]), np.array([])) == 0


@pytest.mark.parametrize("stars", [0.0, 6.0])
def test_stars_outside_one_to_five_are_refused(stars: float) -> None:
    with pytest.raises(WrongScale):
        reviews.trust_score(np.array([stars]), np.zeros(1))


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0, 4000)), min_size=1, max_size=50))
def test_score_lies_between_the_prior_and_the_reviews(given_reviews: list[tuple[int, float]]) -> None:
    stars = np.array([float(star) for star, _ in given_reviews])
    score = reviews.trust_score(stars, np.array([age for _, age in given_reviews]))
    assert min(3.5, stars.min()) - 1e-9 <= score <= max(3.5, stars.max()) + 1e-9


def test_distribution_counts_each_star() -> None:
    assert reviews.distribution(np.array([5.0, 4.5, 1.0, 3.0, 3.0])) == (1, 0, 2, 0, 2)
