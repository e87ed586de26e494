"""Gather what the page shows of every fit of one cohort."""

from response_clusters.records import read_record, write_record
from response_clusters.report.explorer import explored
from response_clusters.report.reading import read_regions, read_shown
from response_clusters.report.shown import Listing
from response_clusters.study.job import job
from response_clusters.tables import read_table

# Trials are the same at every k.
TRIALS, OF_FIT = ["subject", "trial", "image"], ["cluster", "correlation"]

if __name__ == "__main__":
    with job() as rule:
        files, params, cohort = rule.input, rule.params, rule.wildcards.cohort
        paths, ks = iter(files.centroids), params["k"]
        centroids = {
            name: {k: read_table(next(paths), "centroids") for k in ks}
            for name in params["cohorts"]
        }
        regions = list(centroids[cohort][1]["region"].unique())
        trials = read_table(files.assignments[0], "assignments", TRIALS)
        every = zip(ks, files.assignments, strict=True)
        found = explored(
            cohort,
            {k: read_table(path, "assignments", OF_FIT) for k, path in every},
            centroids,
            read_table(files.responses, "responses", ["subject", "trial", *regions]),
            read_regions(files.regions, cohort),
            read_table(files.identity, "identity"),
            read_shown(trials, rule.files),
            Listing(params["distinct"], params["annotated"], str(params["top"]), params["count"]),
        )
        elbow = read_record(files.elbow, "elbow")
        curve = read_table(files.curve, "elbow")[["k", "r2_between", "r2_explained"]]
        record = {"cohort": cohort, "trials": len(trials), "unit": params["unit"], **found}
        record |= {"chosen": elbow["k"]} | {name: elbow[name] for name in ("statistic", "rule")}
        record |= {"curve": curve.to_dict("records"), "note": params["note"]}
        write_record(record, rule.output.explorer, "explorer", compact=True)
