"""Compare how often categories are seen together with how similar their responses are."""

import numpy as np
from response_clusters.ids import in_one_type
from response_clusters.names import POOLED
from response_clusters.records import write_record
from response_clusters.responses.rows import unit_rows
from response_clusters.statistics.cooccurrence import cooccurrence, shown_categories
from response_clusters.statistics.covariances import group_means
from response_clusters.statistics.seeds import draw_generator
from response_clusters.study.job import job
from response_clusters.tables import read_table, region_columns, write_table

if __name__ == "__main__":
    with job() as rule:
        files, params = rule.input, rule.params
        rows, images, labels = in_one_type(
            read_table(files.responses, "responses"),
            read_table(files.images, "images", ["image", "covered"]),
            read_table(files.labels, "labels", ["image", "category"]),
        )
        rows = rows[rows["image"].isin(images.loc[images["covered"], "image"])]
        regions = region_columns(rows, "responses")
        units = unit_rows(rows[regions].to_numpy(np.float32))
        there, patterns = group_means(units, np.asarray(rows["image"]))
        categories, shown = shown_categories(there, labels, params["min_images"])
        table, record = cooccurrence(
            patterns,
            categories,
            shown,
            params["min_images"],
            params["permutations"],
            lambda draw: draw_generator(params["seed"], "cooccurrence", POOLED, draw),
        )
        rule.log.info("%s", record)
        write_table(table, rule.output.table, "cooccurrence")
        write_record({**record, "note": params["note"]}, rule.output.summary, "cooccurrence")
