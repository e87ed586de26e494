"""Follow the trials of every cohort from the clusters at each k to those at the next."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.comparison.matching import prototype_matrix
from response_clusters.statistics.lineage import lineage
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table


def fits(
    assignments: list[str], centroids: list[str]
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
    """Each trial's cluster and the prototypes, one fit after another."""
    for trials, prototypes in zip(assignments, centroids, strict=True):
        clusters = read_table(trials, "assignments", ["cluster"])["cluster"].to_numpy(np.int64)
        yield clusters, prototype_matrix(read_table(prototypes, "centroids")).to_numpy()


if __name__ == "__main__":
    with job() as rule:
        files, cohorts = rule.input, rule.params["cohorts"]
        n = len(files.assignments) // len(cohorts)
        tables = []
        for i, cohort in enumerate(cohorts):
            own = slice(i * n, (i + 1) * n)
            table = lineage(fits(files.assignments[own], files.centroids[own]))
            table.insert(0, "cohort", cohort)
            tables.append(table)
            rule.log.info("%s: %d pairs of clusters", cohort, len(table))
        write_table(pd.concat(tables), rule.output.table, "lineage")
