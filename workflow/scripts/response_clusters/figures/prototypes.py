"""The geometry of the pooled prototypes: are they distinct, or the poles of a few axes?"""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from matplotlib.ticker import FuncFormatter, MultipleLocator
from response_clusters.figures import models, style
from response_clusters.figures.agreement import tick_step
from response_clusters.figures.placing import place_labels

PLANES = ((1, 2), (1, 3), (2, 3))
LIMIT = 1.08
MARK = 8.0  # points: how wide a prototype is drawn
LEFT, GAP, ROW = 0.45, 0.42, 0.15  # inches
GREYS = ("#4d4d4d", "#7d7d7d", "#a3a3a3", "#c4c4c4", "#dedede")
"""The shares of axes 1 to 5."""


def pairs_of(prototypes: pd.DataFrame) -> list[tuple[int, int, float]]:
    """Each prototype with its most negative r, and that r; each pair once."""
    pairs: dict[tuple[int, int], float] = {}
    for row in prototypes.dropna(subset=["antipode", "antipode_cluster"]).itertuples():
        a, b = sorted((int(row.cluster), int(row.antipode_cluster)))
        pairs[a, b] = float(row.antipode)
    return [(a, b, r) for (a, b), r in sorted(pairs.items()) if r < 0]


def draw_plane(axes: Axes, points: pd.DataFrame, pairs: list[tuple[int, int, float]]) -> None:
    """Draw trials, prototypes and the lines between antipodes on two axes.

    Parameters
    ----------
    axes : Axes
        A square.
    points : DataFrame
        kind, cluster, x and y: unit rows, so that what lies wholly in the plane is on the circle.
    pairs : list of (int, int, float)
        Prototypes to join, and their r: the more negative, the wider the line.
    """
    axes.set(xlim=(-LIMIT, LIMIT), ylim=(-LIMIT, LIMIT))
    axes.add_patch(Circle((0, 0), 1, fill=False, color=style.RULE, linewidth=0.6, zorder=1))
    axes.axhline(0, color=style.BLANK, linewidth=0.5, zorder=0)
    axes.axvline(0, color=style.BLANK, linewidth=0.5, zorder=0)
    trials = points[points["kind"] == "trial"]
    colours = [style.tint(style.cluster_colour(int(n)), 0.4) for n in trials["cluster"]]
    # Thousands of dots in an SVG as a picture; everything else as shapes and text.
    dots: dict[str, Any] = {"linewidths": 0, "zorder": 2, "rasterized": True}
    axes.scatter(trials["x"], trials["y"], 2.2, colours, **dots)
    prototypes = points[points["kind"] == "prototype"].set_index("cluster").sort_index()
    for a, b, r in pairs:
        ends = prototypes.loc[[a, b]]
        axes.plot(ends["x"], ends["y"], color=style.INK, linewidth=0.2 + 1.4 * r * r, zorder=3)
    look: dict[str, Any] = {"marker": "o", "linestyle": "none", "markersize": MARK, "zorder": 4}
    for n, x, y in zip(prototypes.index, prototypes["x"], prototypes["y"], strict=True):
        edge: dict[str, Any] = {"markeredgecolor": "white", "markeredgewidth": 0.6}
        axes.plot([x], [y], color=style.cluster_colour(n), clip_on=False, **look, **edge)
    name_points(axes, prototypes)
    axes.xaxis.set_major_locator(MultipleLocator(1))
    axes.yaxis.set_major_locator(MultipleLocator(1))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda r, _: style.number(r)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda r, _: style.number(r)))
    axes.tick_params(labelsize=style.SMALL, pad=1.5)
    for spine in axes.spines.values():
        spine.set_visible(False)


