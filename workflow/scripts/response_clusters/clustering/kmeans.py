"""`CorrelationKMeans`: k-means with correlation distance as a scikit-learn estimator."""

import os
from collections.abc import Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from response_clusters.clustering.solver import (
    Labels,
    cluster_rows,
    nearest_prototypes,
    summed_distance,
)
from response_clusters.errors import StudyError
from response_clusters.responses.rows import unit_blocks
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data

Source = np.random.SeedSequence | np.random.Generator | np.random.RandomState
Seed = int | Sequence[int] | Source | None


# scikit-learn is not typed: to a type checker these classes could be anything.
class CorrelationKMeans(
    ClassNamePrefixFeaturesOutMixin,  # type: ignore[misc]
    TransformerMixin,  # type: ignore[misc]
    ClusterMixin,  # type: ignore[misc]
    BaseEstimator,  # type: ignore[misc]
):
    """k-means with correlation distance: groups rows by pattern, whatever their level and scale.

    Every row is centred and scaled to unit length, so that the inner product of two rows is their
    Pearson correlation r. A prototype is the unit-length mean of its members' unit rows, the
    distance is 1 − r and the objective Σ (1 − r) over all rows with their own prototypes, as in
    MATLAB's ``kmeans(X, k, 'Distance', 'correlation')``. The best of several k-means++ starts is
    kept.

    Parameters
    ----------
    n_clusters : int, default 8
        The number of clusters, k.
    n_init : int, default 50
        Replicates: independent starts, of which the one with the smallest objective is kept.
    max_iter : int, default 1000
        Lloyd iterations allowed in each replicate.
    random_state : int, sequence of int, SeedSequence, Generator, RandomState or None
        Seeds the starts. Replicate i draws from the i-th child of the seed sequence, whatever the
        number of replicates. Of a Generator or RandomState, `fit` draws four numbers to seed with.
        With None every fit has other starts, and `numpy.random.seed` has no influence.
    init : "k-means++" or array of shape (n_clusters, n_features)
        Prototypes to start from instead of drawn ones; there is one replicate then.
    n_swaps : int, default 0
        Trials of random swap search (Fränti 2018) after the replicates: one prototype of the best
        solution is moved to a row drawn in proportion to 1 − r, Lloyd's algorithm refines all of
        them, and the result is kept if it is better. For large k this finds better optima than
        more replicates do.
    n_jobs : int or None, default None
        Replicates that run at the same time, in threads; None is 1, −1 all cores, −2 all but one.
        The result does not depend on it. Swaps run one after the other.

    Attributes
    ----------
    labels_ : ndarray of shape (n,), int32
        Each row's cluster, 0 to k − 1, in no order of size.
    cluster_centers_ : ndarray of shape (k, p), float64
        The prototypes: centred and of unit length, rounded to multiples of 2⁻²⁸, which makes their
        products with unit rows exact.
    inertia_ : float
        The objective Σ (1 − r).
    n_iter_ : int
        Lloyd iterations of the replicate kept.
    converged_ : bool
        Whether its last iteration changed no label.
    n_agreeing_ : int
        How many replicates ended within a share of 10⁻⁶ of the objective kept.
    n_features_in_ : int
        p.
    feature_names_in_ : ndarray of shape (p,), object
        The names of the columns, if X is a DataFrame and all its column names are strings.

    Examples
    --------
    >>> import numpy as np
    >>> from response_clusters import CorrelationKMeans
    >>> X = np.array([[1, 2, 3], [2, 4, 7], [3, 2, 1], [9, 5, 1]])
    >>> labels = CorrelationKMeans(2, random_state=0).fit_predict(X)
    >>> bool(labels[0] == labels[1] != labels[2] == labels[3])
    True
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        n_init: int = 50,
        max_iter: int = 1000,
        random_state: Seed = None,
        init: str | npt.ArrayLike = "k-means++",
        n_swaps: int = 0,
        n_jobs: int | None = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state
        self.init = init
        self.n_swaps = n_swaps
        self.n_jobs = n_jobs

    def fit(self, X: npt.ArrayLike, y: None = None) -> Self:
        """Cluster the rows of `X`.

        Parameters
        ----------
        X : array of shape (n, p), any real type
            One observation a row, n ≥ n_clusters and p ≥ 2. Unit rows of a `numpy.memmap` are kept
            in a temporary file rather than in memory.
        y : ignored

        Returns
        -------
        CorrelationKMeans
            Itself, with the attributes above set.

        Raises
        ------
        StudyError
            (A ValueError.) If a row is constant or not finite, if fewer than `n_clusters` rows are
            distinct (rows that correlate above 1 − 10⁻⁶ count as one), or if a parameter's value is
            not allowed.
        ValueError
            If `X` has another shape or is not a table of real numbers.
        """
        for name, least in (("n_clusters", 1), ("n_init", 1), ("max_iter", 1), ("n_swaps", 0)):
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < least:
                raise StudyError(
                    f"{name} is {value!r}; expected a whole number of at least {least}."
                )
        if isinstance(self.init, str) and self.init != "k-means++":
            raise StudyError(f'init is {self.init!r}; expected "k-means++" or an array.')
        clustering = cluster_rows(
            self._validated(X, reset=True),
            int(self.n_clusters),
            _seed_sequence(self.random_state),
            replicates=int(self.n_init),
            max_iterations=int(self.max_iter),
            swaps=int(self.n_swaps),
            init=None if isinstance(self.init, str) else self.init,
            threads=_threads(self.n_jobs),
        )
        self.labels_ = clustering.labels
        self.cluster_centers_ = clustering.prototypes
        self.inertia_ = clustering.objective
        self.n_iter_ = clustering.iterations
        self.converged_ = clustering.converged
        self.n_agreeing_ = clustering.agreeing
        return self

    def predict(self, X: npt.ArrayLike) -> Labels:
        """The nearest prototype of each row of `X`, the lower number where two are equal."""
        return nearest_prototypes(self._validated(X), self.cluster_centers_)[0]

    def transform(self, X: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Pearson r of each row of `X` with each prototype.

        Parameters
        ----------
        X : array of shape (n, p), any real type

        Returns
        -------
        ndarray of shape (n, k), float64
            From −1 to 1; the distance that is clustered by is 1 − r.
        """
        rows = self._validated(X)
        r = np.empty((len(rows), len(self.cluster_centers_)))
        for part, units in unit_blocks(rows):
            r[part] = units @ self.cluster_centers_.T
        # A row's length may differ from 1 by rounding.
        return np.clip(r, -1.0, 1.0, out=r)

    def score(self, X: npt.ArrayLike, y: None = None) -> float:
        """−Σ (1 − r) of the rows of `X` with their nearest prototypes: greater is better."""
        return -summed_distance(nearest_prototypes(self._validated(X), self.cluster_centers_)[1])

    @property
    def _n_features_out(self) -> int:
        """How many columns `transform` makes; `get_feature_names_out` asks for it."""
        return len(self.cluster_centers_)

    def _validated(self, X: npt.ArrayLike, reset: bool = False) -> npt.NDArray[Any]:
        """`X` as an array with the columns that were clustered, of any real type and not copied.

        Rows that are not finite are left to the solver, which says which one it is.
        """
        if not reset:
            check_is_fitted(self)
        return validate_data(
            self,
            X,
            reset=reset,
            ensure_all_finite=False,
            # Later, columns are compared with those that were clustered.
            ensure_min_features=2 if reset else 1,
            ensure_min_samples=int(self.n_clusters) if reset else 1,
        )


