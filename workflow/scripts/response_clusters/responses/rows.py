"""Unit rows: rows centred and scaled to unit length, so that inner products are correlations."""

import mmap
import tempfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError

Floats = npt.NDArray[np.floating[Any]]

# Unit rows are rounded to multiples of 2⁻²⁴: exact in float32, and any sum of up to 2²⁹ of them is
# exact in float64. Such sums do not depend on the order of the rows, and adding and subtracting
# single rows never accumulates an error.
UNIT_GRID = 2.0**24
# A row whose spread is below this share of its magnitude is a constant with rounding noise.
_CONSTANT = 1e-7
# Values processed at a time: few enough for the processor's cache.
_BLOCK = 2**17


def constant_rows(X: Floats) -> npt.NDArray[np.bool_]:
    """Which rows have no defined correlation: those that are constant or not finite.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        One observation a row.

    Returns
    -------
    ndarray of shape (n,), bool
        A row counts as constant if its spread is no more than rounding noise: 0.1 repeated is
        constant although its computed variance is not zero.
    """
    return _centred(np.asarray(X, dtype=np.float64))[2]


def _centred(rows: Floats) -> tuple[npt.NDArray[np.float64], Floats, npt.NDArray[np.bool_]]:
    """The rows minus their means, the largest deviation of each, and which rows are constant."""
    with np.errstate(invalid="ignore", over="ignore"):
        centred = rows - rows.mean(axis=1, keepdims=True)
        spread = np.abs(centred).max(axis=1)
        # Comparisons with NaN are false, so a row that is not finite counts as constant here.
        return centred, spread, ~(spread > _CONSTANT * np.abs(rows).max(axis=1))


def unit_rows(X: Floats, first: int = 0) -> npt.NDArray[np.float64]:
    """The rows of `X`, each centred and scaled to unit length.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        One observation a row, p ≥ 2.
    first : int, default 0
        The number of the first row, if X is part of a larger table.

    Returns
    -------
    ndarray of shape (n, p), float64
        Rounded to multiples of 2⁻²⁴, so that sums of rows are exact.

    Raises
    ------
    StudyError
        If a row is constant or not finite: its correlation is not defined.
    """
    rows = np.asarray(X, dtype=np.float64)
    if rows.ndim != 2 or rows.shape[1] < 2:
        raise StudyError(
            f"Correlation needs a table of at least two columns; this one has shape {rows.shape}."
        )
    centred, spread, constant = _centred(rows)
    wrong = np.flatnonzero(constant)
    if wrong.size:
        finite = np.isfinite(rows[wrong[0]]).all()
        raise StudyError(
            "Rows that are constant or not finite have no correlation; expected none of them, but "
            f"the first is row {first + wrong[0]}, which "
            f"{'is constant' if finite else 'has NaN or inf in it'}: leave such rows out."
        )
    # Divided by the largest value first: squares of tiny or huge values would under- or overflow.
    centred /= spread[:, None]
    centred *= UNIT_GRID / np.sqrt((centred * centred).sum(axis=1, keepdims=True))
    np.rint(centred, out=centred)
    centred /= UNIT_GRID
    return centred


def packed_units(X: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The unit rows of `X` in float32, with columns of zeros up to a multiple of 4.

    Parameters
    ----------
    X : array of shape (n, p), float
        One observation a row, p ≥ 2. The unit rows of a `numpy.memmap` (or of a view of one) are
        kept in an unnamed temporary file, not in memory; it disappears with the array.

    Returns
    -------
    ndarray of shape (n, columns), float32
        Exact, because values of unit rows are multiples of 2⁻²⁴.

    Raises
    ------
    StudyError
        If `X` is not a table, or as `unit_rows` does.
    """
    rows = np.asanyarray(X)
    if rows.ndim != 2:
        raise StudyError(
            f"Correlation needs rows and columns; expected a table, but the shape is {rows.shape}."
        )
    n, p = rows.shape
    shape = n, -(-p // 4) * 4
    if _is_mapped(rows):
        with tempfile.TemporaryFile() as file:
            units = np.asarray(np.memmap(file, np.float32, "w+", shape=shape))
    else:
        units = np.zeros(shape, dtype=np.float32)
    for part, block in unit_blocks(rows):
        units[part, :p] = block
    return units


def unit_blocks(rows: npt.NDArray[Any]) -> Iterator[tuple[slice, npt.NDArray[np.float64]]]:
    """The unit rows of an array in blocks of some thousands, each with its range of rows.

    Parameters
    ----------
    rows : ndarray of shape (n, p)

    Raises
    ------
    StudyError
        As `unit_rows` does.
    """
    block = max(1, _BLOCK // max(rows.shape[1], 1))
    for first in range(0, len(rows), block):
        part = slice(first, first + block)
        yield part, unit_rows(rows[part], first)


def _is_mapped(array: Any) -> bool:
    """Whether an array is a view of a memory-mapped file; scikit-learn drops the type `memmap`."""
    while array is not None and not isinstance(array, np.memmap | mmap.mmap):
        array = getattr(array, "base", None)
    return array is not None
