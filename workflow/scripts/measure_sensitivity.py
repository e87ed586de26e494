"""Choose k and cluster under another setting, and compare with the study's clusters."""

import numpy as np
import pandas as pd
from response_clusters.comparison.matching import prototype_matrix
from response_clusters.figures.families import FAMILIES, families
from response_clusters.statistics.sensitivity import compared, settings_under, variant_of
from response_clusters.study.draws import settings_of
from response_clusters.study.job import job
from response_clusters.tables import read_table, region_columns, write_table

if __name__ == "__main__":
    with job() as rule:
        files, name = rule.input, rule.wildcards.variant
        settings = settings_under(name, settings_of(rule.params))
        rows = read_table(files.responses, "responses")
        regions = region_columns(rows, "responses")
        deep = dict(families(read_table(files.regions, "pooled_regions"), regions))
        variant = variant_of(
            name,
            rows[regions].to_numpy(np.float32),
            pd.factorize(rows["subject"])[0],
            pd.factorize(rows["image"])[0],
            np.isin(regions, deep.get(FAMILIES["aseg"], [])),
        )
        found = compared(
            variant,
            read_table(files.assignments, "assignments", ["cluster"])["cluster"].to_numpy() - 1,
            prototype_matrix(read_table(files.centroids, "centroids"))[regions].to_numpy(),
            settings,
            rule.threads,
        )
        rule.log.info("chosen k %s, ARI %.3f", found["chosen_k"], found["ari"])
        write_table(pd.DataFrame([{"variant": name, **found}]), rule.output.row, "sensitivity")
