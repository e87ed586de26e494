"""How one subject's prototypes correlate with every other subject's."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator, MultipleLocator
from response_clusters import style
from response_clusters.job import job
from response_clusters.tables import read_table

NAMED = 60  # rows up to which each has its name and its numbers; beyond, there is no room


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
                "size": min(0.36 * cell, 8),
                "color": ink,
            }
            axes.text(column + 0.5, row + 0.5, style.number(value, 2), **middle)
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
            axes.text(-4 / cell, start + size / 2, name, ha="right", va="center", **bold)


def draw_matches(
    histogram: Axes, strip: Axes, matched: pd.DataFrame, subjects: list[str], low: float
) -> None:
    """The matched correlations: all of them counted, and each of them beside both its subjects."""
    bins = np.arange(round(20 * low), 21) / 20
    r = matched["r"].to_numpy(float)
    heights, edges = np.histogram(r, bins)
    alike = edges[:-1] > style.AGREEMENT - 1e-9
    colours = np.where(alike, style.PALETTE[0], "#9a9a9a").tolist()
    histogram.bar(edges[:-1] + 0.025, heights, width=0.046, color=colours)
    histogram.set(ylabel="Matched pairs", xlim=(low, 1))
    histogram.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    for row, subject in enumerate(subjects):
        own = matched[(matched["subject_a"] == subject) | (matched["subject_b"] == subject)]
        values = np.sort(own["r"].to_numpy(float))
        spread = row + np.resize([-0.18, 0.0, 0.18, -0.09, 0.09], len(values))
        colours = np.where(values > style.AGREEMENT, style.PALETTE[0], "#9a9a9a").tolist()
        strip.scatter(values, spread, s=9, c=colours, alpha=0.7, linewidth=0, clip_on=False)
        strip.vlines(np.median(values), row - 0.34, row + 0.34, color=style.INK, linewidth=1.6)
    strip.set(ylim=(len(subjects) - 0.4, -0.6), xlim=(low, 1), xlabel="r of matched prototypes")
    strip.set_yticks(range(len(subjects)), subjects)
    strip.tick_params(axis="y", length=0)
    strip.set_title("Each match, beside both its subjects")
    for axes in (histogram, strip):
        axes.xaxis.set_major_locator(MultipleLocator(0.1 if low > -0.3 else 0.5))
        axes.axvline(style.AGREEMENT, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)))


def consistency_subjects_figure(
    consistency: pd.DataFrame, summary: dict[str, Any], note: str = ""
) -> Figure:
    """All subjects' prototypes against all others', and the correlations of those matched.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes of two subjects, subject_a before subject_b: subject_a,
        cluster_a, subject_b, cluster_b, r, matched.
    summary : dict
        Of the matched r: n, median, min, fraction_above_0.8.
    note : str
        A line for the figure's foot.
    """
    order = matched_order(consistency)
    matched, subjects = consistency[consistency["matched"]], sorted(set(order["subject"]))
    n, k = len(order), order["group"].nunique()
    high = min(max(0.24 * n, 3.6), 9.2)
    names = style.widest([f"{subject} · 20" for subject in subjects], style.SMALL)
    names = names if n <= NAMED else 0.2
    left = style.MARGIN + names + 0.1
    beside = left + high + 0.95 + style.widest(subjects)
    width = beside + 3.2 + 0.35
    subtitle = (
        f"Correlations of all prototypes. Clusters that match those of {subjects[0]} stand "
        f"together, in outlined blocks named by its clusters. Right: the matches, one to one for "
        f"each pair of subjects."
    )
    share = summary["fraction_above_0.8"]
    found = (
        f"{round(share * summary['n']):,} of {summary['n']:,} matches ({style.percent(share)}) "
        f"are above 0.8\n(median {style.number(summary['median'], 2)}, "
        f"lowest {style.number(summary['min'], 2)})"
    )
    title = f"Do the {len(subjects)} subjects share their {style.clusters(k)}?"
    top = style.heading_height(width, title, subtitle) + 0.4
    figure = style.canvas(width, top + high + 0.7)
    style.heading(figure, title, subtitle)
    matrix = style.place(figure, left, top, high, high)
    draw_matrix(figure, matrix, consistency, order)
    scale = style.place(figure, left + high + 0.14, top + 0.2, 0.13, high - 0.2)
    style.correlation_bar(scale, matrix.collections[0])
    low = style.floor_of(matched["r"])
    upper = style.place(figure, beside, top + 0.1, 3.2, 0.36 * high - 0.1)
    lower = style.place(figure, beside, top + 0.36 * high + 0.65, 3.2, 0.64 * high - 0.65)
    draw_matches(upper, lower, matched, subjects, low)
    upper.set_title(found)
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, out = rule.input, rule.output
        figure = consistency_subjects_figure(
            read_table(given.table, "consistency_subjects"),
            json.loads(Path(given.summary).read_text("utf-8")),
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
