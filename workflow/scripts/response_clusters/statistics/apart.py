"""Clusters of trials by prototypes that were fitted without them.

What a cluster shows may be due to the trials that its prototype was fitted to. Labels from other
images, or from other subjects, are free of that.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.clustering.solver import cluster_rows, nearest_prototypes
from response_clusters.comparison.matching import match_prototypes
from response_clusters.errors import StudyError
from response_clusters.statistics.contingency import UNKNOWN, Integers

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.floating[Any]]


def labels_apart(
    X: Rows,
    parts: Integers,
    prototypes: Floats,
    seed: Callable[[int], np.random.SeedSequence],
    **settings: int,
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Each row's nearest prototype among those fitted to the rows of all other parts.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        One trial a row, none of them constant.
    parts : ndarray of shape (n,), integer
        The part that each row belongs to, from 0: its half of the images, or its subject.
    prototypes : ndarray of shape (k, p), float64
        Of all rows. Those that leave a part out are numbered by their one-to-one matches among
        these.
    seed : function
        The seed of the fit that leaves a part out, by the part's number.
    **settings : int
        Of `clustering.solver.cluster_rows`: replicates, max_iterations, threads.

    Returns
    -------
    labels : ndarray of shape (n,), int64
        From 0 to k − 1; −1 where there are no other parts, or where these have fewer than k
        distinct rows.
    r : ndarray of shape (n,), float64
        Pearson's r with that prototype; nan where there is none.
    """
    labels = np.full(len(X), UNKNOWN, dtype=np.int64)
    r = np.full(len(X), np.nan)
    for part in np.unique(parts).tolist():
        inside = parts == part
        if inside.all():
            break
        try:
            others = cluster_rows(X[~inside], len(prototypes), seed(part), **settings).prototypes
        except StudyError:  # too few distinct rows: no row is constant
            continue
        number = match_prototypes(others, prototypes).matched.argmax(axis=1)
        nearest, r[inside] = nearest_prototypes(X[inside], others)
        labels[inside] = number[nearest]
    return labels, r
