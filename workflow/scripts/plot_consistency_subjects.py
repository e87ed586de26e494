"""How one subject's prototypes correlate with every other subject's."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator
from response_clusters import style
from response_clusters.agreement import (
    AGREEMENT,
    ALIKE,
    UNLIKE,
    brief,
    correlation_bar,
    draw_histogram,
    floor_of,
    summary_of,
    tick_step,
)
from response_clusters.job import job
from response_clusters.tables import read_table

NAMED = 60  # rows up to which each has its name and its numbers; beyond, each block has one
ROW, MOST = 0.2, 9.2  # inches of a row with numbers, and of a matrix without


def matched_order(consistency: pd.DataFrame) -> pd.DataFrame:
    """All subjects' clusters, those matched to the same cluster of the first subject together.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes of two subjects: subject_a, cluster_a, subject_b, cluster_b,
        matched; subject_a comes before subject_b.

    Returns
    -------
    DataFrame
        One row per subject and cluster, in drawing order: group (the first subject's cluster),
        subject, cluster.
    """
    sides = [
        consistency[[f"subject_{side}", f"cluster_{side}"]].set_axis(["subject", "cluster"], axis=1)
        for side in "ab"
    ]
    order = pd.concat(sides).drop_duplicates().astype({"cluster": int})
    first = consistency["subject_a"].min()
    links = consistency[consistency["matched"] & (consistency["subject_a"] == first)]
    of = links.set_index(["subject_b", "cluster_b"])["cluster_a"].to_dict()
    own = zip(order["subject"], order["cluster"], strict=True)
    order["group"] = [n if subject == first else int(of[subject, n]) for subject, n in own]
    return order.sort_values(["group", "subject"])[["group", "subject", "cluster"]]


def draw_matrix(figure: Figure, axes: Axes, consistency: pd.DataFrame, order: pd.DataFrame) -> None:
    """The correlations of all prototypes in `order`, matched clusters outlined and named."""
    keys = pd.MultiIndex.from_frame(order[["subject", "cluster"]])
    rows, columns = (
        keys.get_indexer(
            pd.MultiIndex.from_arrays(
                [consistency[f"subject_{side}"], consistency[f"cluster_{side}"].astype(int)]
            )
        )
        for side in "ab"
    )
    n, cell = len(keys), 72 * axes.get_window_extent().width / figure.dpi / len(keys)
    r = np.full((n, n), np.nan)
    r[rows, columns] = r[columns, rows] = consistency["r"].to_numpy(float)
    look: dict[str, Any] = {"vmin": -1, "vmax": 1, "cmap": "RdBu_r", "rasterized": n > NAMED}
    axes.pcolormesh(np.ma.masked_invalid(r), **look)
    axes.set(xlim=(0, n), ylim=(n, 0), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.set_facecolor(style.BLANK)
    group = order["group"].to_numpy()
    if n <= NAMED:
        # Small cells have room for numbers where clusters match and are to be compared.
        for row, column in np.argwhere(~np.isnan(r) & ((cell > 20) | (group[:, None] == group))):
            value, ink = r[row, column], "white" if abs(r[row, column]) > 0.6 else style.INK
            middle: dict[str, Any] = {
                "ha": "center",
                "va": "center",
                "size": min(0.46 * cell, style.BODY),
                "color": ink,
            }
            axes.text(column + 0.5, row + 0.5, brief(value), **middle)
        names = [f"{subject} · {cluster}" for subject, cluster in keys]
        axes.set_yticks(np.arange(n) + 0.5, names, size=min(0.6 * cell, style.SMALL), rotation=0)
        axes.tick_params(axis="y", length=0, pad=2)
    for number, members in order.reset_index(drop=True).groupby("group"):
        start, size = members.index[0], len(members)
        box = Rectangle((start, start), size, size, fill=False, linewidth=1.2, clip_on=False)
        axes.add_patch(box)
        colour, room = style.text_colour(int(str(number))), size * cell / 72
        name = f"Cluster {number}"
        if style.text_width(name, style.BODY, "bold") > 0.95 * room:
            name = f"{number}"
        bold: dict[str, Any] = {"color": colour, "weight": "bold", "size": style.BODY}
        axes.text(start + size / 2, -4 / cell, name, ha="center", va="bottom", **bold)
        if n > NAMED:
            inside = np.nanmedian(r[start : start + size, start : start + size])
            card = {"facecolor": "white", "linewidth": 0, "boxstyle": "round,pad=0.25"}
            middle = {"ha": "center", "va": "center", "weight": "bold", "bbox": card}
            axes.text(start + size / 2, start + size / 2, brief(inside), **middle)
            name = f"Cluster {number}"
            axes.text(-4 / cell, start + size / 2, name, ha="right", va="center", **bold)


def draw_matches(
    histogram: Axes, strip: Axes, matched: pd.DataFrame, subjects: list[str], low: float
) -> None:
    """The matched correlations: all of them counted, and each of them beside both its subjects."""
    draw_histogram(histogram, matched["r"].to_numpy(float), low)
    for row, subject in enumerate(subjects):
        own = matched[(matched["subject_a"] == subject) | (matched["subject_b"] == subject)]
        values = np.sort(own["r"].to_numpy(float))
        spread = row + np.resize([-0.18, 0.0, 0.18, -0.09, 0.09], len(values))
        colours = np.where(values > AGREEMENT, ALIKE, UNLIKE).tolist()
        strip.scatter(values, spread, s=9, c=colours, alpha=0.7, linewidth=0, clip_on=False)
        strip.vlines(np.median(values), row - 0.34, row + 0.34, color=style.INK, linewidth=1.6)
    strip.set(ylim=(len(subjects) - 0.4, -0.6), xlim=(low, 1), xlabel="r of matched prototypes")
    strip.set_yticks(range(len(subjects)), subjects)
    strip.tick_params(axis="y", length=0)
    strip.set_title("Each match, beside both its subjects")
    strip.xaxis.set_major_locator(MultipleLocator(tick_step(low)))
    strip.axvline(AGREEMENT, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)))


def consistency_subjects_figure(consistency: pd.DataFrame, note: str = "") -> Figure:
    """All subjects' prototypes against all others', and the correlations of those matched.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes of two subjects, subject_a before subject_b: subject_a,
        cluster_a, subject_b, cluster_b, r, matched.
    note : str
        A line for the figure's foot.
    """
    order = matched_order(consistency)
    matched, subjects = consistency[consistency["matched"]], sorted(set(order["subject"]))
    n, k = len(order), order["group"].nunique()
    high = max(ROW * n, 3.6) if n <= NAMED else MOST
    names = style.widest([f"{subject} · 20" for subject in subjects], style.SMALL)
    names = names if n <= NAMED else style.text_width("Cluster 20", style.BODY, "bold")
    left = style.MARGIN + names + 0.1
    beside = left + high + 0.95 + style.widest(subjects)
    width = beside + 3.2 + 0.35
    inside = ", its median inside," if n > NAMED else ""
    subtitle = (
        f"Correlations of all prototypes. Each outlined block{inside} holds the clusters matched "
        f"to one of {subjects[0]}, in the order of the subjects. Right: the matches, one to one "
        f"for each pair of subjects."
    )
    title = f"Do the {len(subjects)} subjects share their {style.clusters(k)}?"
    top = style.heading_height(width, title, subtitle) + 0.4
    figure = style.canvas(width, top + high + 0.7)
    style.heading(figure, title, subtitle)
    matrix = style.place(figure, left, top, high, high)
    draw_matrix(figure, matrix, consistency, order)
    scale = style.place(figure, left + high + 0.14, top + 0.2, 0.13, high - 0.2)
    correlation_bar(scale, matrix.collections[0])
    low = floor_of(matched["r"])
    upper = style.place(figure, beside, top + 0.1, 3.2, 0.36 * high - 0.1)
    lower = style.place(figure, beside, top + 0.36 * high + 0.65, 3.2, 0.64 * high - 0.65)
    draw_matches(upper, lower, matched, subjects, low)
    upper.set_title(summary_of(matched["r"].to_numpy(float)))
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        table = read_table(rule.input.table, "consistency_subjects")
        figure = consistency_subjects_figure(table, rule.params["note"])
        style.save(figure, rule.output.svg, rule.output.png)
