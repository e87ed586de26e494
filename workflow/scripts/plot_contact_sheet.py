"""All pictures listed as nearest each cluster, small, as on a photographer's contact sheet."""

from collections.abc import Mapping
from math import ceil, isqrt
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from response_clusters import style
from response_clusters.job import job
from response_clusters.pictures import nearest_shown, read_pictures
from response_clusters.records import read_record
from response_clusters.tables import read_table

SIDE, RANKS, TITLES, GAP = 0.36, 0.34, 0.46, 0.3  # inches: a picture, and room around a block
PIXELS, LINE = 72, 2  # of a picture's side, and of the white between pictures


def block_of(images: list[int], pictures: Mapping[int, np.ndarray], across: int) -> np.ndarray:
    """The pictures of `images` in rows of `across`, white between them and after the last.

    Returns
    -------
    ndarray, shape (height, width, 3), uint8
        One raster, so that a sheet holds one for each cluster and not one for each picture.
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
    """How many clusters stand beside each other: about a square, with few places left empty."""
    square = isqrt(k - 1) + 1
    return min((square, square + 1), key=lambda across: -k % across)


def contact_sheet_figure(
    shown: pd.DataFrame,
    pictures: Mapping[int, np.ndarray],
    fit: dict[str, Any],
    cohort: str,
    note: str = "",
) -> Figure:
    """One block per cluster: its nearest pictures in rows, best first.

    Parameters
    ----------
    shown : DataFrame
        cluster, rank, image, correlation (as `nearest_shown` gives).
    pictures : mapping of int to ndarray, shape (PIXELS, PIXELS, 3), uint8
        A picture for each image in `shown`.
    fit : dict
        A fit's summary: k, trials and sizes.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    k, most = int(fit["k"]), max(shown.groupby("cluster").size(), default=1)
    columns = max(10, ceil(most**0.5))
    across, step = blocks_across(k), SIDE * (PIXELS + LINE) / PIXELS
    wide, high = columns * step, ceil(most / columns) * step
    title = f"{style.cohort_name(cohort)}: up to {most:,} pictures nearest the {style.clusters(k)}"
    subtitle = (
        "Best first, row by row, after the rank of the row's first picture. r: the first and the "
        "last picture's correlation with the prototype."
    )
    width = max(2 * style.MARGIN + across * (RANKS + wide + GAP) - GAP, 6.0)
    top = style.heading_height(width, title, subtitle) + 0.15
    down = TITLES + high + GAP
    figure = style.canvas(width, top + ceil(k / across) * down + 0.1)
    style.heading(figure, title, subtitle)
    sheet = style.place(figure, 0, 0, *figure.get_size_inches())
    sheet.set_axis_off()
    rows = {int(str(cluster)): rows for cluster, rows in shown.groupby("cluster")}
    for cluster in range(1, k + 1):
        line, column = divmod(cluster - 1, across)
        x = style.MARGIN + column * (RANKS + wide + GAP) + RANKS
        y = top + line * down
        name = f"Cluster {cluster}"
        bold = {"weight": "bold", "size": style.LABEL, "color": style.text_colour(cluster)}
        style.write(figure, x, y, name, **bold)
        after = x + style.text_width(name, style.LABEL, "bold") + 0.04
        style.write(figure, after, y, f"· {style.size_text(fit, cluster)}", size=style.LABEL)
        y += TITLES
        colour = style.cluster_colour(cluster)
        sheet.plot([x, x + wide], [y - 0.05, y - 0.05], color=colour, linewidth=1.6)
        if cluster not in rows:
            style.write(figure, x, y - 0.27, "No picture known", color=style.QUIET)
            continue
        images = rows[cluster]["image"].astype(int).tolist()
        r = rows[cluster]["correlation"].tolist()
        first, last = style.number(r[0], 2), style.number(r[-1], 2)
        text = f"{style.counted(len(images), 'picture', 'pictures')}, r = {first} to {last}"
        style.write(figure, x, y - 0.27, text, color=style.QUIET)
        block = block_of(images, pictures, columns)
        deep = block.shape[0] * SIDE / PIXELS
        spot = (x, x + block.shape[1] * SIDE / PIXELS, y + deep, y)
        sheet.imshow(block, extent=spot, aspect="auto", interpolation="none")
        for row, rank in enumerate(rows[cluster]["rank"].tolist()[::columns]):
            look = {"ha": "right", "va": "center", "size": style.SMALL, "color": style.QUIET}
            style.write(figure, x - 0.06, y + row * step + SIDE / 2, f"{rank}", **look)
    sheet.set(xlim=(0, figure.get_figwidth()), ylim=(figure.get_figheight(), 0))
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, out = rule.input, rule.output
        shown = nearest_shown(read_table(given.nearest, "nearest"))
        pictures = read_pictures(given.pictures, shown, PIXELS)
        rule.log.info("%d pictures read from %s", len(pictures), given.pictures)
        figure = contact_sheet_figure(
            shown,
            pictures,
            read_record(given.fit, "fit"),
            rule.wildcards.cohort,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png, photographs=True)
