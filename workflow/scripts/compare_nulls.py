"""Tabulate the study's statistics, the curve and the ladder beside surrogates of both models."""

import pandas as pd
from response_clusters.names import POOLED
from response_clusters.records import read_record
from response_clusters.statistics.summaries import (
    chosen_table,
    curve_table,
    ladder_table,
    nulls_table,
)
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files, output = rule.input, rule.output
        cohorts = [*rule.params["subjects"], POOLED]
        elbows = zip(cohorts, files.elbows, strict=True)
        chosen = {cohort: read_record(path, "elbow")["k"] for cohort, path in elbows}
        draws = pd.concat([read_table(path, "draws") for path in files.draws], ignore_index=True)
        ladder = pd.concat(
            [draws, *(read_table(path, "draws") for path in files.ladder)], ignore_index=True
        )
        bootstraps = pd.concat(
            [read_table(path, "draws") for path in files.bootstraps], ignore_index=True
        )
        write_table(nulls_table(draws, chosen), output.nulls, "nulls")
        write_table(curve_table(draws), output.curve, "curve")
        write_table(chosen_table(draws, bootstraps), output.chosen_k, "chosen_k")
        write_table(ladder_table(ladder), output.ladder, "ladder")
