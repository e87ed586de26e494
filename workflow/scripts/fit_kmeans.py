"""Cluster a cohort's rows into k clusters and describe the fit."""

import zlib

import numpy as np
from response_clusters.clustering.fit import assignment_table, centroid_table, fit, fit_record
from response_clusters.errors import StudyError
from response_clusters.records import write_record
from response_clusters.study.job import job
from response_clusters.tables import read_table, region_columns, write_table

if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        cohort, k = rule.wildcards.cohort, int(rule.wildcards.k)
        rows = read_table(rule.input.responses, "responses")
        regions = region_columns(rows, "responses")
        X = rows[regions].to_numpy(np.float32)
        # A cohort's fits do not depend on which other cohorts there are.
        entropy = [params["seed"], zlib.crc32(cohort.encode()), k]
        try:
            clustering, clusters = fit(X, k, params, entropy, rule.threads)
        except StudyError as error:
            raise StudyError(f"{rule.input.responses}: {error}") from None
        record = fit_record(X, clustering, clusters, params)
        counts = record["agreeing_replicates"], record["replicates"]
        rule.log.info("objective %.6f; %d of %d replicates agree", clustering.objective, *counts)
        if not clustering.converged:
            stopped = "the best replicate was stopped after %d iterations"
            rule.log.warning(stopped, clustering.iterations)
        prototypes = clustering.prototypes
        write_table(centroid_table(X, clusters, prototypes, regions), output.centroids, "centroids")
        assignments = assignment_table(rows, X, clusters, prototypes)
        write_table(assignments, output.assignments, "assignments")
        write_record(record, output.fit, "fit")
