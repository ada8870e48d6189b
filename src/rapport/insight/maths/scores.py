"""Survey scores: NPS, CSAT, CES and CLI, each with what was counted and its interval.

Unanswered questions (None or NaN) are left out and counted apart. An answer outside the scale raises
WrongScale: it means that two scales were mixed. Definitions in docs: metrics 7 to 10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import sqrt
from typing import TypeAlias

import numpy as np

from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.intervals import (
    Interval,
    mean_t,
    normal_quantile,
    nps_adjusted_wald,
    nps_variance,
    nps_wald,
    wilson,
)
from rapport.insight.maths.refusals import WrongScale

Answers: TypeAlias = Sequence[float | None] | FloatArray | IntArray


@dataclass(frozen=True, slots=True)
class Nps:
    """A net promoter score: points from -100 to 100, None without answers.

    variance: of one answer (promoter 1, passive 0, detractor -1); error, margin: standard error and
    half-width of Wald's interval, in points; interval: the adjusted Wald interval, the one to show.
    """

    n: int
    promoters: int
    passives: int
    detractors: int
    unanswered: int
    points: float | None
    variance: float | None
    error: float | None
    margin: float | None
    wald: Interval | None
    interval: Interval | None


def nps(answers: Answers, scale: tuple[int, int] = (0, 10), level: float = 0.95) -> Nps:
    """Net promoter score of answers on the scale 0–10: promoters 9–10, detractors 0–6 (Reichheld 2003).

    Raises WrongScale when the question's scale is another, or an answer is not on it.
    """
    if scale != (0, 10):
        raise WrongScale(f"NPS is asked on the scale 0–10, not {scale[0]}–{scale[1]}")
    given, unanswered = _given(answers, 0, 10)
    promoters = int(np.count_nonzero(given >= 9))
    detractors = int(np.count_nonzero(given <= 6))
    return nps_of(promoters, given.size - promoters - detractors, detractors, unanswered, level)


def nps_of(promoters: int, passives: int, detractors: int, unanswered: int = 0, level: float = 0.95) -> Nps:
    """Net promoter score of answers already counted."""
    n = promoters + passives + detractors
    if n == 0:
        return Nps(0, 0, 0, 0, unanswered, None, None, None, None, None, None)
    variance = nps_variance(promoters, detractors, n)
    error = 100 * sqrt(variance / n)
    return Nps(
        n,
        promoters,
        passives,
        detractors,
        unanswered,
        100 * (promoters - detractors) / n,
        variance,
        error,
        normal_quantile(level) * error,
        nps_wald(promoters, detractors, n, level),
        nps_adjusted_wald(promoters, detractors, n, level),
    )


@dataclass(frozen=True, slots=True)
class Csat:
    """Customer satisfaction: percent of answers at `positive_min` or above, with Wilson's interval; mean."""

    n: int
    positive: int
    unanswered: int
    positive_min: int
    percent: float | None
    mean: float | None
    interval: Interval | None


TOP_TWO = {5: 4, 7: 6}
"""From this answer on a customer is satisfied, by the number of points of the scale."""


def csat(answers: Answers, scale: int = 5, positive_min: int | None = None, level: float = 0.95) -> Csat:
    """Top-two-box score of answers on the scale 1–`scale`; `positive_min` overrides what counts.

    Raises WrongScale for an answer outside the scale, or a scale without a rule and no positive_min.
    """
    least = positive_min if positive_min is not None else TOP_TWO.get(scale)
    if least is None or not 1 <= least <= scale:
        raise WrongScale(f"which answers on the scale 1–{scale} count as satisfied must be said")
    given, unanswered = _given(answers, 1, scale)
    n, positive = int(given.size), int(np.count_nonzero(given >= least))
    if n == 0:
        return Csat(0, 0, unanswered, least, None, None, None)
    interval = wilson(positive, n, level)
    percent = interval.scaled(100) if interval else None
    return Csat(n, positive, unanswered, least, 100 * positive / n, float(given.mean()), percent)


