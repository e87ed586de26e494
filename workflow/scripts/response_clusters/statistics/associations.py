"""What else clusters go with: subjects, sessions, runs, presentations, properties of pictures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.ids import in_one_type
from response_clusters.statistics.contingency import UNKNOWN, Counts, contingency
from response_clusters.statistics.covariances import group_sums
from response_clusters.statistics.enrichment import image_shares

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

PROPERTIES = ("luminance", "contrast", "spatial_frequency")
"""Of pictures, in the columns of the table ``picture_properties``."""
PARTS = 10
"""Tenths."""


def corrected_v(counts: Counts) -> float:
    """Cramér's V of a table of counts, corrected for its bias.

    By Bergsma (2013, J Korean Stat Soc 42:323): with φ² = χ²/n of a table of r rows and c columns,
    (r − 1)(c − 1)/(n − 1) is the expectation of φ² without any association; what exceeds it is
    divided by min(r', c') − 1, with r' = r − (r − 1)²/(n − 1) and c' likewise; V is the root.
    Without the correction, V grows with the number of levels whether or not there is anything.

    Parameters
    ----------
    counts : ndarray of shape (r, c), int64
        Levels that do not occur are left out.

    Returns
    -------
    float
        From 0 to 1; nan where one side has fewer than two levels, or as many as observations.
    """
    counts = np.asarray(counts)
    n, (rows, columns) = float(counts.sum()), _occurring(counts).shape
    return _v(counts, n, (rows - 1) * (columns - 1) / max(n - 1, 1.0))


def image_v(shares: Floats, codes: Whole) -> float:
    """Cramér's V of clusters with what images have, an image counting once.

    The trials of an image are not independent of each other: taken for so many observations, they
    would leave a bias. The sums of the images' shares are a table of counts as well; over all
    permutations of the n images, E φ² = (r − 1)/(n − 1) · n Σ_c var w_c / Σᵢ w_ic (ddof 0), which
    is Bergsma's (r − 1)(c − 1)/(n − 1) if each image is in one cluster.

    Parameters
    ----------
    shares : ndarray of shape (n, k), float64
        The share of each image's trials in each cluster (`enrichment.image_shares`).
    codes : ndarray of shape (n,), int64
        Each image's level, from 0.

    Returns
    -------
    float
        As `corrected_v`; 1 only if, besides, all trials of an image are in one cluster.
    """
    table, n = group_sums(shares, codes), len(shares)
    total = shares.sum(axis=0)
    spread = (shares.var(axis=0)[total > 0] / total[total > 0]).sum()
    levels = len(_occurring(table))
    return _v(table, float(n), (levels - 1) / max(n - 1, 1) * n * float(spread))


def _v(table: npt.ArrayLike, n: float, bias: float) -> float:
    """V of a table of n observations in which φ² has some expectation without any association."""
    table = _occurring(np.asarray(table, dtype=np.float64))
    if min(table.shape) < 2:
        return float("nan")
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    beyond = max(0.0, float((table * table / expected).sum()) - 1 - bias)
    fewest = min(side - (side - 1) ** 2 / (n - 1) for side in table.shape)
    return min(float(np.sqrt(beyond / (fewest - 1))), 1.0) if fewest > 1 else float("nan")


def _occurring(table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A table without the rows and columns that are empty."""
    return table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]


def tenths(values: npt.ArrayLike) -> Whole:
    """Which tenth of the values each one lies in, from 0; −1 where it is missing.

    Equal values are in the same tenth, so that there may be fewer than ten.
    """
    values = np.asarray(values, dtype=np.float64)
    known = ~np.isnan(values)
    codes = np.full(len(values), UNKNOWN, dtype=np.int64)
    if known.any():
        edges = np.quantile(values[known], np.arange(1, PARTS) / PARTS)
        codes[known] = np.searchsorted(edges, values[known], side="right")
    return codes


def run_numbers(trials: npt.NDArray[np.integer[Any]], run_lengths: Sequence[int]) -> Whole:
    """The run within its session that each trial was shown in, from 1.

    Parameters
    ----------
    trials : ndarray of shape (n,), integer
        Numbered from 1 through all sessions, which have as many trials each as `run_lengths` say.
    run_lengths : sequence of int
        Trials of each run of a session.
    """
    ends = np.cumsum(run_lengths)
    return np.searchsorted(ends, (np.asarray(trials) - 1) % ends[-1], side="right") + 1


def trial_variables(
    rows: pd.DataFrame, pooled: bool, averaged: bool, run_lengths: Sequence[int]
) -> dict[str, Whole]:
    """What trials tell of how they came about, as codes; −1 where it is not known.

    Parameters
    ----------
    rows : DataFrame
        Columns subject, session, trial and repeat.
    pooled : bool
        Whether they are of several subjects.
    averaged : bool
        Whether a row is the mean of an image's presentations: it then has no time.
    run_lengths : sequence of int
        Empty where runs are not known.
    """
    told: dict[str, npt.ArrayLike] = {"subject": rows["subject"]} if pooled else {}
    if not averaged:
        told["session"] = rows["session"]
        if run_lengths:
            told["run"] = run_numbers(rows["trial"].to_numpy(np.int64), run_lengths)
        told["presentation"] = rows["repeat"]
    return {
        name: pd.factorize(pd.Series(values), sort=True)[0].astype(np.int64)
        for name, values in told.items()
    }


def association_rows(
    cohort: str, k: int, clusters: npt.NDArray[np.integer[Any]], variables: Mapping[str, Whole]
) -> list[dict[str, Any]]:
    """Rows of the table ``associations``, of one cohort; a variable that no trial has gets none.

    Parameters
    ----------
    clusters : ndarray of shape (n,), integer
        Each trial's cluster, from 1.
    variables : mapping of ndarray of shape (n,), int64
        Codes from 0; −1 where it is not known.
    """
    rows = []
    for name, codes in variables.items():
        counts = contingency(codes, clusters - 1, int(codes.max(initial=-1)) + 1, k)
        if counts.sum():
            v = corrected_v(counts)
            rows.append(_row(cohort, k, name, np.unique(codes[codes >= 0]), counts, v))
    return rows


def picture_rows(
    cohort: str,
    k: int,
    clusters: npt.NDArray[np.integer[Any]],
    images: pd.Series,
    properties: pd.DataFrame,
) -> list[dict[str, Any]]:
    """Rows of the table ``associations`` on the pictures, in tenths of those that were measured.

    Parameters
    ----------
    clusters : ndarray of shape (n,), integer
        Each trial's cluster, from 1.
    images : Series of length n
    properties : DataFrame
        The table ``picture_properties``.
    """
    mine, theirs = in_one_type(images.to_frame("image"), properties)
    place = pd.Index(theirs["image"]).get_indexer(mine["image"])
    counts = contingency(place, clusters - 1, len(theirs), k)
    rows = []
    for name in PROPERTIES:
        codes = tenths(theirs[name].astype("float64"))
        seen = (codes >= 0) & (counts.sum(axis=1) > 0)
        if seen.any():
            v = image_v(image_shares(counts[seen]), codes[seen])
            rows.append(_row(cohort, k, name, np.unique(codes[seen]), counts[seen], v))
    return rows


def _row(
    cohort: str, k: int, variable: str, levels: Whole, counts: Counts, v: float
) -> dict[str, Any]:
    told = {"cohort": cohort, "k": k, "variable": variable, "levels": len(levels)}
    return {**told, "trials": int(counts.sum()), "v": v}
