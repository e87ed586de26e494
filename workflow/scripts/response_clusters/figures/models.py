"""How the figures of claims draw the data beside both reference models, and the index."""

from math import trunc
from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from response_clusters.figures import style
from response_clusters.names import POOLED

OBSERVED, CONTINUUM, GROUPS = style.INK, "#4bb4e6", "#d29600"
"""The data and both models. In Oklab each is at least 0.1 from all colours of clusters and from the
others, in normal vision and in three kinds of dichromacy; text is never in the lighter two."""
DASHES = (0, (3.5, 1.8))
DOT: dict[str, Any] = {"marker": "o", "markersize": 4, "linestyle": "none", "zorder": 4}
DIAMOND: dict[str, Any] = {"marker": "D", "markersize": 3.6, "linestyle": "none", "zorder": 3}
"""The marks of the data and of groups where a statistic is not a curve over k."""
SHARE = 0.35
"""How much of a model's colour is in its band."""

LEAST, MOST = -1.0, 2.0
"""The scale of an index ends there at the latest: what lies beyond is drawn as an arrow."""


def known(table: pd.DataFrame, *columns: str) -> bool:
    """Whether any row has a value in the first of `columns` that the table has."""
    return any(bool(table[column].notna().any()) for column in columns if column in table)


def values(table: pd.DataFrame, column: str) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """A column as float64, nan for null."""
    return table[column].astype("Float64").to_numpy(np.float64, na_value=np.nan)


def draw_curves(axes: Axes, table: pd.DataFrame, zero: str = "") -> None:
    """Draw a statistic over k: the data, and the mean and the band of each model.

    Parameters
    ----------
    axes : Axes
    table : DataFrame
        One row per k, with the columns observed, continuum, low, high, groups and, if there are
        any, groups_low and groups_high. Null values are left out.
    zero : str
        A column to subtract from all others.
    """
    table = table.sort_values("k")
    k = table["k"].to_numpy(int)
    base = values(table, zero) if zero else np.zeros(len(table))
    # A line needs two points: a lone one is drawn as a dash.
    lone = {"marker": "_", "markersize": 7} if len(table) == 1 else {}
    for column, colour, low, high, dashes in (
        ("groups", GROUPS, "groups_low", "groups_high", DASHES),
        ("continuum", CONTINUUM, "low", "high", "-"),
    ):
        if low in table:
            band: dict[str, Any] = {"color": style.tint(colour, SHARE), "zorder": 1}
            edges = values(table, low) - base, values(table, high) - base
            axes.fill_between(k, *edges, linewidth=0, **band)
            axes.vlines(k, *edges, linewidth=2.2, **band)
        mean: dict[str, Any] = {"color": colour, "linewidth": 1.2, "linestyle": dashes, **lone}
        if known(table, column):
            axes.plot(k, values(table, column) - base, zorder=2, **mean)
    look: dict[str, Any] = {"marker": "o", "markersize": 2.6, "linewidth": 0.9, "zorder": 4}
    axes.plot(k, values(table, "observed") - base, color=OBSERVED, clip_on=False, **look)
    axes.set_xlim(k.min() - 0.5, k.max() + 0.5)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, min_n_ticks=1))
    axes.tick_params(labelsize=style.SMALL, pad=1.5)


def mark_k(axes: Axes, k: int, named: bool = True) -> None:
    """Mark the chosen k by a grey line, named above it, if the axis has that k."""
    low, high = axes.get_xlim()
    if not low <= k <= high:
        return
    axes.axvline(k, color=style.BLANK, linewidth=4, zorder=-1)
    if named:
        axes.annotate(
            f"k = {k}",
            (k, 1),
            xytext=(0, 1.5),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            ha="center",
            size=style.SMALL,
            weight="bold",
        )


def draw_span(
    axes: Axes, y: float, row: pd.Series, high: float = 0.16, colour: str = OBSERVED
) -> None:
    """Draw one statistic across, at height `y`: the data, the continuum's interval and both means.

    Parameters
    ----------
    axes : Axes
    y : float
    row : Series
        With observed, continuum, low, high and groups; what is null is left out.
    high : float
        Half the height of the marks.
    colour : str
        Of the data.
    """
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        span = float(row["low"]), float(row["high"])
        band = style.tint(CONTINUUM, SHARE)
        axes.fill_between(span, y - high, y + high, color=band, linewidth=0, zorder=1)
    if pd.notna(row["continuum"]):
        ends = (y - 1.25 * high, y + 1.25 * high)
        axes.vlines(float(row["continuum"]), *ends, color=CONTINUUM, linewidth=1.6, zorder=2)
    for column, tone, look in (("groups", GROUPS, DIAMOND), ("observed", colour, DOT)):
        if pd.notna(row[column]):
            axes.plot([float(row[column])], [y], color=tone, clip_on=False, **look)


