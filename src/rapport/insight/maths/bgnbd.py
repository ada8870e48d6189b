"""BG/NBD: how often, and until when, customers who owe us nothing come back.

Fader, Hardie, Lee (2005) "Counting Your Customers" the Easy Way, Marketing Science 24(2):275-284.
A customer without repeat purchase has P(alive) = 1 in this model; use MBG/NBD or Pareto/NBD for those.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rapport.insight.maths.betageometric import BetaGeometric, fit_beta_geometric
from rapport.insight.maths.fitted import Fitted
from rapport.insight.maths.histories import Histories


@dataclass(frozen=True, slots=True)
class BgNbd(BetaGeometric):
    """BG/NBD with its four parameters."""

    shift: ClassVar[int] = 0


def fit(histories: Histories) -> Fitted[BgNbd]:
    """Fit by maximum likelihood; raises TooFewRepeaters, TooLittleHistory, NoFit."""
    return fit_beta_geometric(BgNbd, histories)
