"""k-means with correlation distance: rows of one pattern, whatever their level and scale.

Every row is centred and scaled to unit length, so that the inner product of two rows is their
Pearson correlation r. A prototype is the unit-length mean of its members' unit rows, the distance
is 1 − r and the objective Σ (1 − r) over all rows with their own prototypes: MATLAB's
``kmeans(X, k, 'Distance', 'correlation')``, by Lloyd's algorithm.
"""

import logging
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError
from response_clusters.rows import GRID, Floats, unit_rows

Labels = npt.NDArray[np.int32]
_progress = logging.getLogger("response_clusters.progress")

# Rows whose 1 − r is below this are one pattern: copies that differ in scale or level come out a
# few units of the grid apart.
_SAME_ROW = 1e-6
# Replicates whose objectives differ by less than this share found the same optimum.
_SAME_OPTIMUM = 1e-6


@dataclass
class _Replicate:
    """Where one start ended."""

    labels: Labels
    prototypes: npt.NDArray[np.float64]
    objective: float
    iterations: int
    converged: bool


class CorrelationKMeans:
    """k-means with correlation distance, best of several k-means++ starts.

    Parameters
    ----------
    n_clusters : int
        The number of clusters, k.
    n_init : int, default 50
        Replicates: independent starts, of which the one with the smallest objective is kept.
    max_iter : int, default 1000
        Lloyd iterations allowed in each replicate.
    random_state : int, sequence of int, SeedSequence or None
        Seeds the starts. Replicate i draws from the i-th child of the seed sequence, whatever the
        number of replicates.
    init : "k-means++" or ndarray of shape (n_clusters, n_features)
        Prototypes to start from instead of drawn ones; there is one replicate then.

    Attributes
    ----------
    labels_ : ndarray of shape (n,), int32
        Each row's cluster, 0 to k − 1.
    cluster_centers_ : ndarray of shape (k, p), float64
        The prototypes: centred, of unit length.
    inertia_ : float
        The objective Σ (1 − r).
    n_iter_ : int
        Lloyd iterations of the replicate kept.
    converged_ : bool
        Whether its last iteration changed no assignment.
    n_agreeing_ : int
        How many replicates ended within a share of 10⁻⁶ of the smallest objective.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_init: int = 50,
        max_iter: int = 1000,
        random_state: int | list[int] | np.random.SeedSequence | None = None,
        init: str | npt.ArrayLike = "k-means++",
    ) -> None:
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.init = init

    def fit(self, X: npt.ArrayLike, y: None = None) -> Self:
        """Cluster the rows of `X`.

        Parameters
        ----------
        X : array of shape (n, p), float
            One observation a row, p ≥ 2.
        y : ignored

        Returns
        -------
        CorrelationKMeans
            Itself, with the attributes above set.

        Raises
        ------
        StudyError
            If a row is constant or not finite, or if fewer than `n_clusters` rows are distinct:
            rows that correlate above 1 − 10⁻⁶ count as one.
        """
        rows = unit_rows(np.asarray(X))
        k = self.n_clusters
        if k < 1 or self.n_init < 1 or self.max_iter < 1:
            raise StudyError("n_clusters, n_init and max_iter must be at least 1.")
        distinct = _distinct_up_to(rows, k)
        if distinct < k:
            raise StudyError(
                f"{k} clusters were asked for, but only {distinct} of the {len(rows)} rows are "
                f"distinct; expected at least {k}: ask for at most {distinct} clusters (in the "
                "configuration, lower kmeans.k.max)."
            )
        seeds = self.random_state
        if not isinstance(seeds, np.random.SeedSequence):
            seeds = np.random.SeedSequence(seeds)
        single = rows.astype(np.float32)
        best: _Replicate | None = None
        objectives = []
        for start in self._starts(rows, seeds):
            replicate = _lloyd(rows, single, start, self.max_iter)
            objectives.append(replicate.objective)
            _progress.info(
                "replicate %d: objective %.6f after %d iterations",
                *(len(objectives), replicate.objective, replicate.iterations),
            )
            if best is None or replicate.objective < best.objective:
                best = replicate
        assert best is not None
        self.labels_ = best.labels
        self.cluster_centers_ = best.prototypes
        self.inertia_ = best.objective
        self.n_iter_ = best.iterations
        self.converged_ = best.converged
        limit = best.objective + _SAME_OPTIMUM * max(best.objective, 1e-12)
        self.n_agreeing_ = int(np.sum(np.array(objectives) <= limit))
        return self

    def predict(self, X: npt.ArrayLike) -> Labels:
        """The nearest prototype of each row of `X`, the lower number where two are equal."""
        return (unit_rows(np.asarray(X)) @ self.cluster_centers_.T).argmax(axis=1).astype(np.int32)

    def _starts(
        self, rows: npt.NDArray[np.float64], seeds: np.random.SeedSequence
    ) -> "list[npt.NDArray[np.float64]] | Any":
        if not isinstance(self.init, str):
            given = unit_rows(np.asarray(self.init))
            if given.shape != (self.n_clusters, rows.shape[1]):
                raise StudyError(
                    f"init has the shape {given.shape}; expected {self.n_clusters} prototypes of "
                    f"{rows.shape[1]} values."
                )
            return [given]
        if self.init != "k-means++":
            raise StudyError(f'init is {self.init!r}; expected "k-means++" or an array.')
        # One cluster has one solution: every start would find it.
        starts = 1 if self.n_clusters == 1 else self.n_init
        # Children by number rather than by `spawn`, which counts up in the caller's object.
        children = (
            np.random.SeedSequence(seeds.entropy, spawn_key=(*seeds.spawn_key, i))
            for i in range(starts)
        )
        return (_plus_plus(rows, self.n_clusters, np.random.default_rng(c)) for c in children)


def _distinct_up_to(rows: npt.NDArray[np.float64], k: int) -> int:
    """The number of distinct rows, counted no further than needed to know that there are `k`.

    Each next row is the one farthest from those counted, until none is a pattern of its own.
    """
    distance = 1.0 - rows @ rows[0]
    count = 1
    while count < k and distance.max() > _SAME_ROW:
        count += 1
        distance = np.minimum(distance, 1.0 - rows @ rows[int(distance.argmax())])
    return count


def _plus_plus(
    rows: npt.NDArray[np.float64], k: int, rng: np.random.Generator
) -> npt.NDArray[np.float64]:
    """k-means++ (Arthur and Vassilvitskii 2007): each next start is drawn in proportion to 1 − r.

    On unit rows the squared Euclidean distance of the original is 2 (1 − r).
    """
    chosen = [int(rng.integers(len(rows)))]
    distance = np.full(len(rows), np.inf)
    while len(chosen) < k:
        distance = np.minimum(distance, 1.0 - rows @ rows[chosen[-1]])
        # A row that is chosen already, or its like, must not be drawn again.
        total = np.cumsum(np.where(distance > _SAME_ROW, distance, 0.0))
        drawn = int(np.searchsorted(total, rng.random() * total[-1], side="right"))
        chosen.append(min(drawn, len(rows) - 1))
    return rows[chosen]


def _lloyd(
    rows: npt.NDArray[np.float64],
    single: npt.NDArray[np.float32],
    start: npt.NDArray[np.float64],
    max_iter: int,
) -> _Replicate:
    """Lloyd's algorithm until no assignment changes.

    Distances are computed in float32 until that settles and in float64 from there on, so that the
    end is a fixed point in float64 at the price of float32.
    """
    k, n = len(start), len(rows)
    prototypes = start
    labels = np.full(n, -1, dtype=np.int32)
    sums = np.zeros_like(prototypes)
    precise, converged, iteration = False, False, 0
    while iteration < max_iter:
        iteration += 1
        seen: Floats = rows if precise else single
        correlation = seen @ prototypes.T.astype(seen.dtype)
        nearest = correlation.argmax(axis=1).astype(np.int32)
        moved = np.flatnonzero(nearest != labels)
        if not moved.size:
            if precise:
                converged = True
                break
            precise = True
            continue
        for column in range(rows.shape[1]):
            weight = rows[moved, column]
            sums[:, column] += np.bincount(nearest[moved], weight, k)
            if iteration > 1:
                sums[:, column] -= np.bincount(labels[moved], weight, k)
        labels = nearest
        prototypes = _prototypes(rows, sums, labels, correlation, k)
    # Whatever ended the loop, labels and objective are those of the prototypes returned, and no
    # cluster is empty: a replicate that was stopped early may have lost one just now.
    correlation = rows @ prototypes.T
    labels = correlation.argmax(axis=1).astype(np.int32)
    for _ in range(k):
        lost = np.flatnonzero(np.bincount(labels, minlength=k) == 0)
        if not lost.size:
            break
        prototypes = prototypes.copy()
        prototypes[lost[0]] = rows[int(correlation.max(axis=1).argmin())]
        correlation = rows @ prototypes.T
        labels = correlation.argmax(axis=1).astype(np.int32)
    else:
        raise StudyError(
            f"the rows are too alike to form {k} clusters; expected {k} groups that differ: "
            "ask for fewer clusters (in the configuration, lower kmeans.k.max)."
        )
    # Rows are of unit length but for rounding, so 1 − r may come out below zero by as much.
    objective = float(np.maximum(1.0 - correlation[np.arange(n), labels], 0.0).sum())
    return _Replicate(labels, prototypes, objective, iteration, converged)


def _prototypes(
    rows: npt.NDArray[np.float64],
    sums: npt.NDArray[np.float64],
    labels: Labels,
    correlation: Floats,
    k: int,
) -> npt.NDArray[np.float64]:
    """Unit-length means; an emptied cluster, or one whose members cancel, takes the farthest."""
    length = np.linalg.norm(sums, axis=1)
    lost = np.flatnonzero((np.bincount(labels, minlength=k) == 0) | (length < 1.0 / GRID))
    prototypes: npt.NDArray[np.float64] = sums / np.where(length > 0, length, 1.0)[:, None]
    if lost.size:
        own = correlation[np.arange(len(rows)), labels].astype(np.float64)
        for cluster in lost:
            farthest = int(own.argmin())
            prototypes[cluster] = rows[farthest]
            # Rows like the one just taken are no longer far from every prototype.
            own = np.maximum(own, rows @ rows[farthest])
    return prototypes
