"""Measure what else clusters go with, for every cohort's chosen fit."""

import pandas as pd
from response_clusters.names import POOLED
from response_clusters.records import read_record
from response_clusters.statistics.associations import (
    association_rows,
    picture_rows,
    trial_variables,
)
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

COLUMNS = ["subject", "session", "trial", "image", "repeat"]

if __name__ == "__main__":
    with job() as rule:
        files, params, rows, measured = rule.input, rule.params, [], None
        if files.get("properties"):
            measured = read_table(files.properties, "picture_properties")
        averaged = params["repeats"] == "mean"
        for cohort, responses, assignments, fit in zip(
            params["cohorts"], files.responses, files.assignments, files.fits, strict=True
        ):
            trials = read_table(responses, "responses", COLUMNS)
            clusters = read_table(assignments, "assignments", ["subject", "trial", "cluster"])
            trials = trials.merge(clusters, on=["subject", "trial"], validate="one_to_one")
            known = trial_variables(trials, cohort == POOLED, averaged, params["run_lengths"])
            k, number = read_record(fit, "fit")["k"], trials["cluster"].to_numpy("int64")
            rows += association_rows(cohort, k, number, known)
            if measured is not None:
                rows += picture_rows(cohort, k, number, trials["image"], measured)
        table = pd.DataFrame(rows, columns=["cohort", "k", "variable", "levels", "trials", "v"])
        write_table(table, rule.output.table, "associations")
