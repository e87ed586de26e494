"""Say in three sentences what the study has found, and what a reader must be warned of."""

from response_clusters.names import POOLED
from response_clusters.records import read_fit, read_record, write_record
from response_clusters.report.summary import Found, sentences
from response_clusters.report.warnings import warnings
from response_clusters.study.job import job
from response_clusters.tables import read_table

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.files, rule.params
        sessions, fits, voxels = params["sessions"], iter(files["fits"]), iter(files["voxels"])
        cohorts = [*sessions, POOLED]
        records, tables = iter(files["elbows"]), iter(files["regions"])
        images = read_table(files["assignments"], "assignments", ["image"])["image"].nunique()
        found = Found(
            sessions,
            {cohort: read_record(next(records), "elbow") for cohort in cohorts},
            {cohort: [read_fit(next(fits)) for _ in params["k"]] for cohort in cohorts},
            {subject: read_table(next(tables), "regions") for subject in sessions},
            read_table(files["pooled_regions"], "pooled_regions"),
            int(images) or None,
            params["repeats"] == "mean",
            {s: [read_table(next(voxels), "voxels") for _ in n] for s, n in sessions.items()}
            if files["voxels"]
            else {},
            params["invalid"] == "omit",
            read_record(files["coverage"], "label_coverage") if "coverage" in files else None,
            read_record(files["drawn"], "labels") if "drawn" in files else None,
            read_table(files["claims"], "claims") if "claims" in files else None,
        )
        told = sentences(found)
        warned = warnings(found, params["note"], params["parts"], params["names"])
        for line in [*told, *(f"{warning['about']}: {warning['text']}" for warning in warned)]:
            rule.log.info("%s", line)
        record = {"study": params["study"], "sentences": told, "warnings": warned}
        write_record({**record, "note": params["note"]}, rule.output.summary, "summary")
