"""Figure 1A: the pictures of the trials nearest each cluster's prototype."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from response_clusters.comparison.identity import Identity, match_text
from response_clusters.figures import style

ACROSS = 10
SIDE, GAP, CAPTION = 0.565, 0.045, 0.1  # inches
PIXELS = round(SIDE * style.DPI)


def mosaic_figure(
    shown: pd.DataFrame,
    pictures: Mapping[Any, np.ndarray],
    fit: dict[str, Any],
    identity: Identity,
    cohort: str,
    note: str = "",
) -> Figure:
    """One row per cluster: the nearest pictures, best first, with rank and correlation.

    Parameters
    ----------
    shown : DataFrame
        At most ten rows per cluster: cluster, rank, image, correlation (as `nearest_shown` gives).
    pictures : mapping of image to ndarray, shape (height, width, 3), uint8
        A picture for each image in `shown`.
    fit : dict
        A fit's summary: k, trials and sizes.
    identity : dict
        The pooled cluster that each cluster is matched to.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    k, across, step = int(fit["k"]), SIDE + GAP, SIDE + CAPTION + 0.07
    title = f"{style.cohort_name(cohort)}: the pictures nearest {style.the_clusters(k)}"
    subtitle = "Under each picture, its rank and its trial's correlation r with the prototype."
    left = style.COLUMN - style.MARGIN - ACROSS * across + GAP
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.06
    figure = style.canvas(style.COLUMN, top + k * step + 0.16)
    style.heading(figure, title, subtitle)
    sheet = style.sheet(figure)
    rows = {int(str(cluster)): rows for cluster, rows in shown.groupby("cluster")}
    for cluster in range(1, k + 1):
        y, colour = top + (cluster - 1) * step, style.cluster_colour(identity[cluster])
        sheet.add_patch(Rectangle((style.MARGIN, y), 0.04, SIDE, color=colour, linewidth=0))
        text, middle = style.MARGIN + 0.08, y + SIDE / 2
        name = f"Cluster {cluster}"
        style.write(
            figure,
            text,
            middle - 0.16,
            name,
            size=style.LABEL,
            weight="bold",
            color=colour,
        )
        lines = [*style.size_lines(fit, cluster), match_text(cluster, identity)]
        for row, line in enumerate(filter(None, lines)):
            style.write(figure, text, middle - 0.03 + 0.1 * row, line, size=style.SMALL)
        if cluster not in rows:
            style.write(figure, left, middle, "No picture known", color=style.QUIET, va="center")
            continue
        columns = (rows[cluster][name] for name in ("rank", "image", "correlation"))
        for column, (rank, image, r) in enumerate(zip(*columns, strict=True)):
            x = left + column * across
            spot = (x, x + SIDE, y + SIDE, y)
            sheet.imshow(pictures[image], extent=spot, aspect="auto", interpolation="none")
            below = {"size": 5, "va": "baseline"}
            style.write(figure, x, y + SIDE + 0.09, f"{rank}", weight="bold", **below)
            correlation = style.correlation(r)
            style.write(figure, x + SIDE, y + SIDE + 0.09, correlation, ha="right", **below)
        r = [style.correlation(value) for value in rows[cluster]["correlation"]]
        shown_of = style.counted(len(r), "picture", "pictures")
        style.describe(figure, f"{name}: {shown_of}, r = {r[0]} to {r[-1]}.")
    style.note(figure, note)
    return figure
