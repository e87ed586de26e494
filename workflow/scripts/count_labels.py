"""Count categories among each cluster's images, and compare with the cohort's base rates."""

import numpy as np
from response_clusters.ids import in_one_type
from response_clusters.images.label_counts import image_sets, label_counts
from response_clusters.records import write_record
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        assignments, nearest, images, labels = in_one_type(
            read_table(files.assignments, "assignments"),
            read_table(files.nearest, "nearest"),
            read_table(files.images, "images", ["image", "covered"]),
            read_table(files.labels, "labels"),
        )
        table, coverage = label_counts(
            image_sets(nearest, assignments, params["top"]),
            np.unique(assignments["image"].dropna()),
            images.loc[images["covered"], "image"].to_numpy(),
            labels,
            read_table(files.categories, "categories"),
        )
        rule.log.info(
            "%d images annotated, %d not listed by any annotation file and left out",
            *(coverage["base"][name] for name in ("images", "uncovered")),
        )
        write_table(table, rule.output.counts, "label_counts")
        record = {**coverage, "note": params["note"]}
        write_record(record, rule.output.coverage, "label_coverage")
