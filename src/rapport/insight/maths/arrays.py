"""Names of the array types that the mathematics takes and returns, and sums of their products."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


def dot(a: FloatArray, b: FloatArray) -> float:
    """Sum of the products of two vectors, on one thread.

    `a @ b` hands long vectors to the threads of BLAS, which wait for each other: on a machine that has other
    work to do that is up to thirty times as slow.
    """
    return float(np.einsum("i,i->", a, b))


def products(rows: FloatArray, weight: FloatArray) -> FloatArray:
    """Sums of weighted products of every two rows of a matrix: rows · diag(weight) · rowsᵀ, on one thread."""
    size = rows.shape[0]
    result = np.empty((size, size))
    for i in range(size):
        weighted = rows[i] * weight
        for j in range(i, size):
            result[i, j] = result[j, i] = dot(weighted, rows[j])
    return result
