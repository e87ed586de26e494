"""Jacobi's method for the eigenvalues of a symmetric matrix, compiled.

In a module of its own because Numba takes a third of a second to import.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters._compiled import compiled

Values = npt.NDArray[np.float64]

# Sweeps of Jacobi's method converge quadratically: about six suffice for matrices of this size.
_SWEEPS = 50


# Without "fastmath", products and sums are neither fused nor put into another order.
@compiled()
def diagonalise(rest: Any, vectors: Any) -> None:
    """Rotate until `rest` is diagonal, and the rows of `vectors` along with it.

    Parameters
    ----------
    rest : ndarray of shape (n, n), float64
        Symmetric. Left with the eigenvalues in its diagonal.
    vectors : ndarray of shape (n, n), float64
        The identity. Left with the eigenvectors as rows.
    """
    n = len(rest)
    for _ in range(_SWEEPS):
        largest, beside = 0.0, 0.0
        for p in range(n):
            largest = max(largest, abs(rest[p, p]))
            for q in range(p):
                beside = max(beside, abs(rest[p, q]))
        if beside <= 1e-15 * max(largest, beside):
            break
        for p in range(n - 1):
            for q in range(p + 1, n):
                if rest[p, q] == 0.0:
                    continue
                # Rotated by this angle, element (p, q) becomes zero.
                slope = (rest[q, q] - rest[p, p]) / (2.0 * rest[p, q])
                tangent = np.copysign(1.0, slope) / (abs(slope) + np.sqrt(slope * slope + 1.0))
                c = 1.0 / np.sqrt(tangent * tangent + 1.0)
                s = tangent * c
                for i in range(n):
                    first, second = rest[p, i], rest[q, i]
                    rest[p, i] = c * first - s * second
                    rest[q, i] = s * first + c * second
                for i in range(n):
                    first, second = rest[i, p], rest[i, q]
                    rest[i, p] = c * first - s * second
                    rest[i, q] = s * first + c * second
                for i in range(n):
                    first, second = vectors[p, i], vectors[q, i]
                    vectors[p, i] = c * first - s * second
                    vectors[q, i] = s * first + c * second
                rest[p, q] = rest[q, p] = 0.0
