"""k-means with correlation distance: rows of one pattern, whatever their level and scale.

Every row is centred and scaled to unit length, so that the inner product of two rows is their
Pearson correlation r. A prototype is the unit-length mean of its members' unit rows, the distance
is 1 − r and the objective Σ (1 − r) over all rows with their own prototypes: MATLAB's
``kmeans(X, k, 'Distance', 'correlation')``, by Lloyd's algorithm.
"""

import inspect
import logging
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from response_clusters.clustering._lloyd import FINE, assign, lloyd
from response_clusters.clustering._seeding import plus_plus
from response_clusters.errors import StudyError
from response_clusters.responses.rows import packed_units, unit_rows

Labels = npt.NDArray[np.int32]
Units = npt.NDArray[np.float32]
Prototypes = npt.NDArray[np.float64]
_progress = logging.getLogger("response_clusters.progress")

# Replicates whose objectives differ by less than this share found the same optimum.
_SAME_OPTIMUM = 1e-6


class _Solution(NamedTuple):
    """Where Lloyd's algorithm ended."""

    objective: float
    iterations: int
    converged: bool
    prototypes: Prototypes


class CorrelationKMeans:
    """k-means with correlation distance, best of several k-means++ starts.

    An estimator in the manner of scikit-learn, which it does not need.

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
    n_swaps : int, default 0
        Trials of random swap search (Fränti 2018) after the replicates: one prototype of the best
        solution is put on a row drawn in proportion to 1 − r, the whole is refined, and kept if it
        is better. It finds better optima than more replicates do where k is large.

    Attributes
    ----------
    labels_ : ndarray of shape (n,), int32
        Each row's cluster, 0 to k − 1.
    cluster_centers_ : ndarray of shape (k, p), float64
        The prototypes: centred, of unit length but for being rounded to multiples of 2⁻²⁸, which
        makes their products with unit rows exact.
    inertia_ : float
        The objective Σ (1 − r).
    n_iter_ : int
        Lloyd iterations of the replicate kept.
    converged_ : bool
        Whether its last iteration changed no assignment.
    n_agreeing_ : int
        How many replicates ended within a share of 10⁻⁶ of the objective kept.
    n_features_in_ : int
        p.
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_init: int = 50,
        max_iter: int = 1000,
        random_state: int | list[int] | np.random.SeedSequence | None = None,
        init: str | npt.ArrayLike = "k-means++",
        n_swaps: int = 0,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.init = init
        self.n_swaps = n_swaps

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
        if self.n_clusters < 1 or self.n_init < 1 or self.max_iter < 1 or self.n_swaps < 0:
            raise StudyError(
                "n_clusters, n_init and max_iter must be at least 1, and n_swaps at least 0."
            )
        units = packed_units(X)
        self.n_features_in_ = np.shape(X)[1]
        seeds = self.random_state
        if not isinstance(seeds, np.random.SeedSequence):
            seeds = np.random.SeedSequence(seeds)
        # One cluster has one solution: every start would find it.
        drawn = isinstance(self.init, str) and self.n_clusters > 1
        objectives: list[float] = []
        for replicate in range(self.n_init if drawn else 1):
            found = self._refined(units, self._start(units, _generator(seeds, replicate)))
            if not objectives or found.objective < min(objectives):
                best = found
            objectives.append(found.objective)
            _progress.info(
                "replicate %d of %d: objective %.6f after %d iterations",
                *(replicate + 1, self.n_init if drawn else 1, found.objective, found.iterations),
            )
        if self.n_swaps and self.n_clusters > 1:
            best = self._swapped(units, best, _generator(seeds, 0, 1))
        self._finish(units, best)
        limit = self.inertia_ + _SAME_OPTIMUM * max(self.inertia_, 1e-12)
        self.n_agreeing_ = int(np.sum(np.array(objectives) <= limit))
        return self

    def _start(self, units: Units, rng: np.random.Generator) -> Prototypes:
        """The prototypes that `init` holds, or k-means++ starts."""
        k = self.n_clusters
        if not isinstance(self.init, str):
            given = unit_rows(np.asarray(self.init))
            expected = (k, self.n_features_in_)
            if given.shape != expected:
                raise StudyError(
                    f"init has the shape {given.shape}; expected {k} prototypes of {expected[1]} "
                    "values."
                )
            return _padded(given, units.shape[1])
        if self.init != "k-means++":
            raise StudyError(f'init is {self.init!r}; expected "k-means++" or an array.')
        rows = plus_plus(units, rng.random(k))
        if rows.min() < 0:
            distinct = int((rows >= 0).sum())
            raise StudyError(
                f"{k} clusters were asked for, but only {distinct} of the {len(units)} rows are "
                f"distinct; expected at least {k}: ask for at most {distinct} clusters (in the "
                "configuration, lower kmeans.k.max)."
            )
        return _of_unit_length(units[rows])

    def _refined(self, units: Units, start: Prototypes) -> _Solution:
        """Lloyd's algorithm from `start`, which it moves."""
        objective, iterations, converged = lloyd(units, start, self.max_iter)
        return _Solution(objective, iterations, converged, start)

    def _swapped(self, units: Units, best: _Solution, rng: np.random.Generator) -> _Solution:
        """The best solution after trials of putting one of its prototypes on another row."""
        share: Any = None
        for trial in range(self.n_swaps):
            if share is None:
                own = assign(units, best.prototypes)[1]
                share = np.cumsum(np.maximum(1.0 - own, 0.0))
            row = np.searchsorted(share, rng.random() * share[-1], side="right")
            start = best.prototypes.copy()
            start[rng.integers(self.n_clusters)] = _of_unit_length(units[min(row, len(units) - 1)])
            found = self._refined(units, start)
            if found.objective < best.objective * (1 - 1e-12):
                best, share = found, None
            _progress.info("swap %d of %d: objective %.6f", trial + 1, self.n_swaps, best.objective)
        return best

    def _finish(self, units: Units, best: _Solution) -> None:
        """Set what describes the solution."""
        k, prototypes = self.n_clusters, best.prototypes
        # Whatever ended the iterations, labels and objective are those of the prototypes returned,
        # and no cluster is empty: a replicate that was stopped early may have lost one just now.
        for _ in range(k):
            found, own = assign(units, prototypes)
            lost = np.flatnonzero(np.bincount(found, minlength=k) == 0)
            if not lost.size:
                break
            prototypes[lost[0]] = _of_unit_length(units[own.argmin()])
        else:
            raise StudyError(
                f"the rows are too alike to form {k} clusters; expected {k} groups that differ: "
                "ask for fewer clusters (in the configuration, lower kmeans.k.max)."
            )
        self.labels_ = found
        self.cluster_centers_ = prototypes[:, : self.n_features_in_].copy()
        # Rows are of unit length but for rounding, so 1 − r may come out below zero by as much. In
        # place: of what is held beside mapped rows, this would be the most.
        distance = np.subtract(1.0, own, out=own)
        self.inertia_ = float(np.maximum(distance, 0.0, out=distance).sum())
        self.n_iter_, self.converged_ = best.iterations, best.converged

    def fit_predict(self, X: npt.ArrayLike, y: None = None) -> Labels:
        """`fit`, then the labels."""
        return self.fit(X).labels_

    def predict(self, X: npt.ArrayLike) -> Labels:
        """The nearest prototype of each row of `X`, the lower number where two are equal."""
        units = packed_units(self._like_fitted(X))
        return assign(units, _padded(self.cluster_centers_, units.shape[1]))[0]

    def transform(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """The distances 1 − r of each row of `X` to each prototype, shape (n, k)."""
        return 1.0 - unit_rows(self._like_fitted(X)) @ self.cluster_centers_.T

    def score(self, X: npt.ArrayLike, y: None = None) -> float:
        """The negative objective of `X` with the prototypes found: greater is better."""
        return -float(self.transform(X).min(axis=1).sum())

    def _like_fitted(self, X: npt.ArrayLike) -> npt.NDArray[Any]:
        """`X`, if it has the columns that were clustered; tiles would hide a missing one."""
        rows = np.asarray(X)
        if rows.ndim != 2 or rows.shape[1] != self.n_features_in_:
            raise StudyError(
                f"The rows have the shape {rows.shape}; expected {self.n_features_in_} columns, as "
                "in those that were clustered."
            )
        return rows

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name, as scikit-learn's `clone` asks for them."""
        return {name: getattr(self, name) for name in inspect.signature(type(self)).parameters}

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name."""
        unknown = set(params) - set(self.get_params())
        if unknown:
            raise ValueError(f"CorrelationKMeans has no parameter {sorted(unknown)[0]!r}.")
        for name, value in params.items():
            setattr(self, name, value)
        return self


def _generator(seeds: np.random.SeedSequence, *key: int) -> np.random.Generator:
    """A child by number rather than by `spawn`, which counts up in the caller's object."""
    child = np.random.SeedSequence(seeds.entropy, spawn_key=(*seeds.spawn_key, *key))
    return np.random.default_rng(child)


def _padded(prototypes: Prototypes, columns: int) -> Prototypes:
    """Prototypes with as many columns as packed units have, the further ones zero."""
    return np.pad(prototypes, ((0, 0), (0, columns - prototypes.shape[1])))


def _of_unit_length(units: Units) -> Prototypes:
    """Packed units, whose length is 1 but for the grid, as prototypes: of unit length on theirs."""
    found = units.astype(np.float64)
    found /= np.sqrt((found * found).sum(axis=-1, keepdims=True))
    return np.rint(found * FINE) / FINE
