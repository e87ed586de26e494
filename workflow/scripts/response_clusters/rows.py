"""Rows as correlation sees them: centred, of unit length, and which rows have no correlation."""

from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError

Floats = npt.NDArray[np.floating[Any]]

# Unit rows are rounded to multiples of 2⁻²⁴: exact in float32, and any sum of up to 2²⁹ of them is
# exact in float64. Sums may then be updated by the rows that moved without ever drifting, and do
# not depend on the order of the rows.
GRID = 2.0**24
# A row whose spread is below this share of its own magnitude is rounding noise around a constant.
_CONSTANT = 1e-7


def constant_rows(X: Floats) -> npt.NDArray[np.bool_]:
    """Which rows have no correlation with anything: constant ones and those not finite.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        One observation a row.

    Returns
    -------
    ndarray of shape (n,), bool
        A row counts as constant when its spread is rounding noise next to its own magnitude, so
        that 0.1 repeated is constant although its computed variance is not zero.
    """
    rows = np.asarray(X, dtype=np.float64)
    finite: npt.NDArray[np.bool_] = np.all(np.isfinite(rows), axis=1)
    held = np.where(finite[:, None], rows, 0.0)
    spread = np.abs(held - held.mean(axis=1, keepdims=True)).max(axis=1)
    constant: npt.NDArray[np.bool_] = ~finite | (spread <= _CONSTANT * np.abs(held).max(axis=1))
    return constant


def unit_rows(X: Floats, first: int = 0) -> npt.NDArray[np.float64]:
    """The rows of `X`, each centred and scaled to unit length.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        One observation a row, p ≥ 2.
    first : int, default 0
        The number of the first row, where X is a part of more.

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
    wrong = np.flatnonzero(constant_rows(rows))
    if wrong.size:
        raise StudyError(
            "Rows that are constant or not finite have no correlation; expected none of them, but "
            f"the first is row {first + wrong[0]}: leave such rows out."
        )
    centred = rows - rows.mean(axis=1, keepdims=True)
    # Scaled to their largest value first: squares of tiny or huge values would leave float64.
    centred /= np.abs(centred).max(axis=1, keepdims=True)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    return np.round(centred * GRID) / GRID
