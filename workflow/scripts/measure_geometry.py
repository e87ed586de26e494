"""Measure where prototypes lie: on which axes, and how near to those of a continuum."""

import numpy as np
import pandas as pd
from response_clusters.comparison.matching import prototype_matrix
from response_clusters.names import POOLED
from response_clusters.responses.rows import unit_rows
from response_clusters.statistics.geometry import principal_axes
from response_clusters.statistics.seeds import draw_generator
from response_clusters.statistics.summaries import axes_table, geometry_table
from response_clusters.study.job import job
from response_clusters.tables import read_table, write_table

SHOWN = 2000
"""Trials in the figure: enough to show a cloud."""

if __name__ == "__main__":
    with job() as rule:
        files, output = rule.input, rule.output
        prototypes = prototype_matrix(read_table(files.centroids, "centroids"))
        rows = read_table(files.responses, "responses", list(prototypes.columns))
        clusters = read_table(files.assignments, "assignments", ["cluster"])["cluster"].to_numpy()
        units = unit_rows(rows.to_numpy(np.float32))
        axes = principal_axes(units, min(5, len(prototypes.columns) - 1))
        drawn = pd.concat(
            [read_table(path, "drawn_prototypes") for path in files.drawn], ignore_index=True
        )
        write_table(geometry_table(prototypes, drawn, axes), output.table, "prototypes")
        rng = draw_generator(rule.params["seed"], "axes", POOLED, 0)
        shown = np.sort(rng.permutation(len(units))[:SHOWN])
        table = axes_table(units[shown], clusters[shown], prototypes.to_numpy(), axes)
        write_table(table, output.axes, "axes")
