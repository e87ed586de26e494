"""How the prototypes at one k correlate with those at every other."""

from typing import NamedTuple

import numpy as np
import pandas as pd
import seaborn
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
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
from response_clusters.records import read_record
from response_clusters.tables import read_table

WIDE, HIGH = 0.32, 0.25  # inches of a cell of the matched heatmaps
CELL = 0.42  # of a cell of the summary
TITLE, FOOT = 0.3, 0.6  # above a heatmap, and below it


def summary_matrix(matched: pd.DataFrame) -> pd.DataFrame:
    """Median and minimum of the matched correlations for each pair of k.

    Parameters
    ----------
    matched : DataFrame
        One row per matched pair of prototypes: k_a, k_b (the larger), r.

    Returns
    -------
    DataFrame
        Rows and columns are the k; medians above the diagonal, minima below it, no value on it.
    """
    steps = sorted({int(k) for k in matched["k_a"]} | {int(k) for k in matched["k_b"]})
    matrix = pd.DataFrame(np.nan, index=steps, columns=steps)
    for (k_a, k_b), r in matched.groupby(["k_a", "k_b"])["r"]:
        matrix.loc[k_a, k_b], matrix.loc[k_b, k_a] = r.median(), r.min()
    return matrix


class Heatmap(NamedTuple):
    """The clusters at the chosen k against others: r, and for each row the column matched to it."""

    title: str
    below: str
    r: pd.DataFrame
    matched: dict[int, int]


def draw_cells(axes: Axes, r: np.ndarray, low: float, size: float = style.SMALL) -> QuadMesh:
    """A heatmap of correlations from `low` to 1, each with its number; none where one is missing.

    Parameters
    ----------
    axes : Axes
    r : ndarray, shape (rows, columns)
        Row 0 is drawn at the top; NaN leaves a cell blank.
    low : float
        Where the colours begin; anything lower has the first of them.
    size : float
        Of the numbers, in points.
    """
    numbers = np.vectorize(brief, otypes=[object])(np.nan_to_num(r))
    look = {"cmap": "YlGnBu", "vmin": low, "vmax": 1, "linewidths": 0.5, "linecolor": "white"}
    bare = {"cbar": False, "xticklabels": False, "yticklabels": False}
    seaborn.heatmap(r, ax=axes, annot=numbers, fmt="", annot_kws={"size": size}, **look, **bare)
    axes.set_xticks(np.arange(r.shape[1]) + 0.5)
    axes.set_yticks(np.arange(r.shape[0]) + 0.5)
    axes.tick_params(length=0)
    axes.set_facecolor(style.BLANK)
    mesh = axes.collections[-1]
    assert isinstance(mesh, QuadMesh)
    return mesh


def matched_heatmaps(consistency: pd.DataFrame, k: int) -> list[Heatmap]:
    """The clusters at `k` against all those at its neighbours, and their matches at every other k.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes at k_a < k_b: k_a, cluster_a, k_b, cluster_b, r, matched.
    k : int
        The chosen number of clusters; one that is not compared has no heatmaps.

    Returns
    -------
    list of Heatmap
        Rows are the clusters at `k`. The columns of a neighbour are its clusters, in the order of
        those that they match, the unmatched one last; those of the last heatmap are all other k,
        if there are more than the neighbours.
    """
    names = ["k", "cluster", "other", "column", "r", "matched"]
    sides = [
        consistency[[f"k_{a}", f"cluster_{a}", f"k_{b}", f"cluster_{b}", "r", "matched"]]
        for a, b in ("ab", "ba")
    ]
    pairs = pd.concat([side.set_axis(names, axis=1) for side in sides])
    pairs = pairs[pairs["k"] == k].astype({"cluster": int, "other": int, "column": int})
    found = []
    for other in (k - 1, k + 1):
        near = pairs[pairs["other"] == other]
        if near.empty:
            continue
        hits = near[near["matched"]].sort_values("cluster")
        r = near.pivot(index="cluster", columns="column", values="r")
        order = [*hits["column"], *(n for n in r.columns if n not in set(hits["column"]))]
        matched = dict(zip(hits["cluster"], hits["column"], strict=True))
        found.append(Heatmap(f"k = {other}", "cluster", r[order], matched))
    hits = pairs[pairs["matched"]]
    if hits["other"].nunique() > len(found):
        r = hits.pivot(index="cluster", columns="other", values="r").reindex(range(1, k + 1))
        found.append(Heatmap("Match at every k", "k", r, {}))
    return found


def in_lines(heatmaps: list[Heatmap], room: float) -> list[list[tuple[float, Heatmap]]]:
    """How far from the left each heatmap stands, in lines of at most `room` inches if they can."""
    lines: list[list[tuple[float, Heatmap]]] = []
    across = 0.0
    for heatmap in heatmaps:
        wide = max(WIDE * heatmap.r.shape[1], style.text_width(heatmap.title, style.LABEL))
        if not lines or across + wide > room:
            lines.append([])
            across = 0.0
        lines[-1].append((across, heatmap))
        across += wide + 0.35
    return lines


def draw_heatmap(axes: Axes, heatmap: Heatmap, low: float, named: bool) -> None:
    """One heatmap, its matches outlined; with the names of the rows if it is `named`."""
    draw_cells(axes, heatmap.r.to_numpy(float), low)
    axes.set_title(heatmap.title, pad=4)
    axes.set_xticklabels(heatmap.r.columns, size=style.SMALL)
    axes.set_xlabel(heatmap.below, size=style.SMALL, loc="left", labelpad=1)
    columns = list(heatmap.r.columns)
    for cluster, column in heatmap.matched.items():
        spot = (columns.index(column), list(heatmap.r.index).index(cluster))
        axes.add_patch(Rectangle(spot, 1, 1, fill=False, linewidth=1.4, clip_on=False, zorder=3))
    if not named:
        axes.set_yticks([])
        return
    axes.set_yticklabels([f"Cluster {n}" for n in heatmap.r.index], weight="bold")
    for label, n in zip(axes.get_yticklabels(), heatmap.r.index, strict=True):
        label.set_color(style.text_colour(n))


