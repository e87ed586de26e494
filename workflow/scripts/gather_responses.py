"""Join one subject's sessions into the rows that are clustered."""

import pandas as pd
from response_clusters.responses.gathering import (
    joined,
    mean_over_repeats,
    source_file,
    without_constant_rows,
)
from response_clusters.study.job import job
from response_clusters.tables import read_table, region_columns, write_table

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        means = pd.concat([read_table(path, "regional_means") for path in files.means])
        regions = region_columns(means, "regional_means")
        rows = joined(read_table(files.trials, "trials"), means, (files.means[0], files.trials))
        rows.insert(0, "subject", rule.wildcards.cohort)
        if params["repeats"] == "mean":
            rows = mean_over_repeats(rows, regions)
        complete = len(rows)
        rows = without_constant_rows(
            rows,
            regions,
            params["constant"],
            lambda _, session, region: source_file(params["sources"], session, region),
        )
        rule.log.info("%d rows, %d dropped", len(rows), complete - len(rows))
        write_table(rows, rule.output.responses, "responses")
