"""Compare each cluster's nearest images with their other presentations."""

from dataclasses import asdict

import numpy as np
import pandas as pd
from response_clusters.algebra import product
from response_clusters.comparison.matching import prototype_matrix
from response_clusters.images.nearest import nearest
from response_clusters.responses.rows import unit_rows
from response_clusters.statistics.enrichment_table import LIST
from response_clusters.statistics.selection import presented_again
from response_clusters.study.job import job
from response_clusters.tables import read_table, region_columns, write_table

if __name__ == "__main__":
    with job() as rule:
        rows = read_table(rule.input.responses, "responses")
        regions = region_columns(rows, "responses")
        assignments = read_table(rule.input.assignments, "assignments")
        prototypes = prototype_matrix(read_table(rule.input.centroids, "centroids"))[regions]
        # Read from text, prototypes are no longer such that BLAS would add exactly.
        r = product(unit_rows(rows[regions].to_numpy(np.float32)), prototypes.to_numpy().T)
        trials = ["subject", "trial"]
        listed = nearest(assignments, LIST, True)
        places = pd.MultiIndex.from_frame(assignments[trials])
        images, subjects = (pd.factorize(assignments[name])[0] for name in ("image", "subject"))
        found = []
        for cluster in prototypes.index:
            selected = listed.loc[listed["cluster"] == cluster, trials]
            again = presented_again(
                places.get_indexer(pd.MultiIndex.from_frame(selected)),
                images,
                subjects,
                (assignments["cluster"] == cluster).to_numpy(bool),
                r[:, cluster - 1],
            )
            found.append({"cluster": cluster, **asdict(again)})
        write_table(pd.DataFrame(found), rule.output.nearest_again, "nearest_again")
