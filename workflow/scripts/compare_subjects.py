"""Correlate prototypes between all pairs of subjects at one k."""

from response_clusters.comparison.consistency import across_subjects
from response_clusters.comparison.matching import prototype_matrix
from response_clusters.records import write_record
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        paths = zip(params["subjects"], rule.input.centroids, strict=True)
        fits = {subject: prototype_matrix(read_table(path, "centroids")) for subject, path in paths}
        table, agreement = across_subjects(fits)
        rule.log.info("%s", agreement)
        write_table(table, output.table, "consistency_subjects")
        record = {"k": int(rule.wildcards.k), **agreement, "note": params["note"]}
        write_record(record, output.summary, "consistency_subjects")
