"""The flow of trials from the clusters at each k to those at the next, as a tree."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from response_clusters.comparison.identity import Identity
from response_clusters.figures import style

MOST = 20
"""The largest k that is drawn: of more clusters, numbers would be smaller than 5 points."""
ROW, SPACE, DISC = (
    0.42,
    0.6,
    0.17,
)  # inches: between rows, between discs at most, and a disc's width
THICK = 0.42  # inches: a line of all trials
DRAWN = 0.05  # of either cluster's trials, the least that is drawn
COLUMNS = {"kept": "Kept", "r": "Median r", "r_least": "Least r"}
COLUMN = 0.52

Floats = npt.NDArray[np.float64]


def places(flows: pd.DataFrame, last: int) -> dict[int, Floats]:
    """Where each cluster stands in its row, in steps from the middle.

    Parameters
    ----------
    flows : DataFrame
        k, cluster, cluster_next and share_next, in any order.
    last : int
        The largest k.

    Returns
    -------
    dict of ndarray of shape (k,), float64
        By k. Clusters are in the order of the mean place of the clusters that their trials come
        from, so that few lines cross; of equal ones, the lower number is first.
    """
    found = {1: np.zeros(1)}
    for k in range(1, last):
        rows = flows[flows["k"] == k]
        shares = rows.pivot(index="cluster", columns="cluster_next", values="share_next")
        origin = found[k] @ shares.to_numpy(float)
        rank = np.empty(k + 1)
        rank[np.argsort(origin.round(9), kind="stable")] = np.arange(k + 1)
        found[k + 1] = rank - k / 2
    return found


def summaries(flows: pd.DataFrame) -> pd.DataFrame:
    """By k + 1: the share of trials that stay in the matched cluster, and median and least r."""
    matched = flows[flows["matched"]].groupby("k_next")
    total = flows.groupby("k_next")["trials"].sum()
    return pd.DataFrame(
        {
            "kept": matched["trials"].sum() / total,
            "r": matched["r"].median(),
            "r_least": matched["r"].min(),
        }
    )


def draw_flows(
    axes: Axes, flows: pd.DataFrame, at: dict[int, Floats], colours: dict[tuple[int, int], str]
) -> None:
    """Draw a line for every flow that is a noticeable part of either cluster, the thinnest last."""
    total = flows.loc[flows["k"] == 1, "trials"].sum()
    part = flows[["share", "share_next"]].max(axis=1)
    for row in flows[part >= DRAWN].sort_values("trials", ascending=False).itertuples():
        x0, x1 = at[row.k][row.cluster - 1], at[row.k_next][row.cluster_next - 1]
        y0, y1 = row.k, row.k_next
        middle = (y0 + y1) / 2
        curve = Path(
            [(x0, y0), (x0, middle), (x1, middle), (x1, y1)],
            [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4],
        )
        main = row.share_next >= 0.5
        colour = style.tint(colours[row.k_next, row.cluster_next], 0.5) if main else style.RULE
        wide = max(0.4, 72 * THICK * row.trials / total)
        look: dict[str, Any] = {"edgecolor": colour, "linewidth": wide, "facecolor": "none"}
        axes.add_patch(PathPatch(curve, capstyle="butt", zorder=2 if main else 1, **look))


def draw_clusters(axes: Axes, at: dict[int, Floats], colours: dict[tuple[int, int], str]) -> None:
    """Draw a disc for every cluster, with its number."""
    for k, row in at.items():
        discs = [colours[k, cluster] for cluster in range(1, k + 1)]
        axes.scatter(row, np.full(k, k), s=(72 * DISC) ** 2, c=discs, linewidths=0, zorder=3)
        for cluster, x in enumerate(row, start=1):
            look: dict[str, Any] = {"ha": "center", "va": "center_baseline", "size": style.SMALL}
            axes.text(x, k, str(cluster), color="white", weight="bold", zorder=4, **look)


def write_rows(axes: Axes, wide: float, high: float, last: int, numbers: pd.DataFrame) -> None:
    """Write each row's k at the left, and how it agrees with the row above at the right."""
    across = axes.get_yaxis_transform()
    look: dict[str, Any] = {"va": "center_baseline", "ha": "right"}
    for k in range(1, last + 1):
        axes.text(-0.06 / wide, k, f"k = {k}", transform=across, **look)
        for place, column in enumerate(COLUMNS if k > 1 else (), start=1):
            value = float(numbers.loc[k, column])
            text = style.percent(value) if column == "kept" else style.correlation(value)
            axes.text(1 + place * COLUMN / wide, k, text, transform=across, **look)
    for place, title in enumerate(COLUMNS.values(), start=1):
        head: dict[str, Any] = {"ha": "right", "va": "bottom", "color": style.QUIET}
        x = 1 + place * COLUMN / wide
        axes.text(x, 1 + 0.02 / high, title, transform=axes.transAxes, **head)


def lineage_figure(
    flows: pd.DataFrame, chosen: int, identities: dict[int, Identity], cohort: str, note: str = ""
) -> Figure:
    """The clusters at every k, a row each, joined by the trials that they share.

    Parameters
    ----------
    flows : DataFrame
        The rows of one cohort in the table of lineage.
    chosen : int
        The k that the elbow chooses.
    identities : dict
        The identity of every cluster, by k.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    largest = int(flows["k_next"].max())
    last = min(largest, MOST)
    flows = flows[flows["k_next"] <= last]
    numbers = summaries(flows)
    k = min(max(chosen, 1), last - 1)
    title = (
        f"{style.cohort_name(cohort)}: from k = {k} to {k + 1}, "
        f"{style.percent(numbers.loc[k + 1, 'kept'])} of trials stay in the matched cluster"
    )
    subtitle = (
        f"The elbow chooses k = {chosen}. Lines are as thick as they have trials, and coloured "
        "where most of a cluster's trials come along them. Kept: trials in the cluster that theirs "
        "is matched to, one to one; r is that of the matched prototypes."
    )
    if largest > last:
        subtitle += f" k above {last} is not drawn."
    at = places(flows, last)
    colours = {
        (k, cluster): style.cluster_colour(identity)
        for k in at
        for cluster, identity in identities[k].items()
    }
    left, right = style.MARGIN + 0.42, style.MARGIN + COLUMN * len(COLUMNS)
    wide, high = style.COLUMN - left - right, ROW * last
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.2
    figure = style.canvas(style.COLUMN, top + high + 0.22)
    style.heading(figure, title, subtitle)
    axes = style.place(figure, left, top, wide, high)
    axes.set_axis_off()
    half = wide / min(SPACE, wide / last) / 2
    axes.set(xlim=(-half, half), ylim=(last + 0.5, 0.5))
    if chosen <= last:
        axes.axhspan(chosen - 0.5, chosen + 0.5, color=style.BAND, linewidth=0, zorder=0)
    draw_flows(axes, flows, at, colours)
    draw_clusters(axes, at, colours)
    write_rows(axes, wide, high, last, numbers)
    style.note(figure, note)
    return figure