class Effort(Enum):
    """The two questions called customer effort score. They point in opposite directions: never mix them."""

    V1 = "1.0"
    """How much effort did you have to put forth? 1 very low … 5 very high (HBR 2010)."""
    V2 = "2.0"
    """[Company] made it easy for me. 1 strongly disagree … 7 strongly agree (The Effortless Experience 2013)."""

    @property
    def points(self) -> int:
        """The highest answer; the lowest is 1."""
        return 5 if self is Effort.V1 else 7

    @property
    def high_is_good(self) -> bool:
        """Whether a high score is a good one."""
        return self is Effort.V2


@dataclass(frozen=True, slots=True)
class Ces:
    """A customer effort score: mean with Student's interval.

    easy: percent of answers 5–7 (version 2.0 only, else None).
    """

    version: Effort
    high_is_good: bool
    n: int
    unanswered: int
    mean: float | None
    interval: Interval | None
    easy: float | None


def ces(answers: Answers, version: Effort, level: float = 0.95) -> Ces:
    """Customer effort score of answers to one version of the question. Raises WrongScale."""
    given, unanswered = _given(answers, 1, version.points)
    n = int(given.size)
    if n == 0:
        return Ces(version, version.high_is_good, 0, unanswered, None, None, None)
    easy = 100 * int(np.count_nonzero(given >= 5)) / n if version is Effort.V2 else None
    mean = float(given.mean())
    return Ces(version, version.high_is_good, n, unanswered, mean, mean_t(given, level), easy)


DEFINITELY_YES_FIRST: Mapping[float, float] = {1: 100, 2: 80, 3: 60, 4: 40, 5: 20, 6: 0}
"""Six points, 1 = definitely yes."""
SIX_BEST: Mapping[float, float] = {1: 0, 2: 20, 3: 40, 4: 60, 5: 80, 6: 100}
"""Six points, 6 = best."""
TEN_BEST: Mapping[float, float] = {answer: 10.0 * answer for answer in range(11)}
"""0 to 10, 10 = best."""


@dataclass(frozen=True, slots=True)
class Cli:
    """A customer loyalty index from 0 to 100, over the respondents who answered all three questions.

    parts: the mean (0 to 100) of each question: recommend, buy again, try other products;
    raw: the mean of the answers as given, on the question's own scale; incomplete: respondents left out.
    """

    n: int
    incomplete: int
    index: float | None
    interval: Interval | None
    parts: tuple[float, float, float] | None
    raw: float | None


def cli(respondents: Sequence[Sequence[float | None]], mapping: Mapping[float, float], level: float = 0.95) -> Cli:
    """Customer loyalty index: each respondent's three answers (recommend, buy again, try other products).

    mapping: answer → 0–100, stored with the question. Raises WrongScale for an answer it does not hold.
    """
    complete = [row for row in respondents if len(row) == 3 and None not in row]
    left_out = len(respondents) - len(complete)
    if not complete:
        return Cli(0, left_out, None, None, None, None)
    try:
        points = np.array([[mapping[answer] for answer in row if answer is not None] for row in complete], float)
    except KeyError as unknown:
        raise WrongScale(f"the answer {unknown.args[0]} has no place on this scale") from None
    each, parts = points.mean(axis=1), points.mean(axis=0)
    raw = float(np.array(complete, dtype=np.float64).mean())
    means = (float(parts[0]), float(parts[1]), float(parts[2]))
    return Cli(len(complete), left_out, float(each.mean()), mean_t(each, level), means, raw)


def _given(answers: Answers, low: int, high: int) -> tuple[FloatArray, int]:
    """The answers that were given, and how many were not."""
    every = np.asarray(answers, dtype=np.float64)
    given = every[~np.isnan(every)]
    if bool(((given < low) | (given > high) | (given != np.floor(given))).any()):
        raise WrongScale(f"an answer is not a whole number from {low} to {high}")
    return given, int(every.size - given.size)
