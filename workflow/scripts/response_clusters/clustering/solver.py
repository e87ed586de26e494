"""k-means with correlation distance: starts, Lloyd's algorithm, swaps, and the best of them.

Every row is centred and scaled to unit length, so that the inner product of two rows is their
Pearson correlation r. A prototype is the unit-length mean of its members' unit rows, the distance
is 1 − r and the objective Σ (1 − r) over all rows with their own prototypes: MATLAB's
``kmeans(X, k, 'Distance', 'correlation')``, by Lloyd's algorithm.

The study calls `cluster_rows`; `CorrelationKMeans` wraps it as a scikit-learn estimator. This
module does not import scikit-learn, because the import takes longer than many fits.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from response_clusters.clustering._lloyd import PROTOTYPE_GRID, assign, lloyd
from response_clusters.clustering._seeding import plus_plus
from response_clusters.errors import StudyError
from response_clusters.responses.rows import packed_units, unit_rows

Labels = npt.NDArray[np.int32]
Units = npt.NDArray[np.float32]
Prototypes = npt.NDArray[np.float64]
_progress = logging.getLogger("response_clusters.progress")

# Replicates whose objectives differ by less than this share found the same optimum.
_SAME_OPTIMUM = 1e-6


@dataclass(frozen=True)
class Clustering:
    """The best of all replicates and swaps.

    Attributes
    ----------
    labels : ndarray of shape (n,), int32
        Each row's cluster, 0 to k − 1; none is empty.
    prototypes : ndarray of shape (k, p), float64
        Centred and of unit length, rounded to multiples of 2⁻²⁸, which makes their products with
        unit rows exact.
    objective : float
        Σ (1 − r) over all rows with the prototypes of their clusters.
    iterations : int
        Lloyd iterations of the replicate kept.
    converged : bool
        Whether its last iteration changed no label.
    agreeing : int
        How many replicates ended within a share of 10⁻⁶ of the objective.
    """

    labels: Labels
    prototypes: Prototypes
    objective: float
    iterations: int
    converged: bool
    agreeing: int


class _Solution(NamedTuple):
    """The result of Lloyd's algorithm; its prototypes are padded as packed unit rows are."""

    objective: float
    iterations: int
    converged: bool
    prototypes: Prototypes


def cluster_rows(
    X: npt.ArrayLike,
    k: int,
    seed: np.random.SeedSequence,
    *,
    replicates: int = 50,
    max_iterations: int = 1000,
    swaps: int = 0,
    init: npt.ArrayLike | None = None,
    threads: int = 1,
) -> Clustering:
    """Cluster the rows of `X` by correlation.

    Parameters
    ----------
    X : array of shape (n, p), float
        One observation a row, p ≥ 2. If mapped, its unit rows are kept in a file, too.
    k : int
        The number of clusters, at least 1.
    seed : SeedSequence
        Replicate i draws from its i-th child, whatever the number of replicates. Not modified.
    replicates : int, default 50
        Independent k-means++ starts, of which the one with the smallest objective is kept.
    max_iterations : int, default 1000
        Lloyd iterations allowed in each replicate.
    swaps : int, default 0
        Trials of random swap search (Fränti 2018) after the replicates: one prototype of the best
        solution is moved to a row drawn in proportion to 1 − r, Lloyd's algorithm refines all of
        them, and the result is kept if it is better.
    init : array of shape (k, p), optional
        Prototypes to start from instead; there is one replicate then.
    threads : int, default 1
        Replicates that run at the same time. The result does not depend on it.

    Returns
    -------
    Clustering

    Raises
    ------
    StudyError
        If a row is constant or not finite, if fewer than `k` rows are distinct (rows that correlate
        above 1 − 10⁻⁶ count as one), or if `init` has another shape.
    """
    units = packed_units(X)
    p = np.shape(X)[1]
    fixed = None if init is None else _start_from(init, k, p, units.shape[1])
    # With one cluster, every start leads to the same solution.
    number = replicates if fixed is None and k > 1 else 1

    def replicate(i: int) -> _Solution:
        start = _drawn_start(units, k, _generator(seed, i)) if fixed is None else fixed
        return _refined(units, start, max_iterations)

    objectives: list[float] = []
    for solution in _in_order(replicate, number, threads):
        if not objectives or solution.objective < min(objectives):
            best = solution
        objectives.append(solution.objective)
        _progress.info(
            "replicate %d of %d: objective %.6f after %d iterations",
            *(len(objectives), number, solution.objective, solution.iterations),
        )
    if swaps and k > 1:
        best = _swapped(units, best, swaps, max_iterations, _generator(seed, 0, 1))
    labels, objective = _settled(units, best.prototypes)
    limit = objective + _SAME_OPTIMUM * max(objective, 1e-12)
    return Clustering(
        labels=labels,
        prototypes=best.prototypes[:, :p].copy(),
        objective=objective,
        iterations=best.iterations,
        converged=best.converged,
        agreeing=sum(each <= limit for each in objectives),
    )


