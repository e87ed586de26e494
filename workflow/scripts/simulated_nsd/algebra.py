"""Matrix arithmetic in a fixed order, so that every processor draws the same numbers.

BLAS and LAPACK choose their order of summation, and whether products are fused, by the processor:
a last bit differs, and of equal eigenvalues any other vectors come out. Here everything is plain
addition, multiplication, division and square root, which IEEE 754 leaves no freedom.
"""

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# Sweeps of Jacobi's method converge quadratically: some six do for matrices of NSD's size.
_SWEEPS = 50


def product(a: Values, b: Values) -> Values:
    """`a` @ `b`, summed over the inner axis from its first element to its last.

    Parameters
    ----------
    a : ndarray of shape (n, m)
    b : ndarray of shape (m, p)
        Made for a short inner axis, such as regions.

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
        Of all eigenvalues at once, in no order.

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
    """Make the element (p, q) zero; `vectors` holds the eigenvectors in its rows."""
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
    """The covariance with no direction's variance below `floor`."""
    return of_spectrum(covariance, lambda values: np.maximum(values, floor))
