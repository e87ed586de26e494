"""Match one cohort's clusters, at every k, to those of the pooled cohort's chosen fit."""

from response_clusters.comparison.matching import identity_table, prototype_matrix
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        pooled = prototype_matrix(read_table(rule.input.pooled, "centroids"))
        paths = zip(rule.params["k"], rule.input.centroids, strict=True)
        fits = {k: prototype_matrix(read_table(path, "centroids")) for k, path in paths}
        table = identity_table(fits, pooled)
        rule.log.info("median r %.3f with the pooled cluster", table["r"].median())
        write_table(table, rule.output.identity, "identity")
