"""How trials flow from the clusters at each k to those at the next."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from response_clusters.figures import models, style
from response_clusters.figures.lineage_layout import Floats, flows_of, orders, places, sizes_of

RADIUS, TINY, GAP = 0.27, 0.02, 0.07
"""Inches: the radius of a cluster of all trials, the least, and the room between two of a row."""
ROW, WIDEST = 0.36, 12.0
"""Inches from row to row at least; points of a flow of all trials."""
LEAST = 0.02
"""A flow of a smaller share of both its clusters is not drawn."""
LEFT = 0.55


def radii_of(sizes: dict[int, Floats]) -> dict[int, Floats]:
    """The radius of each cluster in inches: areas are in proportion to trials."""
    return {k: np.maximum(TINY, RADIUS * np.sqrt(n / max(n.sum(), 1))) for k, n in sizes.items()}


def heights_of(radii: dict[int, Floats]) -> dict[int, float]:
    """How far below the first row's upper edge the middle of each row is, in inches."""
    rows = list(radii)
    heights = {rows[0]: float(radii[rows[0]].max())}
    for above, k in pairwise(rows):
        # Numbers that do not fit into their circle stand below it.
        room = float(radii[above].max() + radii[k].max()) + 0.16
        heights[k] = heights[above] + max(ROW, room)
    return heights


def draw_flows(
    axes: Axes, flows: dict[int, Floats], across: dict[int, Floats], down: dict[int, float]
) -> None:
    """Draw a line for each flow: its width is its share of all trials, its tone that of the target.

    Parameters
    ----------
    axes : Axes
        In inches, see `style.sheet`.
    flows : dict of ndarray of shape (k, k + 1)
        Trials, by k.
    across : dict of ndarray of shape (k,)
        Where each cluster stands.
    down : dict of float
        Where each row stands.
    """
    for k, flow in flows.items():
        of_cluster = flow / np.maximum(flow.sum(axis=1, keepdims=True), 1)
        of_next = flow / np.maximum(flow.sum(axis=0), 1)
        drawn = np.argwhere(np.maximum(of_cluster, of_next) >= LEAST)
        for a, b in sorted(drawn.tolist(), key=lambda pair: of_next[tuple(pair)]):
            look: dict[str, Any] = {
                "color": style.tint(style.INK, 0.12 + 0.5 * of_next[a, b]),
                "linewidth": max(0.3, WIDEST * flow[a, b] / flow.sum()),
                "solid_capstyle": "butt",
                "zorder": 1 + of_next[a, b],
            }
            axes.plot([across[k][a], across[k + 1][b]], [down[k], down[k + 1]], **look)


def draw_clusters(
    axes: Axes, at: Floats, y: float, radii: Floats, identity: dict[int, int | None], ground: str
) -> None:
    """Draw a row of clusters, each with its number in it, or below it where it is too small."""
    for n, (x, radius) in enumerate(zip(at, radii, strict=True), start=1):
        colour, text = style.cluster_colour(identity.get(n)), str(n)
        edge: dict[str, Any] = {"edgecolor": "white", "linewidth": 0.5, "zorder": 4}
        axes.add_patch(Circle((x, y), radius, facecolor=colour, **edge))
        half = style.text_width(text, 5, "bold") / 2
        fits = np.hypot(half, 0.026) < radius
        look: dict[str, Any] = {
            "ha": "center",
            "va": "center_baseline",
            "weight": "bold",
            "size": 5,
        }
        if fits:
            axes.text(x, y, text, color="white", zorder=5, **look)
        else:
            # Its ground hides the lines that start here; the circle stays in front of it.
            box = {"facecolor": ground, "edgecolor": "none", "pad": 0.3}
            axes.text(x, y + radius + 0.055, text, color=colour, bbox=box, zorder=3.5, **look)


def lineage_figure(
    lineage: pd.DataFrame, identity: pd.DataFrame, chosen: int, note: str = ""
) -> Figure:
    """A row per k, with a circle per cluster and a line per flow to the clusters of the next k.

    Parameters
    ----------
    lineage : DataFrame
        Of the pooled cohort: k, cluster, k_next, cluster_next and trials.
    identity : DataFrame
        Of the pooled cohort: k, cluster and the pooled_cluster that it is matched to.
    chosen : int
        The chosen number of clusters.
    note : str
        A line for the figure's foot.
    """
    title = "Where do the trials of a cluster go when k grows?"
    subtitle = (
        "All subjects pooled. A circle is a cluster, its area the number of trials, its colour the "
        f"cluster at the chosen k = {chosen} that it is matched to (grey: none). A line is a flow "
        "of trials: the wider, the more; the darker, the larger its share of the cluster below. "
        "Groups that exist keep together in columns; a continuum is divided anew at each k."
    )
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.1
    sizes = sizes_of(lineage)
    if not sizes:
        text = "Nothing to compare: fewer than two values of k"
        return models.empty_figure(title, subtitle, text, note)
    flows, radii = flows_of(lineage, sizes), radii_of(sizes)
    order, down = orders(flows), heights_of(radii)
    foot = max(down.values()) + float(radii[max(radii)].max())
    figure = style.canvas(style.COLUMN, top + foot + 0.4)
    style.heading(figure, title, subtitle)
    # Numbers of two digits are wider than the smallest circles.
    halves = {k: np.maximum(r, 0.05) for k, r in radii.items()}
    room = style.COLUMN - LEFT - style.MARGIN
    across = places(flows, order, halves, room, GAP)
    across = {k: LEFT + x for k, x in across.items()}
    down = {k: top + y for k, y in down.items()}
    axes = style.sheet(figure)
    if chosen in down:
        half = float(radii[chosen].max()) + 0.06
        axes.axhspan(
            down[chosen] - half, down[chosen] + half, color=style.BAND, zorder=0, linewidth=0
        )
    draw_flows(axes, flows, across, down)
    known: dict[int, dict[int, int | None]] = {}
    for row in identity.itertuples():
        pooled = None if pd.isna(row.pooled_cluster) else int(row.pooled_cluster)
        known.setdefault(int(row.k), {})[int(row.cluster)] = pooled
    for k, at in across.items():
        ground = style.BAND if k == chosen else "white"
        draw_clusters(axes, at, down[k], radii[k], known.get(k, {}), ground)
        weight = "bold" if k == chosen else "normal"
        style.write(
            figure,
            style.MARGIN,
            down[k],
            f"k = {k}",
            size=style.BODY,
            va="center_baseline",
            weight=weight,
        )
    style.describe(figure, tell(flows))
    style.note(figure, note)
    return figure


def tell(flows: dict[int, Floats]) -> str:
    """How much of each k stays together, for the alternative text."""
    kept = [
        f"k = {k} to {k + 1} {style.percent(float(flow.max(axis=1).sum() / max(flow.sum(), 1)))}"
        for k, flow in flows.items()
    ]
    return f"Trials that go where most of their cluster goes: {', '.join(kept)}."
