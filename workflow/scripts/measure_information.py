"""Predict what images show from clusters, from a few axes and from all regions."""

import numpy as np
import pandas as pd
from response_clusters.ids import in_one_type
from response_clusters.names import POOLED
from response_clusters.statistics.information import information_table
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
        assignments = read_table(files.assignments, "assignments", ["subject", "trial", "cluster"])
        covered = rows["image"].isin(images.loc[images["covered"], "image"])
        codes, names = pd.factorize(rows["image"].where(covered))
        table = information_table(
            rows[region_columns(rows, "responses")].to_numpy(np.float32),
            codes,
            names,
            assignments["cluster"].to_numpy(np.int64) - 1,
            labels,
            params["min_images"],
            draw_generator(params["seed"], "information", POOLED, 0),
        )
        for row in table.itertuples():
            rule.log.info("%s (%d): R² %.4f", row.predictor, row.features, row.r2)
        write_table(table, rule.output.information, "information")
