"""Compare the pooled clusters of the images that several subjects saw."""

import numpy as np
import pandas as pd
from response_clusters.records import read_fit
from response_clusters.statistics.repeats import compare_shared
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        trials = read_table(files.assignments, "assignments", ["subject", "image", "cluster"])
        subjects, names = pd.factorize(trials["subject"])
        table = compare_shared(
            subjects,
            pd.factorize(trials["image"])[0],
            trials["cluster"].to_numpy(np.int16) - 1,
            names.tolist(),
            read_fit(files.fit)["k"],
            seed=params["seed"],
            bootstraps=10 * params["bootstraps"],
            permutations=params["permutations"],
        )
        rule.log.info("κ %.3f of all pairs of subjects", table["kappa"].iloc[0])
        write_table(table, rule.output.table, "shared")