def name_points(axes: Axes, prototypes: pd.DataFrame) -> None:
    """Write each cluster's number into its mark, or beside it where marks are close together."""
    figure = axes.get_figure(root=True)
    assert figure is not None
    wide = axes.get_position().width * figure.get_figwidth()
    inches = (prototypes[["x", "y"]].to_numpy(float) + LIMIT) * wide / (2 * LIMIT)
    texts = [str(n) for n in prototypes.index]
    apart = np.linalg.norm(inches[:, None] - inches[None], axis=2) + 9 * np.eye(len(inches))
    alone = apart.min(axis=1) > 1.1 * MARK / 72
    sizes = np.array([[style.text_width(t, style.BODY, "bold") + 0.03, 0.095] for t in texts])
    # Those inside their marks come first: they are in nobody's way, and the others keep away.
    order = np.flatnonzero(~alone)
    places = inches.copy()
    if len(order):
        everyone = np.concatenate([inches[order], inches[alone]])
        needed = np.concatenate([sizes[order], np.zeros((int(alone.sum()), 2))])
        places[order] = place_labels(everyone, needed, (wide, wide), MARK / 144)[: len(order)]
    look: dict[str, Any] = {"ha": "center", "va": "center_baseline", "weight": "bold", "zorder": 6}
    for n, text, at, place, inside in zip(
        prototypes.index, texts, inches, places, alone, strict=True
    ):
        x, y = place * 2 * LIMIT / wide - LIMIT
        colour = style.cluster_colour(n)
        axes.text(
            x,
            y,
            text,
            size=(style.SMALL if n < 10 else 5) if inside else style.BODY,
            color="white" if inside else colour,
            **look,
        )
        if np.linalg.norm(place - at) > 0.2:
            start = at * 2 * LIMIT / wide - LIMIT
            axes.plot([start[0], x], [start[1], y], color=colour, linewidth=0.4, zorder=3.5)


def draw_rows(panels: tuple[Axes, Axes, Axes], prototypes: pd.DataFrame) -> None:
    """Draw, for each prototype, its r with surrogates, its antipode and its share in the axes."""
    surrogates, antipodes, shares = panels
    rows = range(len(prototypes))
    for axes in panels:
        axes.set(ylim=(len(prototypes) - 0.5, -0.5), yticks=[])
        axes.spines["left"].set_visible(False)
        axes.tick_params(labelsize=style.SMALL, pad=1.5)
    r = np.concatenate([models.values(prototypes, name) for name in ("r_low", "r", "r_surrogates")])
    low = float(np.floor(10 * min([0.55, *r[np.isfinite(r)]])) / 10)
    surrogates.set_xlim(low, 1)
    surrogates.xaxis.set_major_locator(MultipleLocator(tick_step(low)))
    antipodes.set_xlim(-1, 0)
    antipodes.xaxis.set_major_locator(MultipleLocator(0.5))
    shares.set_xlim(0, 1)
    shares.xaxis.set_major_locator(MultipleLocator(0.5))
    for axes in panels:
        axes.xaxis.set_major_formatter(FuncFormatter(lambda r, _: style.number(r)))
    for y, (_, row) in zip(rows, prototypes.iterrows(), strict=True):
        colour = style.cluster_colour(int(row["cluster"]))
        if pd.notna(row["r_low"]) and pd.notna(row["r_high"]):
            ends = float(row["r_low"]), float(row["r_high"])
            surrogates.hlines(y, *ends, color=models.CONTINUUM, linewidth=2.2, zorder=2)
        if pd.notna(row["r_surrogates"]):
            at = float(row["r_surrogates"])
            surrogates.vlines(at, y - 0.34, y + 0.34, color=style.INK, linewidth=0.9, zorder=3)
        look: dict[str, Any] = {"marker": "o", "markersize": 3.6, "clip_on": False, "zorder": 4}
        if pd.notna(row["r"]):
            surrogates.plot([float(row["r"])], [y], color=colour, **look)
        if pd.notna(row["antipode"]):
            r_least = float(row["antipode"])
            antipodes.hlines(y, min(r_least, 0), 0, color=colour, linewidth=1.6)
            antipodes.plot([min(r_least, 0)], [y], color=colour, **look)
            other = row["antipode_cluster"]
            text = style.correlation(r_least) + ("" if pd.isna(other) else f" with {int(other)}")
            antipodes.text(
                0.06, y, text, size=style.SMALL, va="center", transform=antipodes.transData
            )
        before = 0.0
        for grey, m in zip(GREYS, range(1, 6), strict=True):
            if pd.notna(row[f"axes_{m}"]):
                upto = float(row[f"axes_{m}"])
                shares.barh(y, upto - before, 0.7, left=before, color=grey, linewidth=0)
                before = upto


