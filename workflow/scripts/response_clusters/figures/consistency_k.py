"""How the prototypes at one k correlate with those at every other."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
import seaborn
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator
from response_clusters.comparison.identity import Identity
from response_clusters.comparison.similarity import SIMILAR
from response_clusters.figures import style
from response_clusters.figures.agreement import (
    COLOURS,
    correlation_bar,
    floor_of,
    tick_step,
    write_number,
)

WIDE, HIGH = 0.245, 0.115  # inches: a cell of the matched heatmaps,
WIDER = 0.29  # or its width if all of them fit in one line
LEAST = 0.62  # inches of a heatmap's height at least, for the title of its axis
TITLE, FOOT, BETWEEN = 0.2, 0.34, 0.3  # inches above a heatmap, below it, and between two
ROOM = 15.6  # points: the smallest cell in which a correlation is written


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
    chosen: int | None = None
    """The column of the chosen k, where each cluster's correlation is that with itself."""


def draw_cells(axes: Axes, r: np.ndarray, numbers: bool) -> QuadMesh:
    """Draw a heatmap of correlations; grey where there is none.

    Parameters
    ----------
    axes : Axes
    r : ndarray, shape (rows, columns)
        Row 0 is drawn at the top; NaN leaves a cell grey.
    numbers : bool
        Whether to write each correlation into its cell.
    """
    look: dict[str, Any] = {"cbar": False, "xticklabels": False, "yticklabels": False}
    seaborn.heatmap(r, ax=axes, linewidths=0.3, linecolor="white", **COLOURS, **look)
    for row, column in np.argwhere(~np.isnan(r) & numbers):
        write_number(axes, column + 0.5, row + 0.5, r[row, column])
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
        The chosen number of clusters; without comparisons at this k there are no heatmaps.

    Returns
    -------
    list of Heatmap
        Rows are the clusters at `k`. The columns of a neighbour are its clusters, in the order of
        those that they match, the unmatched one last. If there are more k than the neighbours, the
        columns of a last heatmap are all k.
    """
    names = ["k", "cluster", "other", "column", "r", "matched"]
    sides = [
        consistency[[f"k_{a}", f"cluster_{a}", f"k_{b}", f"cluster_{b}", "r", "matched"]]
        for a, b in ("ab", "ba")
    ]
    pairs = pd.concat([side.set_axis(names, axis=1) for side in sides])
    pairs = pairs[pairs["k"] == k].astype({"cluster": int, "other": int, "column": int})
    heatmaps = []
    for other in (k - 1, k + 1):
        near = pairs[pairs["other"] == other]
        if near.empty:
            continue
        hits = near[near["matched"]].sort_values("cluster")
        r = near.pivot(index="cluster", columns="column", values="r")
        order = [*hits["column"], *(n for n in r.columns if n not in set(hits["column"]))]
        matched = dict(zip(hits["cluster"], hits["column"], strict=True))
        heatmaps.append(Heatmap(f"Clusters at k = {other}", "cluster", r[order], matched))
    hits = pairs[pairs["matched"]]
    if hits["other"].nunique() > len(heatmaps):
        r = hits.pivot(index="cluster", columns="other", values="r").reindex(range(1, k + 1))
        # The chosen k keeps its place among the others: each cluster's correlation with itself.
        r[k] = 1.0
        heatmaps.append(
            Heatmap("Each cluster's match at every k", "k", r[sorted(r.columns)], {}, k)
        )
    return heatmaps


def in_lines(heatmaps: list[Heatmap], room: float) -> list[list[tuple[float, float, Heatmap]]]:
    """Arrange the heatmaps in lines of at most `room` inches.

    Returns
    -------
    list of list of (float, float, Heatmap)
        By line: how far from the left each heatmap begins, and how wide its cells are, in inches.
        The heatmaps of the neighbours share a line, if need be with narrower cells.
    """
    columns = [len(heatmap.r.columns) for heatmap in heatmaps]
    beside = sum(len(heatmap.r.columns) for heatmap in heatmaps if heatmap.matched)
    few = sum(columns) * WIDER + (len(columns) - 1) * BETWEEN <= room
    most = WIDER if few else WIDE
    narrow = min(most, (room - BETWEEN) / max(beside, 1))
    lines: list[list[tuple[float, float, Heatmap]]] = []
    across = 0.0
    for heatmap in heatmaps:
        cell = narrow if heatmap.matched else min(most, room / len(heatmap.r.columns))
        wide = max(cell * len(heatmap.r.columns), style.text_width(heatmap.title))
        if not lines or across + wide > room + 1e-9:
            lines.append([])
            across = 0.0
        lines[-1].append((across, cell, heatmap))
        across += wide + BETWEEN
    return lines


def draw_heatmap(axes: Axes, heatmap: Heatmap, k: int, identity: Identity, cell: float) -> None:
    """Draw a heatmap of cells `cell` inches wide, with its matches and the chosen k outlined."""
    draw_cells(axes, heatmap.r.to_numpy(float), 72 * cell > ROOM)
    axes.set_title(heatmap.title, pad=3, size=style.BODY, loc="left")
    axes.set_xticklabels(heatmap.r.columns, size=5)
    axes.set_xlabel(heatmap.below, size=style.SMALL, labelpad=1)
    columns, rows = list(heatmap.r.columns), list(heatmap.r.index)
    box: dict[str, Any] = {"fill": False, "linewidth": 1, "clip_on": False, "zorder": 3}
    for cluster, column in heatmap.matched.items():
        axes.add_patch(Rectangle((columns.index(column), rows.index(cluster)), 1, 1, **box))
    if heatmap.chosen is not None:
        place = columns.index(heatmap.chosen)
        axes.add_patch(Rectangle((place, 0), 1, len(rows), **box))
        axes.get_xticklabels()[place].set_fontweight("bold")
    axes.set_ylabel(f"Cluster (k = {k})", size=style.SMALL, labelpad=2)
    axes.set_yticklabels(map(str, rows), weight="bold", size=style.SMALL)
    for label, n in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_color(style.cluster_colour(identity[n]))


def draw_neighbours(axes: Axes, matched: pd.DataFrame, low: float) -> None:
    """Draw the matched r of neighbouring k as dots, and medians as dashes, from `low` to 1."""
    neighbours = matched[matched["k_b"] == matched["k_a"] + 1]
    pairs = [(int(str(k_a)), r.to_numpy(float)) for k_a, r in neighbours.groupby("k_a")["r"]]
    for column, (_, r) in enumerate(pairs):
        spread = np.linspace(-0.22, 0.22, len(r)) if len(r) > 1 else np.zeros(1)
        axes.scatter(column + spread, r, 5, style.QUIET, lw=0, clip_on=False, zorder=3)
        axes.hlines(np.median(r), column - 0.34, column + 0.34, color=style.INK, linewidth=1.2)
    axes.axhline(SIMILAR, color=style.INK, linewidth=0.6, linestyle=(0, (4, 2)))
    axes.set(xlim=(-0.6, len(pairs) - 0.4), ylabel="r of matched prototypes")
    axes.yaxis.label.set_fontsize(style.BODY)
    # The axis line ends at 1; the limit is a little higher, for whole dots.
    axes.set_ylim(low, 1 + 0.03 * (1 - low))
    axes.spines["left"].set_bounds(low, 1)
    axes.yaxis.set_major_locator(MultipleLocator(tick_step(low)))
    names = [f"{k}–{k + 1}" for k, _ in pairs]
    axes.set_xticks(range(len(pairs)), names, size=5, rotation=0 if len(pairs) <= 12 else 90)
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("Neighbouring values of k", size=style.BODY)
    axes.set_title("Matches of neighbouring k (dash: median)", size=style.BODY, pad=3, loc="left")


def consistency_k_figure(
    consistency: pd.DataFrame, chosen: int, identity: Identity, cohort: str, note: str = ""
) -> Figure:
    """The matches of the chosen clusters at other k; below, a summary of all pairs of k.

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
    left = style.MARGIN + 0.33
    room = style.COLUMN - left - style.MARGIN
    # Every heatmap has the cluster numbers at its left.
    lines = in_lines(matched_heatmaps(consistency, chosen), room)
    title = f"{style.cohort_name(cohort)}: the same clusters at other values of k?"
    subtitle = shown(chosen, [heatmap for line in lines for *_, heatmap in line])
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.04
    row_high = max(HIGH, LEAST / chosen)
    down = TITLE + row_high * chosen + FOOT
    lower = top + len(lines) * down + TITLE + 0.12
    side = min(2.6, max(1.1, 0.27 * len(matrix)))
    figure = style.canvas(style.COLUMN, lower + (side if len(matched) else 0.2) + 0.5)
    style.heading(figure, title, subtitle)
    if matched.empty:
        text = "Nothing to compare: fewer than two values of k from 2 up"
        style.write(figure, style.MARGIN, lower, text, size=style.LABEL, color=style.QUIET)
        style.note(figure, note)
        return figure
    for row, line in enumerate(lines):
        for across, cell, heatmap in line:
            box = (cell * heatmap.r.shape[1], row_high * len(heatmap.r))
            axes = style.place(figure, left + across, top + row * down + TITLE, *box)
            draw_heatmap(axes, heatmap, chosen, identity, cell)
    cells = style.place(figure, left, lower, side, side)
    mesh = draw_cells(cells, matrix.to_numpy(float), 72 * side / len(matrix) > ROOM)
    step = 1 if len(matrix) <= 14 else 2
    cells.set_xticks(cells.get_xticks()[::step], matrix.columns[::step], size=style.SMALL)
    cells.set_yticks(cells.get_yticks()[::step], matrix.index[::step], size=style.SMALL)
    for labels in (cells.get_xticklabels(), cells.get_yticklabels()):
        for label in labels:
            label.set_fontweight("bold" if label.get_text() == str(chosen) else "normal")
    cells.set_xlabel("k", size=style.SMALL, labelpad=2)
    cells.set_ylabel("k", size=style.SMALL, labelpad=2)
    cells.set_title(
        "Above the diagonal: median r;\nbelow it: lowest r", size=style.BODY, pad=3, loc="left"
    )
    scale = left + max(side, style.text_width("Above the diagonal: median r;"))
    correlation_bar(style.place(figure, scale + 0.12, lower + 0.12, 0.09, side - 0.12), mesh)
    strip_left = scale + 0.98
    strip = style.place(figure, strip_left, lower, style.COLUMN - style.MARGIN - strip_left, side)
    draw_neighbours(strip, matched, floor_of(matched["r"].to_numpy(float)))
    tell(figure, matched, chosen)
    style.note(figure, note)
    return figure


