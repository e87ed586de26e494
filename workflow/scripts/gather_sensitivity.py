"""Put the rows of all other settings into one table, the study's own first."""

import pandas as pd
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        rows = [read_table(path, "sensitivity") for path in rule.input.rows]
        write_table(pd.concat(rows), rule.output.table, "sensitivity")
