"""How much of the responses' variation k clusters account for, and which k the elbow chooses."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError
from response_clusters.responses.rows import packed_units

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.floating[Any]]

STATISTICS = ("r2_between", "r2_explained")
"""Both definitions of R², by the names of their columns."""

# A grand centroid shorter than this share of the mean trial is rounding noise without a direction.
DIRECTIONLESS = 1e-6
# Rows compared at a time: few enough for the processor's cache.
_BLOCK = 4096


@dataclass(frozen=True)
class BetweenR2:
    """R² as between / (between + within) of squared correlation distances, and its parts."""

    r2: float
    within: float
    between: float
    grand_centroid: float
    """Length of the row-centred grand centroid as a share of the mean row-centred trial's."""
    directionless: bool
    """Whether that share is below 10⁻⁶, so that every r with the grand centroid counts as 0."""


def _lengths(rows: Floats) -> npt.NDArray[np.float64]:
    """Each row's Euclidean length.

    `numpy.linalg.norm` of one vector and `@` call BLAS, whose last bit depends on the processor, so
    they are not used here.
    """
    lengths: npt.NDArray[np.float64] = np.sqrt((rows * rows).sum(axis=-1))
    return lengths


def _correlation(a: Floats, b: Floats) -> npt.NDArray[np.float64]:
    """Pearson r of each row of `a` with the same row of `b`; 0 where one of them is constant."""
    a = a - a.mean(axis=-1, keepdims=True)
    b = b - b.mean(axis=-1, keepdims=True)
    norms = _lengths(a) * _lengths(b)
    product = (a * b).sum(axis=-1)
    return np.divide(product, norms, out=np.zeros_like(product), where=norms > 0)


def r2_between(X: npt.ArrayLike, labels: npt.ArrayLike) -> BetweenR2:
    """R² = B / (W + B) on squared correlation distances, with centroids of raw rows.

    W = Σᵢ (1 − r(xᵢ, c_own))² / N and B = Σⱼ nⱼ (1 − r(cⱼ, c̄))² / N, each centroid cⱼ the mean of
    its members' raw rows and c̄ the size-weighted mean of the centroids: the definition in the
    public code of the authors of Campbell et al. R² of one cluster is 0 by definition.

    Parameters
    ----------
    X : array of shape (n, p), float
        Raw rows: neither centred nor scaled.
    labels : array of shape (n,), int
        Clusters 0 to k − 1, none of them empty.

    Returns
    -------
    BetweenR2
        If responses are z-scored within session, c̄ is nothing but rounding noise. If the
        row-centred c̄ is shorter than 10⁻⁶ of the mean row-centred trial, r(cⱼ, c̄) is set to 0,
        so that B = 1.

    Raises
    ------
    StudyError
        If there is not a label for each row, or a cluster is empty.
    """
    rows, labels = np.asarray(X, dtype=np.float64), np.asarray(labels)
    if rows.ndim != 2 or labels.shape != rows.shape[:1] or not labels.size or labels.min() < 0:
        raise StudyError(
            f"X has the shape {rows.shape} and labels {labels.shape}; expected a table of at least "
            "one row, and a label of 0 or more for each row."
        )
    k = int(labels.max()) + 1
    sizes = np.bincount(labels, minlength=k)
    if not sizes.all():
        raise StudyError(
            f"No row is in cluster {sizes.argmin()}; expected at least one in each from 0 to "
            f"{k - 1}: number the clusters without gaps."
        )
    sums = np.zeros((k, rows.shape[1]))
    np.add.at(sums, labels, rows)
    centroids = sums / sizes[:, None]
    grand = sums.sum(axis=0) / len(rows)
    own, lengths = np.empty(len(rows)), np.empty(len(rows))
    for start in range(0, len(rows), _BLOCK):
        part = slice(start, start + _BLOCK)
        own[part] = _correlation(rows[part], centroids[labels[part]])
        lengths[part] = _lengths(rows[part] - rows[part].mean(axis=1, keepdims=True))
    within = float(np.mean((1.0 - own) ** 2))
    share = float(_lengths(grand - grand.mean()) / lengths.mean())
    directionless = share < DIRECTIONLESS
    if directionless:
        between = 1.0
    else:
        r = _correlation(centroids, np.broadcast_to(grand, centroids.shape))
        between = float(np.sum(sizes * (1.0 - r) ** 2) / len(rows))
    r2 = 0.0 if k == 1 else between / (within + between)
    return BetweenR2(r2, within, between, share, directionless)


def r2_explained(X: npt.ArrayLike, objective: float) -> float:
    """R² = 1 − Σ (1 − r_own) / Σ (1 − r₁), r₁ the correlation with the prototype of k = 1.

    Parameters
    ----------
    X : array of shape (n, p), float
        Raw rows.
    objective : float
        Σ (1 − r) of the fit.
    """
    units = packed_units(X)
    # The prototype of k = 1 is the direction of the sum of all unit rows, so Σ r₁ is its length.
    alone = len(units) - float(_lengths(units.sum(axis=0, dtype=np.float64)))
    return 1.0 - objective / alone


@dataclass(frozen=True)
class Elbow:
    """The chosen k, whether any gain fell below the threshold, and the rule in words."""

    k: int
    reached: bool
    rule: str


def gains(r2: Sequence[float]) -> list[float | None]:
    """gain(k) = R²(k) − R²(k − 1); the first k has none."""
    return [None, *(b - a for a, b in itertools.pairwise(r2))]


def choose_k(k: Sequence[int], r2: Sequence[float], threshold: float) -> Elbow:
    """The last k before the first gain below `threshold`.

    Parameters
    ----------
    k : sequence of int
        Consecutive values from 1.
    r2 : sequence of float
        R² at each k.
    threshold : float
        The first gain below it decides, whether or not later ones are above it again.

    Raises
    ------
    StudyError
        If the values of k are not consecutive from 1.
    """
    if list(k) != list(range(1, len(k) + 1)):
        raise StudyError(f"An elbow needs consecutive values of k from 1; these are {list(k)}.")
    for index, gain in enumerate(gains(r2)):
        if gain is not None and gain < threshold:
            chosen, reached = k[index - 1], True
            rule = (
                f"k = {chosen} is the last before the first gain in R² below {threshold:g} "
                f"({gain:.4f} at k = {k[index]})"
            )
            return Elbow(chosen, reached, rule)
    rule = f"no gain in R² fell below {threshold:g}, so the largest k = {k[-1]} stands"
    return Elbow(k[-1], False, rule)


def elbow_table(fits: list[dict[str, Any]]) -> "pd.DataFrame":
    """The objective, both R² and their gains, a row for each k in ascending order."""
    import pandas as pd

    ordered = sorted(fits, key=lambda fit: fit["k"])
    table = pd.DataFrame(ordered)[["k", "objective"]]
    for statistic in STATISTICS:
        values = [fit[statistic] for fit in ordered]
        table[statistic] = values
        table[f"{statistic}_gain"] = pd.Series(gains(values), dtype="float64")
    return table


def elbow_record(table: "pd.DataFrame", statistic: str, threshold: float) -> dict[str, Any]:
    """The k that an elbow table's `statistic` chooses, and what the other definition would."""
    k = table["k"].tolist()
    elbows = {name: choose_k(k, table[name].tolist(), threshold) for name in STATISTICS}
    chosen = elbows[statistic]
    return {
        "k": chosen.k,
        "statistic": statistic,
        "threshold": threshold,
        "reached": chosen.reached,
        "rule": chosen.rule,
        "choices": {name: elbow.k for name, elbow in elbows.items()},
    }
