"""The contact sheet: all pictures listed as nearest each cluster, small."""

from collections.abc import Mapping
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.figure import Figure
from response_clusters.comparison.identity import Identity, match_text
from response_clusters.figures import style

RANKS, TITLES, GAP = 0.16, 0.29, 0.14  # inches of room around a block
PIXELS, LINE = 72, 2  # of a picture's side, and of the white between pictures


def block_of(images: list[Any], pictures: Mapping[Any, np.ndarray], across: int) -> np.ndarray:
    """The pictures of `images` in rows of `across`, white between them and after the last.

    Returns
    -------
    ndarray, shape (height, width, 3), uint8
        One image for the whole block: one for each picture would be slow and large.
    """
    step = PIXELS + LINE
    block = np.full((ceil(len(images) / across) * step, across * step, 3), 255, np.uint8)
    for place, image in enumerate(images):
        row, column = divmod(place, across)
        spot = (
            slice(row * step, row * step + PIXELS),
            slice(column * step, column * step + PIXELS),
        )
        block[spot] = pictures[image]
    return block[:-LINE, :-LINE]


def blocks_across(k: int) -> int:
    """How many clusters to put side by side, so that few places are left empty."""
    return min(k, 2 if k <= 4 else 3)


def contact_sheet_figure(
    shown: pd.DataFrame,
    pictures: Mapping[Any, np.ndarray],
    fit: dict[str, Any],
    identity: Identity,
    cohort: str,
    note: str = "",
) -> Figure:
    """One block per cluster: its nearest pictures in rows, best first.

    Parameters
    ----------
    shown : DataFrame
        cluster, rank, image, correlation (as `nearest_shown` gives).
    pictures : mapping of image to ndarray, shape (PIXELS, PIXELS, 3), uint8
        A picture for each image in `shown`.
    fit : dict
        A fit's summary: k, trials and sizes.
    identity : dict
        The pooled cluster that each cluster is matched to.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    k, most = int(fit["k"]), max(shown.groupby("cluster").size(), default=1)
    columns, across = max(10, ceil(most**0.5)), blocks_across(k)
    wide = (style.COLUMN - 2 * style.MARGIN + GAP) / across - GAP - RANKS
    side = wide / (columns + (columns - 1) * LINE / PIXELS)
    step = side * (PIXELS + LINE) / PIXELS
    high = ceil(most / columns) * step
    title = f"{style.cohort_name(cohort)}: up to {most:,} pictures nearest {style.the_clusters(k)}"
    subtitle = (
        "Best first, row by row; at the left, the rank of the row's first picture. r: the first "
        "and the last picture's correlation with the prototype."
    )
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.1
    down = TITLES + high + 0.16
    figure = style.canvas(style.COLUMN, top + ceil(k / across) * down + 0.06)
    style.heading(figure, title, subtitle)
    sheet = style.sheet(figure)
    rows = {int(str(cluster)): rows for cluster, rows in shown.groupby("cluster")}
    for cluster in range(1, k + 1):
        line, column = divmod(cluster - 1, across)
        x = style.MARGIN + column * (RANKS + wide + GAP) + RANKS
        y, colour = top + line * down, style.cluster_colour(identity[cluster])
        name = f"Cluster {cluster}"
        bold = {"weight": "bold", "size": style.LABEL, "color": colour}
        style.write(figure, x, y, name, **bold)
        after = x + style.text_width(name, style.LABEL, "bold") + 0.04
        more = f", {words}" if (words := match_text(cluster, identity)) else ""
        text = style.shortened(f"{style.size_text(fit, cluster)}{more}", x + wide - after)
        style.write(figure, after, y + 0.012, text, size=style.SMALL)
        y += TITLES
        sheet.plot([x, x + wide], [y - 0.03, y - 0.03], color=colour, linewidth=1)
        if cluster not in rows:
            style.write(figure, x, y - 0.15, "No picture known", color=style.QUIET)
            continue
        images = rows[cluster]["image"].tolist()
        r = rows[cluster]["correlation"].tolist()
        first, last = style.correlation(r[0]), style.correlation(r[-1])
        text = f"{style.counted(len(images), 'picture', 'pictures')}, r = {first} to {last}"
        style.write(figure, x, y - 0.15, text, color=style.QUIET, size=style.SMALL)
        style.describe(figure, f"{name}: {text}.")
        block = block_of(images, pictures, columns)
        deep = block.shape[0] * side / PIXELS
        spot = (x, x + block.shape[1] * side / PIXELS, y + deep, y)
        sheet.imshow(block, extent=spot, aspect="auto", interpolation="none")
        for row, rank in enumerate(rows[cluster]["rank"].tolist()[::columns]):
            look = {"ha": "right", "va": "center", "size": 5, "color": style.QUIET}
            style.write(figure, x - 0.03, y + row * step + side / 2, f"{rank}", **look)
    style.note(figure, note)
    return figure
