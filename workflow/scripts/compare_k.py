"""Correlate one cohort's prototypes between all pairs of k."""

from response_clusters.comparison.consistency import across_k
from response_clusters.comparison.matching import prototype_matrix
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        paths = zip(rule.params["k"], rule.input.centroids, strict=True)
        fits = {k: prototype_matrix(read_table(path, "centroids")).to_numpy() for k, path in paths}
        table = across_k(fits)
        rule.log.info("median matched r %.3f", table.loc[table["matched"], "r"].median())
        write_table(table, rule.output.table, "consistency_k")