def _seed_sequence(random_state: Seed) -> np.random.SeedSequence:
    """The seed sequence that a `random_state` stands for."""
    if isinstance(random_state, np.random.SeedSequence):
        return random_state
    if isinstance(random_state, np.random.RandomState):
        return np.random.SeedSequence(random_state.randint(2**32, size=4, dtype=np.uint32).tolist())
    if isinstance(random_state, np.random.Generator):
        drawn = random_state.integers(2**32, size=4, dtype=np.uint32)
        return np.random.SeedSequence(drawn.tolist())
    try:
        return np.random.SeedSequence(random_state)
    except (TypeError, ValueError):
        raise StudyError(
            f"random_state is {random_state!r}; expected None, whole numbers that are not "
            "negative, a SeedSequence, a Generator or a RandomState."
        ) from None


def _threads(n_jobs: int | None) -> int:
    """The number of threads that an `n_jobs` stands for."""
    if n_jobs is None:
        return 1
    if not isinstance(n_jobs, Integral) or n_jobs == 0:
        raise StudyError(f"n_jobs is {n_jobs!r}; expected None, or a whole number other than 0.")
    if n_jobs > 0:
        return int(n_jobs)
    # A scheduler may have lent this process fewer cores than the machine has.
    lent = getattr(os, "sched_getaffinity", None)
    cores = len(lent(0)) if lent else os.cpu_count() or 1
    return max(1, cores + 1 + int(n_jobs))
