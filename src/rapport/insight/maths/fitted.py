"""What every fit gives back, and what the purchase models have in common."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Generic, Protocol, Self, TypeVar

import numpy as np

from rapport.insight.maths.arrays import FloatArray, IntArray
from rapport.insight.maths.histories import Histories
from rapport.insight.maths.newton import Optimum

ONE: FloatArray = np.ones(1)


def steps(worth: FloatArray) -> list[tuple[float, float]]:
    """(end of the part as a share of the whole, difference of worth to the next part), without zeros.

    The worth of everything is the sum of difference times number until the end of the part.
    """
    ends = np.arange(1, worth.size + 1) / worth.size
    change = worth - np.append(worth[1:], 0.0)
    return [(float(end), float(by)) for end, by in zip(ends, change, strict=True) if by != 0.0]


class Model(Protocol):
    """A model is its parameters, all positive, in a fixed order."""

    def parameters(self) -> dict[str, float]:
        """Name and value of each parameter."""
        ...

    @classmethod
    def of(cls, values: FloatArray) -> Self:
        """The model with these parameter values."""
        ...


@dataclass(frozen=True, slots=True)
class Parameters:
    """A model whose fields are its parameters, all positive, in their order."""

    def parameters(self) -> dict[str, float]:
        """Name and value of each parameter."""
        return {field.name: float(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def of(cls, values: FloatArray) -> Self:
        """The model with these parameter values, in the order of its fields."""
        return cls(*(float(value) for value in values))


class PurchaseModel(Model, Protocol):
    """A model of how many purchases follow a history: BG/NBD, MBG/NBD, Pareto/NBD. Time in weeks."""

    def p_alive(self, histories: Histories) -> FloatArray:
        """Probability, per customer, of being still a customer at the end of observation."""
        ...

    def while_alive(self, x: IntArray, T: FloatArray, t: float, worth: FloatArray = ONE) -> FloatArray:
        """Purchases expected in the next t weeks of somebody who is a customer at T.

        With several `worth`, t is cut in so many equal parts, and a purchase in a part counts as much.
        """
        ...

    def pairs_while_alive(self, x: IntArray, T: FloatArray, t: float) -> FloatArray:
        """Mean of Y(Y-1) for the purchases Y in the next t weeks of somebody who is a customer at T."""
        ...

    def purchases(self, histories: Histories, t: float) -> FloatArray:
        """Purchases expected in the next t weeks, per customer."""
        ...


M_co = TypeVar("M_co", bound=Model, covariant=True)


@dataclass(frozen=True, slots=True)
class Fitted(Generic[M_co]):
    """A model with what the fit says about it.

    log_likelihood: natural logarithm, time in weeks (or the money unit given, for Gamma-Gamma);
    customers: how many histories; repeaters: how many of them with a repeat purchase;
    covariance: of the logarithms of the parameters, in their order; penalty: 0 unless the likelihood
    alone had no optimum; correlation: between spend and frequency, for Gamma-Gamma only.
    """

    model: M_co
    log_likelihood: float
    customers: int
    repeaters: int
    covariance: FloatArray
    penalty: float = 0.0
    correlation: float | None = None

    def standard_errors(self) -> dict[str, float]:
        """Standard error of each parameter (delta method from its logarithm)."""
        spread = np.sqrt(np.maximum(np.diag(self.covariance), 0.0))
        named = self.model.parameters()
        return {name: value * float(sd) for (name, value), sd in zip(named.items(), spread, strict=True)}


def covariance(optimum: Optimum, customers: float) -> FloatArray:
    """Inverse of the Hessian of the whole log-likelihood, from that of its mean over customers."""
    curvature, axes = np.linalg.eigh(optimum.hessian * customers)
    inverse: FloatArray = (axes / np.maximum(curvature, 1e-12)) @ axes.T
    return inverse
