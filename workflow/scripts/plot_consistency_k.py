"""How the prototypes at one k correlate with those at every other."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import response_clusters.surroundings  # noqa: F401
import seaborn
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator
from response_clusters import style
from response_clusters.agreement import (
    AGREEMENT,
    COLOURS,
    correlation_bar,
    floor_of,
    tick_step,
)
from response_clusters.identity import Identity, identity_of
from response_clusters.job import job
from response_clusters.records import read_record
from response_clusters.tables import read_table

WIDE, HIGH = 0.245, 0.15  # inches of a cell of the matched heatmaps
TITLE, FOOT = 0.2, 0.36  # above a heatmap, and below it


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


def draw_cells(axes: Axes, r: np.ndarray, numbers: bool) -> QuadMesh:
    """A heatmap of correlations, each with its number if there is room; grey where there is none.

    Parameters
    ----------
    axes : Axes
    r : ndarray, shape (rows, columns)
        Row 0 is drawn at the top; NaN leaves a cell grey.
    numbers : bool
        Whether to write each correlation into its cell.
    """
    texts = np.vectorize(style.correlation, otypes=[object])(np.nan_to_num(r))
    texts = np.where(np.isnan(r), "", texts)
    bare: dict[str, Any] = {"cbar": False, "xticklabels": False, "yticklabels": False}
    annotated: dict[str, Any] = {"annot": texts, "fmt": "", "annot_kws": {"size": 5}}
    look = {"linewidths": 0.3, "linecolor": "white", **COLOURS, **bare}
    seaborn.heatmap(r, ax=axes, **(annotated if numbers else {}), **look)
    axes.set_xticks(np.arange(r.shape[1]) + 0.5)
    axes.set_yticks(np.arange(r.shape[0]) + 0.5)
    axes.tick_params(length=0, pad=2)
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
        those that they match, the unmatched one last; those of the last heatmap are all k, if
        there are more than the neighbours.
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
        found.append(Heatmap(f"Clusters at k = {other}", "cluster", r[order], matched))
    hits = pairs[pairs["matched"]]
    if hits["other"].nunique() > len(found):
        r = hits.pivot(index="cluster", columns="other", values="r").reindex(range(1, k + 1))
        # The chosen k has its place among the others, where each cluster is itself.
        r[k] = 1.0
        found.append(Heatmap("The match at every k", "k", r[sorted(r.columns)], {}))
    return found


def in_lines(heatmaps: list[Heatmap], room: float) -> list[list[tuple[float, Heatmap]]]:
    """How far from the left each heatmap stands, in lines of at most `room` inches."""
    lines: list[list[tuple[float, Heatmap]]] = []
    across = 0.0
    for heatmap in heatmaps:
        wide = max(cell(heatmap, room) * heatmap.r.shape[1], style.text_width(heatmap.title))
        if not lines or across + wide > room:
            lines.append([])
            across = 0.0
        lines[-1].append((across, heatmap))
        across += wide + 0.3
    return lines


def cell(heatmap: Heatmap, room: float) -> float:
    """Inches that a column of a heatmap takes."""
    return min(WIDE, room / heatmap.r.shape[1])


def draw_heatmap(axes: Axes, heatmap: Heatmap, k: int, identity: Identity, named: bool) -> QuadMesh:
    """One heatmap, its matches outlined; with the names of the rows if it is `named`."""
    room = 72 * axes.get_window_extent().width / axes.figure.dpi / heatmap.r.shape[1]
    mesh = draw_cells(axes, heatmap.r.to_numpy(float), room > 15)
    axes.set_title(heatmap.title, pad=3, size=style.BODY, loc="left")
    axes.set_xticklabels(heatmap.r.columns, size=5)
    axes.set_xlabel(heatmap.below, size=style.SMALL, labelpad=1)
    columns = list(heatmap.r.columns)
    for cluster, column in heatmap.matched.items():
        spot = (columns.index(column), list(heatmap.r.index).index(cluster))
        axes.add_patch(Rectangle(spot, 1, 1, fill=False, linewidth=1, clip_on=False, zorder=3))
    if not named:
        axes.set_yticks([])
        return mesh
    axes.set_ylabel(f"Cluster at k = {k}", size=style.SMALL)
    axes.set_yticklabels(map(str, heatmap.r.index), weight="bold")
    for label, n in zip(axes.get_yticklabels(), heatmap.r.index, strict=True):
        label.set_color(style.cluster_colour(identity[n]))
    return mesh


def draw_neighbours(axes: Axes, matched: pd.DataFrame, low: float) -> None:
    """Every matched r between neighbouring k as a dot, medians as dashes, from `low` to 1."""
    neighbours = matched[matched["k_b"] == matched["k_a"] + 1]
    pairs = [(int(str(k_a)), r.to_numpy(float)) for k_a, r in neighbours.groupby("k_a")["r"]]
    for column, (_, r) in enumerate(pairs):
        spread = np.linspace(-0.22, 0.22, len(r)) if len(r) > 1 else np.zeros(1)
        axes.scatter(column + spread, r, 5, style.QUIET, lw=0, clip_on=False, zorder=3)
        axes.hlines(np.median(r), column - 0.34, column + 0.34, color=style.INK, linewidth=1.2)
    axes.axhline(AGREEMENT, color=style.INK, linewidth=0.6, linestyle=(0, (4, 2)))
    axes.set(xlim=(-0.6, len(pairs) - 0.4), ylim=(low, 1), ylabel="r of matched prototypes")
    axes.yaxis.set_major_locator(MultipleLocator(tick_step(low)))
    names = [f"{k}–{k + 1}" for k, _ in pairs]
    axes.set_xticks(range(len(pairs)), names, size=5, rotation=0 if len(pairs) <= 12 else 90)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("Neighbouring values of k")
    axes.set_title("Matches of neighbouring k (dash: median)", size=style.BODY, pad=3)


def consistency_k_figure(
    consistency: pd.DataFrame, chosen: int, identity: Identity, cohort: str, note: str = ""
) -> Figure:
    """The chosen clusters beside their matches at other k; then all pairs of k in numbers.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes at k_a < k_b: k_a, cluster_a, k_b, cluster_b, r, matched.
    chosen : int
        The k that the study chose.
    identity : dict
        The pooled cluster that each cluster at the chosen k is matched to.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    matched = consistency[consistency["matched"]]
    matrix = summary_matrix(matched)
    low = floor_of(matched["r"].to_numpy(float))
    left, bar = style.MARGIN + 0.33, 0.45
    heatmaps = matched_heatmaps(consistency, chosen)
    lines = in_lines(heatmaps, style.COLUMN - left - style.MARGIN)
    title = f"{style.cohort_name(cohort)}: the same clusters at other values of k?"
    subtitle = (
        "Prototypes at two values of k are matched one to one and correlated over regions (r). "
    )
    if lines:
        subtitle += (
            f"Top: the clusters at the chosen k = {chosen} against those at neighbouring k, in the "
            "order of their matches (outlined), and against each one's match at every k; grey "
            "where fewer clusters leave it none. "
        )
    subtitle += (
        "Bottom left: the median and the lowest r of every two k. All fits are of the same trials, "
        "so these correlations are not independent and no test of clusters."
    )
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.08
    down = TITLE + HIGH * chosen + FOOT
    lower = top + len(lines) * down + TITLE + 0.06
    side = min(2.6, max(1.1, 0.27 * len(matrix)))
    figure = style.canvas(style.COLUMN, lower + (side if len(matched) else 0.2) + 0.5)
    style.heading(figure, title, subtitle)
    if matched.empty:
        text = "Nothing to compare: fewer than two values of k from 2 up"
        style.write(figure, style.MARGIN, lower, text, size=style.LABEL, color=style.QUIET)
        style.note(figure, note)
        return figure
    room = style.COLUMN - left - style.MARGIN
    for row, line in enumerate(lines):
        for across, heatmap in line:
            box = (cell(heatmap, room) * heatmap.r.shape[1], HIGH * len(heatmap.r))
            axes = style.place(figure, left + across, top + row * down + TITLE, *box)
            draw_heatmap(axes, heatmap, chosen, identity, across == 0)
    cells = style.place(figure, left, lower, side, side)
    mesh = draw_cells(cells, matrix.to_numpy(float), 72 * side / len(matrix) > 15)
    step = 1 if len(matrix) <= 14 else 2
    cells.set_xticks(cells.get_xticks()[::step], matrix.columns[::step], size=style.SMALL)
    cells.set_yticks(cells.get_yticks()[::step], matrix.index[::step], size=style.SMALL)
    cells.set(xlabel="k", ylabel="k")
    cells.set_title("Above the diagonal: median r; below: lowest", size=style.BODY, pad=3)
    scale = max(left + side, left + style.text_width("Above the diagonal: median r; below: lowest"))
    correlation_bar(style.place(figure, scale + 0.1, lower + 0.1, 0.09, side - 0.1), mesh)
    strip_left = scale + 0.1 + bar + 0.4
    strip = style.place(figure, strip_left, lower, style.COLUMN - style.MARGIN - strip_left, side)
    draw_neighbours(strip, matched, low)
    neighbours = matched[matched["k_b"] == matched["k_a"] + 1]["r"]
    if len(neighbours):
        median, least = style.correlation(neighbours.median()), style.correlation(neighbours.min())
        style.describe(figure, f"Neighbouring k: median r {median}, lowest {least}.")
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, out = rule.input, rule.output
        k = read_record(given.elbow, "elbow")["k"]
        figure = consistency_k_figure(
            read_table(given.table, "consistency_k"),
            k,
            identity_of(read_table(given.identity, "identity"), k),
            rule.wildcards.cohort,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
