"""Matrix arithmetic in a fixed order, so that every processor draws the same numbers.

The order of summation in BLAS and LAPACK, and whether they fuse products and sums, depends on the
processor: results differ in the last bit, and equal eigenvalues may get other eigenvectors. This
module uses only addition, multiplication, division and square root, which IEEE 754 defines exactly.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

# Rows summed at a time: few enough for the processor's cache.
_BLOCK = 2048
# Eigenvalues below this share of the largest are rounding noise around zero.
_NOTHING = 1e-12


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


def gram(rows: Values) -> Values:
    """`rows`' @ `rows`: the sums of products of columns, in blocks of rows from first to last.

    Parameters
    ----------
    rows : ndarray of shape (n, p)
        Efficient for few columns, whatever the number of rows.

    Returns
    -------
    ndarray of shape (p, p)
        Symmetric to the last bit.
    """
    n, p = rows.shape
    upper: Values = np.zeros((p, p))
    for start in range(0, n, _BLOCK):
        columns = np.ascontiguousarray(rows[start : start + _BLOCK].T)
        for j in range(p):
            upper[j, j:] += (columns[j] * columns[j:]).sum(axis=1)
    lower: Values = np.triu(upper, 1).T
    return upper + lower


def quadratic(rows: Values, symmetric: Values) -> Values:
    """x' A x of each row x: shape (n,)."""
    form: Values = (product(rows, symmetric) * rows).sum(axis=1)
    return form


def spectrum(symmetric: Values) -> tuple[Values, Values]:
    """The eigenvalues and eigenvectors of a symmetric matrix, the largest eigenvalue first.

    By the cyclic method of Jacobi (Golub and Van Loan, Matrix Computations, 8.5).

    Parameters
    ----------
    symmetric : ndarray of shape (n, n)

    Returns
    -------
    values : ndarray of shape (n,)
    vectors : ndarray of shape (n, n)
        Eigenvectors as columns, in the order of `values`.
    """
    values, rows = _diagonalised(symmetric)
    order = np.argsort(-values, kind="stable")
    return values[order], rows[order].T


def of_spectrum(symmetric: Values, function: Callable[[Values], Values]) -> Values:
    """The symmetric matrix with the same eigenvectors and a function of the eigenvalues.

    Parameters
    ----------
    symmetric : ndarray of shape (n, n)
    function : callable
        Applied to the array of all eigenvalues, in no particular order.

    Returns
    -------
    ndarray of shape (n, n)
    """
    values, vectors = _diagonalised(symmetric)
    matrix = product(vectors.T * function(values), vectors)
    return (matrix + matrix.T) / 2


def _diagonalised(symmetric: Values) -> tuple[Values, Values]:
    """Eigenvalues in no particular order, and the eigenvectors as rows."""
    from response_clusters._jacobi import diagonalise

    rest, vectors = (symmetric + symmetric.T) / 2, np.eye(len(symmetric))
    diagonalise(rest, vectors)
    return rest.diagonal(), vectors


def square_root(covariance: Values) -> Values:
    """The symmetric square root of a covariance."""
    return of_spectrum(covariance, lambda values: np.sqrt(np.maximum(values, 0.0)))


def inverse_root(covariance: Values) -> Values:
    """The symmetric C^(−½), which leaves out directions that `covariance` has no variance in.

    Parameters
    ----------
    covariance : ndarray of shape (n, n)
        Eigenvalues below 10⁻¹² of the largest count as zero, as in a pseudo-inverse.

    Returns
    -------
    ndarray of shape (n, n)
    """

    def inverted(values: Values) -> Values:
        there = values > _NOTHING * values.max(initial=0.0)
        return np.where(there, 1.0 / np.sqrt(np.where(there, values, 1.0)), 0.0)

    return of_spectrum(covariance, inverted)


def at_least(covariance: Values, floor: float) -> Values:
    """The covariance with all eigenvalues raised to at least `floor`."""
    return of_spectrum(covariance, lambda values: np.maximum(values, floor))
