"""Correlate one cohort's prototypes between all pairs of k."""

from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.job import job
from response_clusters.matching import match_prototypes, prototype_matrix
from response_clusters.tables import read_table, write_table


def consistency(fits: dict[int, npt.NDArray[np.float64]]) -> pd.DataFrame:
    """Every correlation between two values of k, with the one-to-one matches marked.

    Parameters
    ----------
    fits : dict of ndarray of shape (k, regions)
        The prototypes at each k, all over the same regions.
    """
    blocks = []
    for a, b in combinations(sorted(fits), 2):
        found = match_prototypes(fits[a], fits[b])
        cluster_a, cluster_b = np.indices(found.r.shape).reshape(2, -1) + 1
        blocks.append(
            pd.DataFrame(
                {
                    "k_a": a,
                    "cluster_a": cluster_a,
                    "k_b": b,
                    "cluster_b": cluster_b,
                    "r": found.r.ravel(),
                    "matched": found.matched.ravel(),
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)


if __name__ == "__main__":
    with job() as rule:
        values = rule.params["k"]
        paths = rule.input.centroids
        fits = {
            k: prototype_matrix(read_table(path, "centroids")).to_numpy()
            for k, path in zip(values, paths, strict=True)
        }
        table = consistency(fits)
        rule.log.info("median matched r %.3f", table.loc[table["matched"], "r"].median())
        write_table(table, rule.output.table, "consistency_k")
