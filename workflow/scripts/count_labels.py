"""Count COCO categories among each cluster's images, and compare with the cohort's base rates."""

import numpy as np
from response_clusters.images.label_counts import image_sets, label_counts
from response_clusters.records import write_record
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

if __name__ == "__main__":
    with job() as rule:
        source, params = rule.input, rule.params
        output = rule.output
        assignments = read_table(source.assignments, "assignments")
        images = read_table(source.images, "images", ["image", "covered"])
        table, coverage = label_counts(
            image_sets(read_table(source.nearest, "nearest"), assignments, params["top"]),
            np.unique(assignments["image"].dropna()),
            images.loc[images["covered"], "image"].to_numpy(),
            read_table(source.labels, "labels"),
            read_table(source.categories, "categories"),
        )
        rule.log.info(
            "%d images annotated, %d not listed by any annotation file and left out",
            coverage["base"]["images"],
            coverage["base"]["uncovered"],
        )
        write_table(table, output.counts, "label_counts")
        write_record({**coverage, "note": params["note"]}, output.coverage, "label_coverage")
