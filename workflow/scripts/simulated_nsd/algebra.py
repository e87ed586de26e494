"""Matrix arithmetic in a fixed order, so that every processor draws the same numbers.

The order of summation in BLAS and LAPACK, and whether they fuse products and sums, depends on the
processor: results differ in the last bit, and equal eigenvalues may get other eigenvectors. This
module uses only addition, multiplication, division and square root, which IEEE 754 defines exactly.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# Sweeps of Jacobi's method converge quadratically: about six suffice for matrices of this size.
_SWEEPS = 50


def product(a: Values, b: Values) -> Values:
    """`a` @ `b`, summed over the inner axis from its first element to its last.

    Parameters
    ----------
    a : ndarray of shape (n, m)
    b : ndarray of shape (m, p)
        Efficient for a short inner axis, such as regions.

    Returns
    -------
    ndarray of shape (n, p)
    """
    total: Values = np.zeros((a.shape[0], b.shape[1]))
    for column, row in zip(a.T, b, strict=True):
        total += column[:, None] * row
    return total


def quadratic(rows: Values, symmetric: Values) -> Values:
    """x' A x of each row x: shape (n,)."""
    form: Values = (product(rows, symmetric) * rows).sum(axis=1)
    return form


def of_spectrum(symmetric: Values, function: Callable[[Values], Values]) -> Values:
    """The symmetric matrix with the same eigenvectors and a function of the eigenvalues.

    By the cyclic method of Jacobi (Golub and Van Loan, Matrix Computations, 8.5).

    Parameters
    ----------
    symmetric : ndarray of shape (n, n)
    function : callable
        Applied to the array of all eigenvalues, in no particular order.

    Returns
    -------
    ndarray of shape (n, n)
    """
    n = len(symmetric)
    rest, vectors = (symmetric + symmetric.T) / 2, np.eye(n)
    for _ in range(_SWEEPS):
        beside = np.abs(rest)
        np.fill_diagonal(beside, 0.0)
        if beside.max(initial=0.0) <= 1e-15 * np.abs(rest).max():
            break
        for p in range(n - 1):
            for q in range(p + 1, n):
                if rest[p, q] != 0.0:
                    _rotate(rest, vectors, p, q)
    matrix = product(vectors.T * function(rest.diagonal()), vectors)
    return (matrix + matrix.T) / 2


def _rotate(rest: Values, vectors: Values, p: int, q: int) -> None:
    """Rotate so that element (p, q) becomes zero; the rows of `vectors` are the eigenvectors."""
    slope = float(rest[q, q] - rest[p, p]) / (2.0 * float(rest[p, q]))
    tangent = math.copysign(1.0, slope) / (abs(slope) + math.sqrt(slope * slope + 1.0))
    c = 1.0 / math.sqrt(tangent * tangent + 1.0)
    s = tangent * c
    for rows in (rest, rest.T, vectors):
        first, second = rows[p].copy(), rows[q].copy()
        rows[p] = c * first - s * second
        rows[q] = s * first + c * second
    rest[p, q] = rest[q, p] = 0.0


def square_root(covariance: Values) -> Values:
    """The symmetric square root of a covariance."""
    return of_spectrum(covariance, lambda values: np.sqrt(np.maximum(values, 0.0)))


def at_least(covariance: Values, floor: float) -> Values:
    """The covariance with all eigenvalues raised to at least `floor`."""
    return of_spectrum(covariance, lambda values: np.maximum(values, floor))
