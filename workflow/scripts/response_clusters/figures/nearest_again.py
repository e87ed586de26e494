"""How much of a high correlation is left when the same images are presented again."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from response_clusters.figures import style

ROW, NAMES, WORDS = 0.27, 0.62, 1.75  # inches


def draw_r(axes: Axes, row: Any, y: float) -> None:
    """Draw a cluster's three means of r: selected trials, other presentations, all trials."""
    colour = style.cluster_colour(row.cluster)
    if not pd.isna(row.r_base):
        axes.plot(row.r_base, y, "|", color=style.QUIET, markersize=9, mew=1.2, zorder=2)
    if not pd.isna(row.r_again):
        axes.annotate(
            "",
            (row.r_again, y),
            xytext=(row.r_nearest, y),
            arrowprops={
                **{"arrowstyle": "-|>,head_width=0.13,head_length=0.3", "color": colour},
                **{"linewidth": 0.9, "shrinkA": 0, "shrinkB": 2.6},
            },
        )
        look: dict[str, Any] = {"mfc": "white", "mec": colour, "mew": 1.1, "markersize": 5}
        axes.plot(row.r_again, y, "o", zorder=4, **look)
    if not pd.isna(row.r_nearest):
        axes.plot(row.r_nearest, y, "o", color=colour, markersize=5, zorder=4)


def draw_shares(axes: Axes, row: Any, y: float) -> None:
    """Draw the share of other presentations in the same cluster, and that of all trials."""
    axes.plot(row.base, y, "|", color=style.QUIET, markersize=9, mew=1.2, zorder=2)
    if not pd.isna(row.same):
        colour = style.cluster_colour(row.cluster)
        axes.hlines(y, row.base, row.same, color=colour, linewidth=0.9, zorder=1)
        look: dict[str, Any] = {"mfc": "white", "mec": colour, "mew": 1.1, "markersize": 5}
        axes.plot(row.same, y, "o", zorder=4, **look)


def counts_of(row: Any) -> str:
    """How many presentations and images a row is based on."""
    shown = style.counted(row.presentations, "presentation", "presentations")
    of = style.counted(row.images, "image", "images")
    return f"{shown} of {row.again} of {of}"


def legend(figure: Figure, top: float) -> None:
    """Explain the markers in one line."""
    axes = style.sheet(figure)
    across = style.MARGIN
    ring = {"mfc": "white", "mec": style.QUIET, "mew": 1.1, "markersize": 5}
    entries: list[tuple[str, str, dict[str, Any]]] = [
        ("The nearest trials", "o", {"color": style.QUIET, "markersize": 5}),
        ("Other presentations of their images", "o", ring),
        ("All trials", "|", {"color": style.QUIET, "markersize": 9, "mew": 1.2}),
    ]
    for text, marker, look in entries:
        axes.plot(across + 0.04, top + 0.045, marker, **look)
        style.write(figure, across + 0.12, top + 0.045, text, va="center")
        across += 0.12 + style.text_width(text) + 0.22


def nearest_again_figure(table: pd.DataFrame, note: str = "") -> Figure:
    """The mean r of selected trials and of their images' other presentations, by cluster.

    Parameters
    ----------
    table : DataFrame
        The nearest_again table.
    note : str
        A line for the figure's foot.
    """
    title = "The nearest images, presented again"
    subtitle = (
        "The nearest images were selected by a high r, to which noise has contributed. Left: mean "
        "r with the prototype, of the nearest trials and of the other presentations of the same "
        "images, to any subject. Right: the share of these that lie in the same cluster. "
        "Prototypes were fitted to all of these trials."
    )
    key = style.heading_height(style.COLUMN, title, subtitle) + 0.06
    top, high = key + 0.36, ROW * len(table)
    figure = style.canvas(style.COLUMN, top + high + 0.5)
    style.heading(figure, title, subtitle)
    legend(figure, key)
    left = style.MARGIN + NAMES
    room = style.COLUMN - left - style.MARGIN - WORDS - 0.25
    r = style.place(figure, left, top, 0.62 * room, high)
    shares = style.place(figure, left + 0.62 * room + 0.25, top, 0.38 * room, high)
    lowest = np.nanmin(table[["r_nearest", "r_again", "r_base"]].to_numpy(float), initial=0.0)
    r.set(xlim=(min(-0.03, lowest - 0.03), 1.02), xlabel="Mean r with the prototype")
    r.xaxis.set_major_formatter(lambda value, _: style.number(value))
    shares.set(xlim=(-0.03, 1.03), xlabel="Share in the same cluster")
    shares.set_xticks([0, 0.5, 1], ["0", "50 %", "100 %"])
    for axes in (r, shares):
        axes.set(ylim=(high, 0), yticks=[])
        axes.spines["left"].set_visible(False)
        axes.xaxis.label.set_fontsize(style.BODY)
        for number in range(0, len(table), 2):
            axes.axhspan(number * ROW, (number + 1) * ROW, color=style.BAND, linewidth=0, zorder=0)
    words = style.COLUMN - style.MARGIN - WORDS + 0.12
    for number, row in enumerate(table.itertuples()):
        y = (number + 0.5) * ROW
        draw_r(r, row, y)
        draw_shares(shares, row, y)
        colour = style.cluster_colour(row.cluster)
        look: dict[str, Any] = {"va": "center", "color": colour, "weight": "bold"}
        style.write(figure, style.MARGIN, top + y, f"Cluster {row.cluster}", **look)
        quiet: dict[str, Any] = {"va": "center", "size": style.SMALL, "color": style.QUIET}
        style.write(figure, words, top + y - 0.045, counts_of(row), **quiet)
        seen = f"{row.several} seen by several subjects"
        style.write(figure, words, top + y + 0.05, seen, **quiet)
        if not pd.isna(row.r_again):
            fall = f"{style.correlation(row.r_nearest)} to {style.correlation(row.r_again)}"
            style.describe(figure, f"Cluster {row.cluster}: r falls from {fall}.")
    style.note(figure, note)
    return figure
