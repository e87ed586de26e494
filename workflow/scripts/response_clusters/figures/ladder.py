"""How much k clusters explain as noise is averaged away, beside both models."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from response_clusters.figures import models, style

LEVELS = {
    "trials": ("trials", "trials", "#9a9a9a", "o"),
    "images": ("means of an image's presentations", "means over presentations", "#5c5c5c", "s"),
    "shared": ("means over subjects of shared images", "means over subjects", style.INK, "D"),
}
"""Name, short name, colour and mark of each level: the less noise, the darker."""
HIGH, SMALL_HIGH, LEFT = 1.5, 1.25, 0.5  # inches


def levels_of(ladder: pd.DataFrame) -> list[str]:
    """The levels that the table has, from the most noise to the least."""
    return [level for level in LEVELS if (ladder["level"] == level).any()]


def draw_indices(axes: Axes, ladder: pd.DataFrame) -> list[str]:
    """Draw the index over k, a line per level; names the levels that have none.

    An index beyond the axis is an arrow at its edge.
    """
    low, high = models.index_limits(models.values(ladder, "index"))
    axes.set_ylim(low, high)
    models.draw_ends(axes, upright=False)
    without = []
    for level in levels_of(ladder):
        *_, colour, marker = LEVELS[level]
        part = ladder[(ladder["level"] == level) & ladder["index"].notna()].sort_values("k")
        if part.empty:
            without.append(level)
            continue
        index = part["index"].to_numpy(float)
        shown, k = np.clip(index, low, high), part["k"].to_numpy(int)
        axes.plot(k, shown, color=colour, linewidth=1.1, zorder=3)
        for mark, there in ((marker, shown == index), ("^", index > high), ("v", index < low)):
            look: dict[str, Any] = {"marker": mark, "markersize": 3.6, "linestyle": "none"}
            axes.plot(k[there], shown[there], color=colour, clip_on=False, zorder=4, **look)
    k = ladder["k"].to_numpy(int)
    axes.set_xlim(k.min() - 0.5, k.max() + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, min_n_ticks=1))
    axes.tick_params(labelsize=style.SMALL, pad=1.5)
    return without


def ladder_figure(ladder: pd.DataFrame, chosen: int, note: str = "") -> Figure:
    """The index over k for each level, and R² explained with both models below.

    Parameters
    ----------
    ladder : DataFrame
        level, rows, k, statistic, observed, continuum, low, high, groups and index.
    chosen : int
        The chosen number of clusters of the pooled cohort.
    note : str
        A line for the figure's foot.
    """
    ladder = ladder[ladder["statistic"] == "r2_explained"]
    levels = levels_of(ladder)
    title = "With less noise, do groups show more clearly?"
    subtitle = (
        "R² explained by k clusters of all subjects pooled: of trials, and of means with less "
        "noise in them. If there are groups, the index rises towards 1 from level to level; in a "
        "continuum it stays at 0."
    )
    if not levels:
        return models.empty_figure(title, subtitle, "Nothing to compare: no level has a k", note)
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.08
    lower = top + HIGH + 1.0
    figure = style.canvas(style.COLUMN, lower + 0.34 + SMALL_HIGH + 0.5)
    style.heading(figure, title, subtitle)
    key = draw_key(figure, top, ladder, levels)
    beside = style.text_width("continuum", style.SMALL, "bold") + 0.06
    wide = style.COLUMN - LEFT - beside - style.MARGIN
    index = style.place(figure, LEFT, key, wide, HIGH)
    without = draw_indices(index, ladder)
    index.set_ylabel("Index", size=style.BODY)
    index.set_xlabel("k", size=style.BODY, labelpad=1)
    models.mark_k(index, chosen)
    if without:
        text = "no index of " + " and ".join(LEVELS[level][0] for level in without)
        if without == levels:
            text = f"no index: {models.without_index(ladder.iloc[0])}"
        models.say_quietly(index, float(np.mean(index.get_xlim())), 0.5, text)
    below = models.legend(figure, lower - 0.14, ladder) + 0.2
    gap = 0.35
    wide = (style.COLUMN - LEFT - style.MARGIN - 0.08 - 2 * gap) / 3
    for column, level in enumerate(levels):
        axes = style.place(figure, LEFT + column * (wide + gap), below, wide, SMALL_HIGH)
        draw_level(axes, ladder[ladder["level"] == level])
        axes.set_title(f"R² explained: {LEVELS[level][1]}", size=style.SMALL, pad=9)
        models.mark_k(axes, chosen)
    at = ladder[ladder["k"] == chosen].set_index("level")["index"]
    told = [f"{LEVELS[level][0]} {models.index_text(at[level])}" for level in levels if level in at]
    style.describe(figure, f"Index at k = {chosen}: {', '.join(told) or 'none'}.")
    style.note(figure, note)
    return figure


def draw_key(figure: Figure, top: float, ladder: pd.DataFrame, levels: list[str]) -> float:
    """Write what the lines mean, and how many rows each level has; returns where axes can start."""
    wide = style.COLUMN - 2 * style.MARGIN
    axes = style.place(figure, style.MARGIN, top, wide, style.LINE)
    axes.set_axis_off()
    axes.set(xlim=(0, wide), ylim=(0, style.LINE))
    left = 0.0
    for level in levels:
        name, _, colour, marker = LEVELS[level]
        rows = int(ladder.loc[ladder["level"] == level, "rows"].max())
        text, at = f"{name[0].upper()}{name[1:]} ({rows:,})", style.LINE / 2
        look: dict[str, Any] = {"marker": marker, "markevery": [1], "markersize": 3.6}
        axes.plot([left, left + 0.1, left + 0.2], [at] * 3, color=colour, linewidth=1.1, **look)
        axes.text(left + 0.26, at, text, size=style.SMALL, va="center_baseline")
        left += 0.26 + style.text_width(text, style.SMALL) + 0.22
    return top + style.LINE + 0.2


def draw_level(axes: Axes, table: pd.DataFrame) -> None:
    """Draw R² explained over k at one level."""
    models.draw_curves(axes, table)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda r2, _: style.number(r2)))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.set_xlabel("k", size=style.BODY, labelpad=1)
