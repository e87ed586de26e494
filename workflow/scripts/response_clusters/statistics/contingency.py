"""Counts of observations by two labels, and what trials are resampled by."""

from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError

Integers = npt.NDArray[np.integer[Any]]
Counts = npt.NDArray[np.int64]
UNKNOWN = -1
"""The code of what is not known, such as the image of a trial; `pandas.factorize` gives it too."""


def contingency(rows: Integers, columns: Integers, n_rows: int, n_columns: int) -> Counts:
    """How many observations have each pair of labels.

    With images as rows and clusters as columns, these are an image's trials in each cluster; with
    two labellings of the same trials, the n_jl that measures of agreement are computed from.

    Parameters
    ----------
    rows, columns : ndarray of shape (n,), integer
        Two labels of each observation, from 0. An observation with a −1 is left out.
    n_rows, n_columns : int
        How many labels there are, whether or not they occur.

    Returns
    -------
    ndarray of shape (n_rows, n_columns), int64

    Raises
    ------
    StudyError
        If the two have different shapes, or a label is out of range.
    """
    rows, columns = np.asarray(rows), np.asarray(columns)
    if rows.shape != columns.shape or rows.ndim != 1:
        raise StudyError(
            f"Labels of the shapes {rows.shape} and {columns.shape} cannot be counted; expected "
            "two for each observation."
        )
    for labels, n in ((rows, n_rows), (columns, n_columns)):
        if labels.size and not (labels.min() >= UNKNOWN and labels.max() < n):
            raise StudyError(
                f"Labels from {labels.min()} to {labels.max()} cannot be counted; expected 0 to "
                f"{n - 1}, or −1 where one is not known."
            )
    known = (rows != UNKNOWN) & (columns != UNKNOWN)
    codes = rows[known].astype(np.int64) * n_columns + columns[known]
    return np.bincount(codes, minlength=n_rows * n_columns).reshape(n_rows, n_columns)


def crossed(outer: Integers, inner: Integers) -> Counts:
    """One code for each pair of two codes that occurs, such as subject and image.

    Parameters
    ----------
    outer, inner : ndarray of shape (n,), integer
        Codes from 0; −1 is unknown.

    Returns
    -------
    ndarray of shape (n,), int64
        From 0, in the order of the pairs; −1 where one of the two is unknown.
    """
    outer, inner = np.asarray(outer, np.int64), np.asarray(inner, np.int64)
    known = (outer != UNKNOWN) & (inner != UNKNOWN)
    codes = np.full(len(outer), UNKNOWN, dtype=np.int64)
    pairs = outer[known] * (inner.max(initial=0) + 1) + inner[known]
    codes[known] = np.unique(pairs, return_inverse=True)[1]
    return codes


def resampling_units(images: Integers) -> tuple[Counts, int]:
    """The unit that each trial is resampled with: its image, in whatever subject.

    Trials of one image are not independent: resampled one by one, they would promise intervals
    that are too narrow. A trial whose image is unknown is a unit of its own.

    Parameters
    ----------
    images : ndarray of shape (n,), integer
        Each trial's image; −1 where it is unknown.

    Returns
    -------
    units : ndarray of shape (n,), int64
        From 0 and without gaps: images in their order, then trials without one in theirs.
    n_units : int
    """
    images = np.asarray(images)
    known = images != UNKNOWN
    distinct, codes = np.unique(images[known], return_inverse=True)
    units = np.empty(len(images), dtype=np.int64)
    units[known] = codes
    n_units = len(distinct) + int((~known).sum())
    units[~known] = np.arange(len(distinct), n_units)
    return units, n_units
