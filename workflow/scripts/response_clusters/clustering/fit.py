"""One fit of a cohort: clusters numbered by size, and the tables and numbers that describe it."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.clustering.elbow import r2_between, r2_explained
from response_clusters.clustering.solver import Clustering, cluster_rows
from response_clusters.responses.rows import unit_rows


def by_size(labels: npt.NDArray[np.int32], k: int) -> npt.NDArray[np.int64]:
    """The clusters from the largest to the smallest; ties go to the earliest row's."""
    sizes = np.bincount(labels, minlength=k)
    first = np.array([np.argmax(labels == cluster) for cluster in range(k)])
    return np.lexsort((first, -sizes))


def fit(
    X: npt.NDArray[np.float32],
    k: int,
    settings: dict[str, Any],
    entropy: list[int],
    threads: int = 1,
) -> tuple[Clustering, npt.NDArray[np.int64]]:
    """Fit k clusters and number them by size: the fit in that order, and each row's cluster."""
    clustering = cluster_rows(
        X,
        k,
        np.random.SeedSequence(entropy),
        replicates=settings["replicates"],
        swaps=settings["swaps"],
        max_iterations=settings["max_iterations"],
        threads=threads,
    )
    order = by_size(clustering.labels, k)
    number = np.empty(k, dtype=np.int64)
    number[order] = np.arange(1, k + 1)
    ordered = replace(clustering, prototypes=clustering.prototypes[order])
    return ordered, number[clustering.labels]


def centroid_table(
    X: npt.NDArray[np.float32],
    clusters: npt.NDArray[np.int64],
    prototypes: npt.NDArray[np.float64],
    regions: list[str],
) -> pd.DataFrame:
    """Each cluster's mean response and its prototype, one row per cluster and region."""
    k = len(prototypes)
    means = np.array([X[clusters == c].mean(axis=0, dtype=np.float64) for c in range(1, k + 1)])
    return pd.DataFrame(
        {
            "cluster": np.repeat(np.arange(1, k + 1), len(regions)),
            "region": regions * k,
            "response": means.ravel(),
            "prototype": prototypes.ravel(),
        }
    )


def assignment_table(
    rows: pd.DataFrame,
    X: npt.NDArray[np.float32],
    clusters: npt.NDArray[np.int64],
    prototypes: npt.NDArray[np.float64],
) -> pd.DataFrame:
    """Each row's cluster, its correlation with that prototype and with the next best."""
    # Exact in whatever order BLAS adds: see `response_clusters.clustering._lloyd`.
    r = unit_rows(X) @ prototypes.T
    correlation = r[np.arange(len(r)), clusters - 1]
    others = r.copy()
    others[np.arange(len(r)), clusters - 1] = -np.inf
    runner_up: Any = others.max(axis=1) if len(prototypes) > 1 else np.nan
    return rows[["subject", "trial", "image"]].assign(
        cluster=clusters, correlation=correlation, runner_up=runner_up
    )


def fit_record(
    X: npt.NDArray[np.float32],
    clustering: Clustering,
    clusters: npt.NDArray[np.int64],
    settings: dict[str, Any],
) -> dict[str, Any]:
    """The numbers that describe a fit: the record ``fit``."""
    k = len(clustering.prototypes)
    between = r2_between(X, clusters - 1)
    return {
        "k": k,
        "trials": len(X),
        "regions": X.shape[1],
        "objective": clustering.objective,
        "r2_between": between.r2,
        "r2_explained": r2_explained(X, clustering.objective) if k > 1 else 0.0,
        "sizes": np.bincount(clusters, minlength=k + 1)[1:].tolist(),
        "replicates": settings["replicates"] if k > 1 else 1,
        "agreeing_replicates": clustering.agreeing,
        "iterations": clustering.iterations,
        "converged": clustering.converged,
        "seed": settings["seed"],
        "within": between.within,
        "between": between.between,
        "grand_centroid": between.grand_centroid,
        "grand_centroid_directionless": between.directionless,
        "note": settings["note"],
    }
