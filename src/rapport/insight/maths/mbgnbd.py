"""MBG/NBD: as BG/NBD, but a customer may leave after the very first purchase too.

Batislam, Denizel, Filiztekin (2007) IJRM 24(3):201-209; Hoppe and Wagner (2007). P(alive) of one-time
buyers falls with time, so it suits shops where most buy once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rapport.insight.maths.betageometric import BetaGeometric, fit_beta_geometric
from rapport.insight.maths.fitted import Fitted
from rapport.insight.maths.histories import Histories


@dataclass(frozen=True, slots=True)
class MbgNbd(BetaGeometric):
    """MBG/NBD with its four parameters."""

    shift: ClassVar[int] = 1


def fit(histories: Histories) -> Fitted[MbgNbd]:
    """Fit by maximum likelihood; raises TooFewRepeaters, TooLittleHistory, NoFit."""
    return fit_beta_geometric(MbgNbd, histories)
