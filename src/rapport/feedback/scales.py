"""The scales on which customers are asked, and how a score on each is read: plain values, no database.

Sources: CSAT counts the top two boxes; NPS is asked from 0 to 10 (Reichheld 2003); CES 2.0 asks from 1 to 7 how far
somebody agrees that it was made easy, and high is good (The Effortless Experience, 2013). The older CES asks from 1 to
5 for the effort, and low is good: the two are never put together.
"""

from __future__ import annotations

from dataclasses import dataclass

CSAT, NPS, CES, REVIEW, CLI = "csat", "nps", "ces", "review", "cli"


@dataclass(frozen=True, slots=True)
class Scale:
    """How a question is asked: `low` and `high` are its ends, scores up to `poor` call for somebody.

    `look` is numbers, stars or thumbs; `version` is that of the question, for those that have several.
    """

    kind: str
    low: int
    high: int
    poor: int
    look: str = "numbers"
    version: str = ""

    @property
    def scores(self) -> range:
        """Every score that can be given."""
        return range(self.low, self.high + 1)


SCALES = {
    "csat5": Scale(CSAT, 1, 5, 2),
    "stars": Scale(CSAT, 1, 5, 2, "stars"),
    "thumbs": Scale(CSAT, 0, 1, 0, "thumbs"),
    "ces2": Scale(CES, 1, 7, 3, version="2.0"),
    "nps": Scale(NPS, 0, 10, 6),
}
"""What surveys may ask, by the name under which a survey keeps it."""

USUAL = {REVIEW: (1, 5), CSAT: (1, 5), NPS: (0, 10), CES: (1, 7), CLI: (0, 10)}
"""The ends of the usual scale of each kind of answer."""
POOR = {(0, 1): 0, (1, 5): 2, (1, 7): 3, (0, 10): 6}


def low_is_good(kind: str, low: int, high: int) -> bool:
    """Return whether less is better on this scale, as on the older one for effort alone."""
    return (kind, low, high) == (CES, 1, 5)


def poor(kind: str, low: int, high: int) -> int:
    """Return the highest score that is a poor one on this scale, counted from its bad end."""
    return POOR.get((low, high), low + (high - low) * 2 // 5)


def goodness(kind: str, low: int, high: int, score: float) -> float:
    """Return how good a score is, from 0 to 1."""
    part = (score - low) / (high - low) if high > low else 1.0
    return 1 - part if low_is_good(kind, low, high) else part
