"""Join the rows of all subjects, over the regions that they all have."""

import pandas as pd
from response_clusters.responses.gathering import without_constant_rows
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        source = rule.input
        table = read_table(source.regions, "pooled_regions")
        regions = list(table.loc[table["in_all"], "region"])
        columns = ["subject", "session", "trial", "image", "repeat", *regions]
        rows = pd.concat([read_table(path, "responses", columns) for path in source.responses])
        constant = rule.params["constant"]
        homes = dict(zip(rule.params["subjects"], source.responses, strict=True))
        kept = without_constant_rows(rows, regions, constant, lambda subject, *_: homes[subject])
        rule.log.info(
            "%d rows over %d regions, %d dropped", len(kept), len(regions), len(rows) - len(kept)
        )
        write_table(kept, rule.output.responses, "responses")