def nearest_prototypes(
    X: npt.ArrayLike, prototypes: Prototypes
) -> tuple[Labels, npt.NDArray[np.float64]]:
    """Each row's nearest prototype, the lower number where two are equal, and its correlation.

    Parameters
    ----------
    X : array of shape (n, p), float
    prototypes : ndarray of shape (k, p), float64
        Those of a `Clustering`.

    Returns
    -------
    labels : ndarray of shape (n,), int32
    r : ndarray of shape (n,), float64

    Raises
    ------
    StudyError
        If a row is constant or not finite.
    """
    units = packed_units(X)
    labels, r = assign(units, _padded(prototypes, units.shape[1]))
    return labels, r


def summed_distance(r: npt.NDArray[np.float64]) -> float:
    """Σ (1 − r), computed in the memory of `r`.

    The length of unit rows is 1 up to rounding, so 1 − r may be slightly negative; it then counts
    as zero. Computed in place because, when rows are memory-mapped, this is the largest array.
    """
    distance = np.subtract(1.0, r, out=r)
    return float(np.maximum(distance, 0.0, out=distance).sum())


def _in_order(
    replicate: Callable[[int], _Solution], number: int, threads: int
) -> Iterator[_Solution]:
    """The solutions of all replicates in order, computed in up to `threads` threads.

    Threads suffice: nearly all the time is spent in compiled code, which releases the GIL.
    """
    if min(threads, number) == 1:
        yield from map(replicate, range(number))
        return
    with ThreadPoolExecutor(min(threads, number)) as pool:
        yield from pool.map(replicate, range(number))


def _generator(seed: np.random.SeedSequence, *key: int) -> np.random.Generator:
    """A child of `seed` by number: `spawn` would change the counter in the caller's object."""
    child = np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, *key))
    return np.random.default_rng(child)


def _start_from(init: npt.ArrayLike, k: int, p: int, columns: int) -> Prototypes:
    """The prototypes of `init`, padded as packed unit rows are."""
    start = unit_rows(np.asarray(init))
    if start.shape != (k, p):
        raise StudyError(
            f"init has the shape {start.shape}; expected {k} prototypes of {p} values."
        )
    return _padded(start, columns)


def _drawn_start(units: Units, k: int, rng: np.random.Generator) -> Prototypes:
    """Prototypes on rows drawn by k-means++."""
    rows = plus_plus(units, rng.random(k))
    if rows.min() < 0:
        distinct = int((rows >= 0).sum())
        raise StudyError(
            f"{k} clusters were asked for, but only {distinct} of the {len(units)} rows are "
            f"distinct; expected at least {k}: ask for at most {distinct} clusters (n_clusters; in "
            "the study's configuration, lower kmeans.k.max)."
        )
    return _of_unit_length(units[rows])


def _refined(units: Units, start: Prototypes, max_iterations: int) -> _Solution:
    """The result of Lloyd's algorithm from `start`, which is overwritten."""
    objective, iterations, converged = lloyd(units, start, max_iterations)
    return _Solution(objective, iterations, converged, start)


def _swapped(
    units: Units, best: _Solution, swaps: int, max_iterations: int, rng: np.random.Generator
) -> _Solution:
    """The best solution after `swaps` trials of moving one of its prototypes to another row."""
    cumulative: Any = None
    for trial in range(swaps):
        if cumulative is None:
            r = assign(units, best.prototypes)[1]
            cumulative = np.cumsum(np.maximum(1.0 - r, 0.0))
        row = np.searchsorted(cumulative, rng.random() * cumulative[-1], side="right")
        start = best.prototypes.copy()
        start[rng.integers(len(start))] = _of_unit_length(units[min(row, len(units) - 1)])
        solution = _refined(units, start, max_iterations)
        if solution.objective < best.objective * (1 - 1e-12):
            best, cumulative = solution, None
        _progress.info("swap %d of %d: objective %.6f", trial + 1, swaps, best.objective)
    return best


def _settled(units: Units, prototypes: Prototypes) -> tuple[Labels, float]:
    """The labels and the objective that belong to the final prototypes.

    A replicate that was stopped early may have emptied a cluster in its last step; the prototype of
    an empty cluster is moved in place, to the row farthest from its nearest prototype.
    """
    k = len(prototypes)
    for _ in range(k):
        labels, r = assign(units, prototypes)
        empty = np.flatnonzero(np.bincount(labels, minlength=k) == 0)
        if not empty.size:
            return labels, summed_distance(r)
        prototypes[empty[0]] = _of_unit_length(units[r.argmin()])
    raise StudyError(
        f"The rows are too alike to form {k} clusters; expected {k} groups that differ: ask for "
        "fewer clusters (n_clusters; in the study's configuration, lower kmeans.k.max)."
    )


def _padded(prototypes: Prototypes, columns: int) -> Prototypes:
    """Prototypes with columns of zeros added, as packed unit rows have them."""
    return np.pad(prototypes, ((0, 0), (0, columns - prototypes.shape[1])))


def _of_unit_length(units: Units) -> Prototypes:
    """Packed unit rows as prototypes: rescaled to unit length and rounded to `PROTOTYPE_GRID`."""
    rows = units.astype(np.float64)
    rows /= np.sqrt((rows * rows).sum(axis=-1, keepdims=True))
    return np.rint(rows * PROTOTYPE_GRID) / PROTOTYPE_GRID
