"""Tabulate how stable clusters are over halves and bootstraps, beside surrogates of both models."""

import pandas as pd
from response_clusters.statistics.summaries import stability_table
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        paths = [*rule.input.halves, *rule.input.bootstraps]
        draws = pd.concat([read_table(path, "draws") for path in paths], ignore_index=True)
        write_table(stability_table(draws), rule.output.table, "stability")