def legend(figure: Figure, top: float, table: pd.DataFrame, spans: bool = False) -> float:
    """Write what the marks mean in one line; returns where the content below it can start.

    Parameters
    ----------
    figure : Figure
    top : float
        Inches from the figure's top.
    table : DataFrame
        What is drawn: a model without values is left out; with groups_low, that of groups has a
        band, too.
    spans : bool
        Whether the marks are those of `draw_span` and not those of `draw_curves`.
    """
    wide, middle = style.COLUMN - 2 * style.MARGIN, style.LINE / 2
    axes = style.place(figure, style.MARGIN, top, wide, style.LINE)
    axes.set_axis_off()
    axes.set(xlim=(0, wide), ylim=(0, style.LINE))
    banded = "groups_low" in table
    surrogates = "mean, and middle 95 % of surrogates"
    texts = {"Data": OBSERVED}
    if known(table, "continuum"):
        texts[f"Continuum: {surrogates}"] = CONTINUUM
    if known(table, "groups"):
        texts[f"k distinct groups: {surrogates if banded else 'mean of surrogates'}"] = GROUPS
    left = 0.0
    for text, colour in texts.items():
        ends, at = [left, left + 0.2], [middle, middle]
        if colour == CONTINUUM or (banded and colour == GROUPS):
            look: dict[str, Any] = {"color": style.tint(colour, SHARE), "linewidth": 0}
            axes.fill_between(ends, 0.02, style.LINE - 0.02, **look)
        if spans and colour == CONTINUUM:
            axes.vlines(left + 0.1, 0.005, style.LINE - 0.005, color=colour, linewidth=1.6)
        elif not spans:
            dashes = DASHES if colour == GROUPS else "-"
            axes.plot(ends, at, color=colour, linewidth=1.2, linestyle=dashes)
        if colour == OBSERVED or (spans and colour == GROUPS):
            mark = DOT if colour == OBSERVED else DIAMOND
            axes.plot([left + 0.1], [middle], color=colour, **mark)
        axes.text(left + 0.26, middle, text, size=style.SMALL, va="center_baseline")
        left += 0.26 + style.text_width(text, style.SMALL) + 0.22
    return top + style.LINE + 0.06


def index_limits(index: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> tuple[float, float]:
    """Where an axis of indices begins and ends: around 0 and 1, at `LEAST` and `MOST` at most."""
    there = index[np.isfinite(index)]
    low, high = min([-0.25, *there]), max([1.25, *there])
    return max(LEAST, float(np.floor(10 * low - 0.5) / 10)), min(
        MOST, float(np.ceil(10 * high + 0.5) / 10)
    )


def decimal(value: float) -> str:
    """A number in three decimals, or truncated to four if three would round it up to 1."""
    if 0.9995 <= abs(value) < 1:
        return style.number(trunc(10000 * value) / 10000, 4)
    return style.number(value, 3)


def index_text(index: Any) -> str:
    """An index in two decimals, or a dash."""
    return "–" if pd.isna(index) else style.number(float(index), 2)


def without_index(row: Any) -> str:
    """Why a row has no index; an empty text if it has one."""
    if pd.notna(row["index"]):
        return ""
    if pd.isna(row["observed"]):
        return "not defined in these data"
    if pd.isna(row["continuum"]):
        return "no surrogate has a value"
    if pd.isna(row["groups"]):
        return "no model of groups"
    return "both models give the same"


def draw_ends(axes: Axes, upright: bool = True) -> None:
    """Mark both ends of the index's scale, by upright lines or by level ones, and name them."""
    for at, colour, dashes, name in (
        (0, CONTINUUM, "-", "continuum"),
        (1, GROUPS, DASHES, "groups"),
    ):
        look: dict[str, Any] = {"color": colour, "linewidth": 1.4, "linestyle": dashes, "zorder": 0}
        (axes.axvline if upright else axes.axhline)(at, **look)
        point, shift = ((at, 1), (0, 3)) if upright else ((1, at), (3, 0))
        axes.annotate(
            name,
            point,
            xytext=shift,
            xycoords=axes.get_xaxis_transform() if upright else axes.get_yaxis_transform(),
            textcoords="offset points",
            ha="center" if upright else "left",
            va="baseline" if upright else "center",
            size=style.SMALL,
            weight="bold",
        )


def say_quietly(axes: Axes, x: float, y: float, text: str, ground: str = "white") -> None:
    """Write why something is not there into the middle of axes, on a ground that hides lines."""
    box = {"facecolor": ground, "edgecolor": "none", "pad": 1}
    look: dict[str, Any] = {"size": style.SMALL, "color": style.QUIET, "style": "italic"}
    axes.text(x, y, text, ha="center", va="center", bbox=box, zorder=5, **look)


def empty_figure(title: str, subtitle: str, text: str, note: str) -> Figure:
    """A figure that only says why there is nothing to draw."""
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.1
    figure = style.canvas(style.COLUMN, top + 0.5)
    style.heading(figure, title, subtitle)
    style.write(figure, style.MARGIN, top, text, size=style.LABEL, color=style.QUIET)
    style.note(figure, note)
    return figure


def of_pooled(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of the pooled cohort."""
    return table[table["cohort"] == POOLED].reset_index(drop=True)
