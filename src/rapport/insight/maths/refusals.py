"""Why a number or a model is refused: named errors that carry the figures a message needs."""

from __future__ import annotations


class Refusal(ValueError):
    """The input does not support the number asked for."""


class WrongScale(Refusal):
    """An answer lies outside the scale of its question, or the scale is not the metric's own."""


class BadHistory(Refusal):
    """Purchase histories contradict themselves: negative counts, t_x > T, lengths that differ."""


class TooFewRepeaters(Refusal):
    """A purchase model needs a number of customers who bought more than once."""

    def __init__(self, found: int, needed: int) -> None:
        super().__init__(f"{found} customers with a repeat purchase, {needed} needed")
        self.found = found
        self.needed = needed


class TooLittleHistory(Refusal):
    """The observed span, in weeks, is shorter than it takes to see customers come back."""

    def __init__(self, observed: float, needed: float) -> None:
        super().__init__(f"{observed:.1f} weeks of history, {needed:.1f} needed")
        self.observed = observed
        self.needed = needed


class NoFit(Refusal):
    """The search for parameters did not settle, with or without a penalty."""


class NoMean(Refusal):
    """The Gamma-Gamma model has no finite mean spend at these parameters (q is 1 or less)."""

    def __init__(self, q: float) -> None:
        super().__init__(f"mean spend is not defined: q = {q:.4f}, it must be above 1")
        self.q = q