def prototypes_figure(prototypes: pd.DataFrame, axes: pd.DataFrame, note: str = "") -> Figure:
    """Prototypes and trials on three axes; below, each prototype beside those of surrogates.

    Parameters
    ----------
    prototypes : DataFrame
        One row per cluster: cluster, r, r_low, r_high, r_surrogates, antipode, antipode_cluster and
        axes_1 to axes_5.
    axes : DataFrame
        kind (trial or prototype), cluster, and axis_1 to axis_3, the r of a row with each axis.
    note : str
        A line for the figure's foot.
    """
    prototypes = prototypes.sort_values("cluster")
    title = "Are clusters the poles of a few axes?"
    subtitle = (
        "Prototypes (numbers) and a sample of trials (dots) of all subjects pooled on the "
        "principal axes of the responses; what lies on a circle lies wholly in its two axes. Lines "
        "join each prototype with its most negative r, the wider the more negative. In a "
        "continuum, prototypes are the two ends of a few axes: lines are wide and cross in the "
        "middle."
    )
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.08
    side = (style.COLUMN - LEFT - 2 * GAP - style.MARGIN) / 3
    lower = top + side + 0.78
    figure = style.canvas(style.COLUMN, lower + ROW * len(prototypes) + 0.4)
    style.heading(figure, title, subtitle)
    pairs = pairs_of(prototypes)
    for number, (across, up) in enumerate(PLANES):
        plane = style.place(figure, LEFT + number * (side + GAP), top, side, side)
        points = axes.rename(columns={f"axis_{across}": "x", f"axis_{up}": "y"})
        draw_plane(plane, points, pairs)
        plane.set_xlabel(f"Axis {across} (r)", size=style.BODY, labelpad=1)
        plane.set_ylabel(f"Axis {up} (r)", size=style.BODY, labelpad=-2)
    names = style.MARGIN + style.text_width("Cluster 00", style.SMALL, "bold") + 0.06
    beside = style.text_width("−0.999 with 00", style.SMALL) + 0.16
    wide = (style.COLUMN - names - beside - style.MARGIN - 2 * 0.3) / 3
    lefts = (names, names + wide + 0.3, names + 2 * wide + 0.6 + beside)
    high = ROW * len(prototypes)
    panels = tuple(style.place(figure, left, lower, wide, high) for left in lefts)
    draw_rows((panels[0], panels[1], panels[2]), prototypes)
    heads = (
        ("r with prototypes of the continuum", "Dot: median, blue: range, dash: surrogates' own"),
        ("Most negative r with another prototype", ""),
        ("Share of squared length in axes 1 to 5", "From dark (axis 1) to light (axis 5)"),
    )
    for left, (head, further) in zip(lefts, heads, strict=True):
        style.write(figure, left, lower - 0.29, head, size=style.BODY)
        style.write(figure, left, lower - 0.17, further, size=5, color=style.QUIET)
    for row, cluster in enumerate(prototypes["cluster"]):
        look: dict[str, Any] = {"size": style.SMALL, "weight": "bold", "va": "center_baseline"}
        colour = style.cluster_colour(int(cluster))
        style.write(
            figure,
            style.MARGIN,
            lower + (row + 0.5) * ROW,
            f"Cluster {cluster}",
            color=colour,
            **look,
        )
    told = [f"{a} and {b} {style.correlation(r)}" for a, b, r in pairs]
    style.describe(figure, f"Most negative r: {', '.join(told) or 'none'}.")
    style.note(figure, note)
    return figure
