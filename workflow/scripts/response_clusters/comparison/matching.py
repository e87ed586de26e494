"""One-to-one matching of the prototypes of two fits by correlation.

The library can be used without pandas: only the functions that make a table import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from response_clusters.comparison.similarity import SIMILAR
from response_clusters.digits import DIGITS
from response_clusters.errors import StudyError
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    import pandas as pd


def prototype_matrix(centroids: pd.DataFrame) -> pd.DataFrame:
    """The prototypes as a matrix: a row per cluster, a column per region in table order."""
    regions = centroids["region"].drop_duplicates()
    return centroids.pivot(index="cluster", columns="region", values="prototype")[regions]


@dataclass(frozen=True)
class Match:
    """Correlations between two sets of prototypes and their one-to-one matching.

    Attributes
    ----------
    r : ndarray of shape (k_a, k_b), float64
        Pearson correlations over the regions, to twelve decimals.
    matched : ndarray of shape (k_a, k_b), bool
        min(k_a, k_b) pairs, no row and no column twice, with the largest possible sum of r.
    """

    r: npt.NDArray[np.float64]
    matched: npt.NDArray[np.bool_]


def match_prototypes(a: npt.ArrayLike, b: npt.ArrayLike) -> Match:
    """Match two sets of prototypes one to one on Pearson r.

    Parameters
    ----------
    a : array of shape (k_a, regions)
    b : array of shape (k_b, regions)
        The same regions in the same order. Rows are centred here.

    Raises
    ------
    StudyError
        If there are fewer than two regions: no correlation is defined over them.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or a.shape[1] < 2:
        raise StudyError(
            f"Prototypes of the shapes {a.shape} and {b.shape} cannot be correlated; expected a "
            "row per prototype, over the same two or more regions."
        )
    # Summed by numpy, because BLAS's order of summation depends on the processor; then rounded, so
    # that a last bit does not decide a tie.
    r = np.clip((_unit(a)[:, None] * _unit(b)).sum(axis=-1).round(DIGITS), -1.0, 1.0)
    matched = np.zeros(r.shape, dtype=bool)
    matched[linear_sum_assignment(r, maximize=True)] = True
    return Match(r, matched)


def matched_to(prototypes: pd.DataFrame, pooled: pd.DataFrame) -> pd.DataFrame:
    """Each cluster's one-to-one match among the pooled prototypes.

    Parameters
    ----------
    prototypes, pooled : DataFrame
        A row per cluster (from 1), a column per region. They are correlated over the regions that
        both have, as `match_prototypes` does.

    Returns
    -------
    DataFrame
        Columns cluster, pooled_cluster and r; the last two are null for a cluster without a match:
        some have none if there are more clusters than in the pooled fit.
    """
    import pandas as pd

    shared = [region for region in pooled.columns if region in prototypes.columns]
    match = match_prototypes(prototypes[shared].to_numpy(), pooled[shared].to_numpy())
    has = np.atleast_1d(match.matched.any(axis=1))
    to = match.matched.argmax(axis=1)
    r = match.r[np.arange(len(to)), to]
    numbers = [int(number) for number in pooled.index[to]]
    matched = [
        number if paired else None for number, paired in zip(numbers, has.tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "cluster": prototypes.index.to_numpy(),
            "pooled_cluster": pd.array(matched, "Int16"),
            "r": np.where(has, r, np.nan),
        }
    )


def identity_table(fits: dict[int, pd.DataFrame], pooled: pd.DataFrame) -> pd.DataFrame:
    """The identity of every cluster of a cohort, at every k.

    Parameters
    ----------
    fits : dict of DataFrame
        The cohort's prototypes at each k: a row per cluster, a column per region.
    pooled : DataFrame
        The prototypes of the pooled cohort's chosen fit.

    Returns
    -------
    DataFrame
        Columns k, cluster, pooled_cluster and r.
    """
    import pandas as pd

    blocks = [matched_to(prototypes, pooled).assign(k=k) for k, prototypes in fits.items()]
    return pd.concat(blocks, ignore_index=True)[["k", "cluster", "pooled_cluster", "r"]]


def _unit(rows: npt.NDArray[np.floating[Any]]) -> npt.NDArray[np.float64]:
    """Rows centred and scaled to unit length; a constant row becomes zero, so its r is 0."""
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((centred * centred).sum(axis=1, keepdims=True))
    unit: npt.NDArray[np.float64] = np.divide(
        centred, length, out=np.zeros_like(centred), where=length > 1e-12
    )
    return unit


def summary(match_r: npt.NDArray[np.float64], best_r: npt.NDArray[np.float64]) -> dict[str, Any]:
    """How many matches there are, their median and minimum, and the fraction above .8.

    Parameters
    ----------
    match_r : ndarray of shape (n,)
        r of the one-to-one matches.
    best_r : ndarray of shape (m,)
        r of each prototype with the most similar one of the other set. Several may share one, so
        these are never smaller than the one-to-one matches.
    """

    def described(r: npt.NDArray[np.float64]) -> dict[str, Any]:
        if not r.size:
            return {"n": 0, "median": None, "min": None, "fraction_above_0.8": None}
        return {
            "n": int(r.size),
            "median": float(np.median(r)),
            "min": float(r.min()),
            "fraction_above_0.8": float(np.mean(r > SIMILAR)),
        }

    return {**described(match_r), "best_match": described(best_r)}
