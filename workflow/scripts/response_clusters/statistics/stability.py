"""Whether the same clusters come again from other images: two labellings of the same trials."""

import math

import numpy as np
import numpy.typing as npt
from response_clusters.comparison.matching import match_prototypes
from response_clusters.statistics.contingency import Counts, Integers

Floats = npt.NDArray[np.float64]

HENNIG = (0.6, 0.75, 0.85)
"""How fpc reads a cluster's mean Jaccard: below .6 not to be trusted, from .6 a pattern in the data
whose members are doubtful, from .75 a valid and stable cluster, from .85 a highly stable one."""

SAME = 0.99
"""The matched r above which two prototypes are the same solution."""


def image_halves(n_units: int, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """A random half of the units that trials are resampled by.

    Parameters
    ----------
    n_units : int
        As `contingency.resampling_units` counts them.

    Returns
    -------
    ndarray of shape (n_units,), bool
        True for the first half, n_units // 2 of them. ``halves[units]`` says it of trials: all of
        an image's trials, of all subjects, lie on one side.
    """
    first = np.zeros(n_units, dtype=bool)
    first[rng.permutation(n_units)[: n_units // 2]] = True
    return first


def image_bootstrap(n_units: int, rng: np.random.Generator) -> Counts:
    """How often a bootstrap draws each unit: n_units draws with replacement.

    Returns
    -------
    ndarray of shape (n_units,), int64
        Their sum is n_units. ``drawn[units]`` says how often each trial counts.
    """
    return np.bincount(rng.integers(n_units, size=n_units), minlength=n_units)


def drawn_rows(drawn: Counts, units: Integers) -> Counts:
    """The trials of a bootstrap, each as often as its unit was drawn, in the order of trials.

    Parameters
    ----------
    drawn : ndarray of shape (n_units,), int64
        As `image_bootstrap` makes it.
    units : ndarray of shape (n,), integer
        Each trial's unit.

    Returns
    -------
    ndarray, int64
        Numbers of rows to refit. Each of them once, as Hennig's Jaccard counts, is
        ``drawn[units] > 0``.
    """
    return np.repeat(np.arange(len(units)), drawn[units])


def prediction_strength(counts: Counts) -> float:
    """The least share of a cluster's pairs of trials that another labelling keeps together.

    min_j Σ_l n_jl (n_jl − 1) / (n_j (n_j − 1)). Tibshirani and Walther (2005), J Comput Graph Stat
    14:511, who call k supported if it exceeds .8 to .9. It has a direction: average both.

    Parameters
    ----------
    counts : ndarray of shape (k, l), int64
        Trials of one half by their cluster in the half's own fit (rows) and by the nearest
        prototype of the other half (columns).

    Returns
    -------
    float
        From 0 to 1. Clusters of fewer than two trials have no pair and are left out; nan if all do.
    """
    counts = np.asarray(counts, dtype=np.float64)
    sizes = counts.sum(axis=1)
    pairs = sizes * (sizes - 1)
    kept = (counts * (counts - 1)).sum(axis=1)
    has = pairs > 0
    return float((kept[has] / pairs[has]).min()) if has.any() else math.nan


def adjusted_rand(counts: Counts) -> float:
    """The adjusted Rand index of two labellings: pairs kept together, beyond chance.

    (Σ C(n_jl, 2) − E) / (½ [Σ C(n_j, 2) + Σ C(n_l, 2)] − E), E = Σ C(n_j, 2) Σ C(n_l, 2) / C(n, 2).
    Hubert and Arabie (1985), J Classif 2:193. In whole numbers until the last division, so that
    hundreds of thousands of trials lose no digit.

    Parameters
    ----------
    counts : ndarray of shape (j, l), int64

    Returns
    -------
    float
        1 for the same partition, 0 on average for labels drawn independently; 1, as scikit-learn
        says, if both labellings are one cluster or both are single trials; nan without trials.
    """
    counts = np.asarray(counts, dtype=np.int64)
    both, rows, columns, total = (
        sum(n * (n - 1) // 2 for n in numbers.ravel().tolist())
        for numbers in (counts, counts.sum(axis=1), counts.sum(axis=0), counts.sum())
    )
    if not counts.any():
        return math.nan
    # Numerator and denominator of the formula, both times 2 C(n, 2).
    above = 2 * (both * total - rows * columns)
    below = (rows + columns) * total - 2 * rows * columns
    return above / below if below else 1.0


def jaccard(counts: Counts) -> Floats:
    """Jaccard's similarity of each cluster with each of another labelling of the same trials.

    n_jl / (n_j + n_l − n_jl): of the trials in one or the other, the share in both.

    Parameters
    ----------
    counts : ndarray of shape (j, l), int64

    Returns
    -------
    ndarray of shape (j, l), float64
        nan where both clusters are empty.
    """
    counts = np.asarray(counts)
    union = counts.sum(axis=1, keepdims=True) + counts.sum(axis=0, keepdims=True) - counts
    return np.divide(counts, union, out=np.full(counts.shape, np.nan), where=union > 0)


def best_jaccard(counts: Counts) -> Floats:
    """Each cluster's Jaccard similarity with the most similar cluster of another labelling.

    Hennig (2007), Comput Stat Data Anal 52:258; its mean over bootstraps is `clusterboot` of the R
    package fpc. Two clusters may have the same best match.

    Parameters
    ----------
    counts : ndarray of shape (k, l), int64
        The trials that a bootstrap drew, each once, by cluster of the fit (rows) and of the
        bootstrap's own fit (columns).

    Returns
    -------
    ndarray of shape (k,), float64
        nan for a cluster of which no trial was drawn: leave it out of the cluster's mean.
    """
    counts = np.asarray(counts)
    best = np.nan_to_num(jaccard(counts)).max(axis=1, initial=0.0)
    return np.where(counts.sum(axis=1) > 0, best, np.nan)


def rival(prototypes: Floats, replicates: Floats, objectives: Floats) -> tuple[int | None, Floats]:
    """The best replicate that is another solution than the fit.

    Parameters
    ----------
    prototypes : ndarray of shape (k, regions), float64
        Of the fit.
    replicates : ndarray of shape (replicates, k, regions), float64
        Prototypes of each replicate.
    objectives : ndarray of shape (replicates,), float64
        Smaller is better.

    Returns
    -------
    best : int or None
        Of the replicates whose least matched r with the fit is below .99, the one with the
        smallest objective, the first of equal ones; None if all are the fit's solution.
    least_r : ndarray of shape (replicates,), float64
        Each replicate's least r, over one-to-one matches.
    """
    matches = [match_prototypes(prototypes, replicate) for replicate in replicates]
    least_r = np.array([match.r[match.matched].min() for match in matches], dtype=np.float64)
    other = np.flatnonzero(least_r < SAME)
    if not other.size:
        return None, least_r
    return int(other[np.argmin(np.asarray(objectives)[other])]), least_r
