"""Means over the chance p of leaving after a purchase, by Gauss-Jacobi quadrature.

The textbook formulas for purchases to come hold a hypergeometric function that overflows, cancels and
is slow over a million customers. Given p, somebody still a customer makes (1 - (1 + p u)^-k) / p purchases
in time t, where u = t/(α+T) and k = r+x. That is smooth and positive, and p is beta-distributed, so a few
dozen nodes give its mean to eleven digits, at any parameters (a = 1 included).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.linalg import eigh_tridiagonal

from rapport.insight.maths.arrays import FloatArray

CHUNK = 40_000
"""Nodes times pairs worked on at once: small enough for a processor's cache."""
STEPS = ((1.0, 20), (4.0, 32), (20.0, 64), (100.0, 160), (np.inf, 320))
"""Up to this u, this many nodes."""


class Function(Protocol):
    """A function of p u, p and k, of one shape."""

    def __call__(self, pu: FloatArray, p: FloatArray, k: FloatArray) -> FloatArray: ...


def purchases(pu: FloatArray, p: FloatArray, k: FloatArray) -> FloatArray:
    """Mean number of purchases of somebody who leaves with chance p."""
    return -np.expm1(-k * np.log1p(pu)) / p


def purchase_pairs(pu: FloatArray, p: FloatArray, k: FloatArray) -> FloatArray:
    """Mean of Y(Y-1) for Y purchases of somebody who leaves with chance p."""
    stay = -np.log1p(pu)
    long = -np.expm1(k * stay) - k * pu * np.exp((k + 1) * stay)
    short = k * (k + 1) / 2 * pu**2 * (1 - 2 * (k + 2) / 3 * pu)
    return 2 * (1 - p) / p**2 * np.where(k * pu < 1e-5, short, long)


def expect(function: Function, a: float, b: FloatArray, u: FloatArray, k: FloatArray) -> FloatArray:
    """Mean of the function over p ~ Beta(a, b), for each b, u, k. Arrays of one length."""
    result = np.empty(u.size)
    lower = -np.inf
    for upper, count in STEPS:
        rows = np.flatnonzero((u > lower) & (u <= upper))
        lower = upper
        if rows.size == 0:
            continue
        different, which = np.unique(b[rows], return_inverse=True)
        node, weight = nodes(a, different, count)
        for start in range(0, rows.size, size := max(1, CHUNK // count)):
            part, of = rows[start : start + size], which[start : start + size]
            p = node[of]
            values = function(p * u[part, None], p, k[part, None])
            result[part] = np.einsum("ij,ij->i", weight[of], values)
    return result


def nodes(a: float, b: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Nodes in (0, 1) and weights of the Gauss quadrature for Beta(a, b), one row per b.

    Golub and Welsch (1969): eigenvalues of the matrix of the recurrence of the Jacobi polynomials;
    the weights are the squared first components of its eigenvectors and add up to 1.
    """
    alpha, beta = b[:, None] - 1, a - 1
    n = np.arange(count)
    with np.errstate(divide="ignore", invalid="ignore"):
        twice = 2 * n + alpha + beta
        diagonal = (beta**2 - alpha**2) / (twice * (twice + 2))
        diagonal[:, :1] = (beta - alpha) / (alpha + beta + 2)
        m = n[1:]
        twice = 2 * m + alpha + beta
        square = 4 * m * (m + alpha) * (m + beta) * (m + alpha + beta) / (twice**2 * (twice**2 - 1))
    square[:, :1] = 4 * (1 + alpha) * (1 + beta) / ((2 + alpha + beta) ** 2 * (3 + alpha + beta))
    node, weight = np.empty((2, b.size, count))
    for row, (on, beside) in enumerate(zip((1 + diagonal) / 2, np.sqrt(square) / 2, strict=True)):
        node[row], vectors = eigh_tridiagonal(on, beside)
        weight[row] = vectors[0] ** 2
    return np.clip(node, 1e-100, 1.0), weight
