"""Count the subjects that have each region, and mark the regions that all have."""

from response_clusters.responses.pooling import pooled_regions
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        subjects = rule.params["subjects"]
        paths = rule.input.regions
        tables = {s: read_table(p, "regions") for s, p in zip(subjects, paths, strict=True)}
        pooled = pooled_regions(tables, rule.params["named"])
        rule.log.info("%d regions are in all subjects", pooled["in_all"].sum())
        write_table(pooled, rule.output.regions, "pooled_regions")
