"""Tabulate how the other subjects' prototypes do for each, beside surrogates of both models."""

import pandas as pd
from response_clusters.statistics.summaries import comparisons
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        draws = pd.concat(
            [read_table(path, "draws") for path in rule.input.draws], ignore_index=True
        )
        write_table(comparisons(draws), rule.output.table, "generalisation")