def shown(chosen: int, heatmaps: list[Heatmap]) -> str:
    """The subtitle: what the figure shows."""
    text = "Prototypes at two values of k are matched one to one and correlated over regions (r). "
    if heatmaps:
        text += (
            f"Top: each cluster at the chosen k = {chosen} against all clusters at neighbouring k, "
            "in the order of their matches (outlined)"
        )
        every = ", and against its match at every k (1 by definition at the chosen one)"
        text += f"{every if heatmaps[-1].chosen else ''}. "
    elif chosen == 1:
        text += "The chosen k = 1 has a single cluster, which is compared with none. "
    text += (
        "Bottom left: the median and the lowest r of the matches of every two k. Grey: no match, "
        "because one of the two k has fewer clusters, or they are the same k. All fits are of the "
        "same trials and neighbouring k agree by construction: this shows how clusters persist and "
        "is no evidence for any k."
    )
    return text


def tell(figure: Figure, matched: pd.DataFrame, chosen: int) -> None:
    """Add the main numbers to the figure's alternative text."""
    sides = matched["k_a"], matched["k_b"]
    for other in sorted({*sides[0], *sides[1]} - {chosen}):
        pair = (sides[0] == min(other, chosen)) & (sides[1] == max(other, chosen))
        if (r := matched.loc[pair, "r"]).empty:
            continue
        median, least = style.correlation(r.median()), style.correlation(r.min())
        style.describe(figure, f"k = {chosen} and {other}: median r {median}, lowest {least}.")