def draw_neighbours(axes: Axes, matched: pd.DataFrame, low: float) -> None:
    """Every matched r between neighbouring k as a dot, medians as dashes, from `low` to 1."""
    neighbours = matched[matched["k_b"] == matched["k_a"] + 1]
    pairs = [(int(str(k_a)), r.to_numpy(float)) for k_a, r in neighbours.groupby("k_a")["r"]]
    for column, (_, r) in enumerate(pairs):
        spread = np.linspace(-0.22, 0.22, len(r)) if len(r) > 1 else np.zeros(1)
        colours = np.where(r > AGREEMENT, ALIKE, UNLIKE).tolist()
        axes.scatter(column + spread, r, 14, colours, alpha=0.75, lw=0, clip_on=False, zorder=3)
        axes.hlines(np.median(r), column - 0.34, column + 0.34, color=style.INK, linewidth=1.6)
    axes.axhline(AGREEMENT, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set(xlim=(-0.6, len(pairs) - 0.4), ylim=(low, 1), ylabel="r of matched prototypes")
    axes.yaxis.set_major_locator(MultipleLocator(tick_step(low)))
    axes.set_xticks(range(len(pairs)), [f"{k}–{k + 1}" for k, _ in pairs])
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("Neighbouring values of k")


def consistency_k_figure(
    consistency: pd.DataFrame, chosen: int, cohort: str, note: str = ""
) -> Figure:
    """The chosen clusters beside their matches at other k; then all pairs of k in numbers.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes at k_a < k_b: k_a, cluster_a, k_b, cluster_b, r, matched.
    chosen : int
        The k that the study chose.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    matched = consistency[consistency["matched"]]
    matrix = summary_matrix(matched)
    low = floor_of(matched["r"])
    left = style.MARGIN + style.text_width("Cluster 20", style.BODY, "bold") + 0.1
    side = min(max(3.4, CELL * len(matrix)), 0.75 * len(matrix))
    high, beside = max(side, 3.9), max(2.9, 0.44 * len(matrix))
    scale = left + 0.15 + max(side, style.text_width("Above the diagonal: median r", style.LABEL))
    strips = scale + 1.4
    heatmaps = matched_heatmaps(consistency, chosen)
    lines = in_lines(heatmaps, max(strips + beside - left + 1, 10.0))
    ends = [left + x + WIDE * heatmap.r.shape[1] for line in lines for x, heatmap in line]
    width = max([strips + beside, *ends]) + 0.3
    title = f"{style.cohort_name(cohort)}: the same clusters at other values of k?"
    every = (
        ", and the r of each one's match at every other k"
        if any(h.below == "k" for h in heatmaps)
        else ""
    )
    above = (
        f"Top: the clusters at the chosen k = {chosen} against those at its neighbours, which are "
        f"in the order of their matches (outlined){every}. Below: all pairs of k, all matches "
        "counted, and the matches of neighbouring k with their medians."
    )
    subtitle = "Prototypes at two values of k are matched one to one and correlated. "
    subtitle += above if lines else "Beside all pairs of k, all matches, and those of neighbours."
    top = style.heading_height(width, title, subtitle) + 0.15
    down = TITLE + HIGH * chosen + FOOT
    lower = top + len(lines) * down + TITLE
    figure = style.canvas(width, lower + (high if len(matched) else 0.4) + 0.75)
    style.heading(figure, title, subtitle)
    if matched.empty:
        text = "Nothing to compare: fewer than two values of k from 2 up"
        style.write(figure, style.MARGIN, lower, text, size=style.LABEL, color=style.QUIET)
        style.note(figure, note)
        return figure
    for row, line in enumerate(lines):
        for across, heatmap in line:
            box = (WIDE * heatmap.r.shape[1], HIGH * len(heatmap.r))
            axes = style.place(figure, left + across, top + row * down + TITLE, *box)
            draw_heatmap(axes, heatmap, low, across == 0)
    cells = style.place(figure, left, lower, side, side)
    mesh = draw_cells(cells, matrix.to_numpy(float), low, style.BODY)
    cells.set_xticklabels(matrix.columns)
    cells.set_yticklabels(matrix.index)
    cells.set_ylabel("k")
    cells.set_title("Above the diagonal: median r", pad=5)
    cells.set_xlabel("Below the diagonal: lowest r", loc="left")
    bar = style.place(figure, scale, lower + 0.25, 0.13, max(side, 2.0) - 0.25)
    correlation_bar(bar, mesh, lower=bool(lines))
    upper = style.place(figure, strips, lower + 0.1, beside, 0.36 * high - 0.1)
    r = matched["r"].to_numpy(float)
    draw_histogram(upper, r, low)
    upper.set_title(summary_of(r))
    strip = style.place(figure, strips, lower + 0.36 * high + 0.4, beside, 0.64 * high - 0.4)
    draw_neighbours(strip, matched, low)
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, out = rule.input, rule.output
        figure = consistency_k_figure(
            read_table(given.table, "consistency_k"),
            read_record(given.elbow, "elbow")["k"],
            rule.wildcards.cohort,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
