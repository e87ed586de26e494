"""Give each trial a cluster by prototypes fitted to other images, and to other subjects."""

from functools import partial

import numpy as np
import pandas as pd
from response_clusters.comparison.matching import prototype_matrix
from response_clusters.names import POOLED
from response_clusters.statistics.apart import labels_apart
from response_clusters.statistics.contingency import resampling_units
from response_clusters.statistics.seeds import draw_generator, draw_seed
from response_clusters.statistics.stability import image_halves
from response_clusters.study.job import job
from response_clusters.tables import read_table, region_columns, write_table

if __name__ == "__main__":
    with job() as rule:
        params, rows = rule.params, read_table(rule.input.responses, "responses")
        regions, seed = region_columns(rows, "responses"), params["seed"]
        prototypes = prototype_matrix(read_table(rule.input.centroids, "centroids"))[regions]
        units, n_units = resampling_units(pd.factorize(rows["image"])[0])
        halves = image_halves(n_units, draw_generator(seed, "halves", POOLED, 0))
        samples = {
            "other_images": halves[units].astype(np.int64),
            "other_subjects": pd.factorize(rows["subject"])[0],
        }
        table = rows[["subject", "trial", "image"]].copy()
        for sample, parts in samples.items():
            labels, r = labels_apart(
                *(rows[regions].to_numpy(np.float32), parts, prototypes.to_numpy()),
                partial(draw_seed, seed, sample, POOLED),
                replicates=params["replicates"],
                max_iterations=params["max_iterations"],
                threads=rule.threads,
            )
            table[sample] = pd.Series(labels + 1, table.index).where(labels >= 0)
            table[f"{sample}_r"] = r
            rule.log.info("%s: %d of %d trials", sample, (labels >= 0).sum(), len(r))
        write_table(table, rule.output.apart, "apart")
