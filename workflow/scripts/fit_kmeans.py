"""Cluster a cohort's rows into k clusters and describe the fit."""

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.elbow import r2_between, r2_explained
from response_clusters.errors import StudyError
from response_clusters.job import job
from response_clusters.records import write_record
from response_clusters.rows import unit_rows
from response_clusters.solver import Clustering, cluster_rows
from response_clusters.tables import read_table, region_columns, write_table


def by_size(labels: npt.NDArray[np.int32], k: int) -> npt.NDArray[np.int64]:
    """The clusters from the largest to the smallest; of equal ones, that of the earliest row."""
    sizes = np.bincount(labels, minlength=k)
    first = np.array([np.argmax(labels == cluster) for cluster in range(k)])
    return np.lexsort((first, -sizes))


def fit(
    X: npt.NDArray[np.float32], k: int, settings: dict[str, Any], entropy: list[int]
) -> tuple[Clustering, npt.NDArray[np.int64]]:
    """Fit k clusters, and number them from 1 to k by size: prototypes in that order, and rows."""
    clustering = cluster_rows(
        X,
        k,
        np.random.SeedSequence(entropy),
        replicates=settings["replicates"],
        swaps=settings["swaps"],
        max_iterations=settings["max_iterations"],
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
    # Exact, in whatever order BLAS sums: see `response_clusters.lloyd`.
    r = unit_rows(X) @ prototypes.T
    own = r[np.arange(len(r)), clusters - 1]
    others = r.copy()
    others[np.arange(len(r)), clusters - 1] = -np.inf
    runner_up: Any = others.max(axis=1) if len(prototypes) > 1 else np.nan
    return rows[["subject", "trial", "image"]].assign(
        cluster=clusters, correlation=own, runner_up=runner_up
    )


if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        cohort, k = rule.wildcards.cohort, int(rule.wildcards.k)
        rows = read_table(rule.input.responses, "responses")
        regions = region_columns(rows, "responses")
        X = rows[regions].to_numpy(np.float32)
        # A cohort's fits do not depend on which other cohorts there are.
        entropy = [params["seed"], zlib.crc32(cohort.encode()), k]
        try:
            clustering, clusters = fit(X, k, params, entropy)
        except StudyError as error:
            raise StudyError(f"{rule.input.responses}: {error}") from None
        between = r2_between(X, clusters - 1)
        prototypes = clustering.prototypes
        summary = {
            "k": k,
            "trials": len(rows),
            "regions": len(regions),
            "objective": clustering.objective,
            "r2_between": between.r2,
            "r2_explained": r2_explained(X, clustering.objective) if k > 1 else 0.0,
            "sizes": np.bincount(clusters, minlength=k + 1)[1:].tolist(),
            "replicates": params["replicates"] if k > 1 else 1,
            "agreeing_replicates": clustering.agreeing,
            "iterations": clustering.iterations,
            "converged": clustering.converged,
            "seed": params["seed"],
            "within": between.within,
            "between": between.between,
            "grand_centroid": between.grand_centroid,
            "grand_centroid_directionless": between.directionless,
            "note": params["note"],
        }
        rule.log.info(
            "objective %.6f; %d of %d replicates agree",
            clustering.objective,
            clustering.agreeing,
            summary["replicates"],
        )
        if not clustering.converged:
            rule.log.warning(
                "the best replicate was stopped after %d iterations", clustering.iterations
            )
        write_table(centroid_table(X, clusters, prototypes, regions), output.centroids, "centroids")
        write_table(
            assignment_table(rows, X, clusters, prototypes), output.assignments, "assignments"
        )
        write_record(summary, output.fit, "fit")
