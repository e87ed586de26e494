"""Compare the clusters of an image's presentations, in every cohort."""

import numpy as np
import pandas as pd
from response_clusters.records import read_fit
from response_clusters.statistics.repeats import compare_repeats, with_models
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files, params, tables = rule.input, rule.params, []
        cohorts = zip(params["cohorts"], files.assignments, files.fits, strict=True)
        for cohort, path, fit in cohorts:
            trials = read_table(path, "assignments", ["subject", "image", "cluster"])
            k = read_fit(fit)["k"]
            table = compare_repeats(
                pd.factorize(trials["subject"])[0],
                pd.factorize(trials["image"])[0],
                trials["cluster"].to_numpy(np.int16) - 1,
                k,
                seed=params["seed"],
                cohort=cohort,
                bootstraps=10 * params["bootstraps"],
                permutations=params["permutations"],
            )
            rule.log.info("%s: κ %.3f of repeats", cohort, table["observed"].iloc[0])
            tables.append(table.assign(cohort=cohort, k=k))
        nulls = read_table(files.nulls, "nulls")
        write_table(with_models(pd.concat(tables), nulls), rule.output.table, "repeats")
