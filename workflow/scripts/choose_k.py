"""Tabulate both definitions of R² over k and choose k at the elbow."""

from response_clusters.clustering.elbow import elbow_record, elbow_table
from response_clusters.records import read_fit, write_record
from response_clusters.study.job import job
from response_clusters.tables import write_table

if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        table = elbow_table([read_fit(path) for path in rule.input.fits])
        record = elbow_record(table, params["statistic"], params["gain"])
        rule.log.info("%s", record["rule"])
        write_table(table, output.table, "elbow")
        write_record({**record, "note": params["note"]}, output.summary, "elbow")
