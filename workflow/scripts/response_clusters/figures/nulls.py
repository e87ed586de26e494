"""The study's statistics on one scale, from a continuum (0) to k distinct groups (1)."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from response_clusters.figures import models, style
from response_clusters.names import POOLED

NAMES = {
    "r2_between": "R² between",
    "r2_explained": "R² explained",
    "matched_r_median": "Matched r between subjects: median",
    "matched_r_above": "Matched r between subjects: share above 0.8",
    "r_next_k": "Matched r of k and k + 1",
    "repeat_kappa": "κ of an image's presentations",
    "repeat_information": "Mutual information of an image's presentations",
    "shared_kappa": "κ of images that subjects share",
    "antipode_median": "Most negative r of two prototypes: median",
}
"""What a reader calls each statistic, in the order in which they are drawn."""

HIGH = 0.29  # inches of a row
COLUMNS = ("index", "data", "continuum", "groups", "p")
ROOM = 0.39  # inches of a column of numbers; the continuum's has an interval, too
INTERVAL = 1.0
LARGE: dict[str, Any] = {"color": models.OBSERVED, "markersize": 5.5, "zorder": 4}
SMALL: dict[str, Any] = {
    **{"color": style.QUIET, "markersize": 2.8, "zorder": 3},
    **{"markerfacecolor": "white", "markeredgewidth": 0.6},
}
"""The marks of all subjects pooled and of one of them."""
INTERVAL_COLOUR = style.tint(models.CONTINUUM, 0.6)
DOWN = 0.26  # of a row: how far subjects are below the pooled cohort


def rows_of(nulls: pd.DataFrame) -> list[str]:
    """The statistics of the table, in the order of `NAMES`; the chosen k has another figure."""
    there = set(nulls["statistic"])
    return [statistic for statistic in NAMES if statistic in there]


def on_scale(row: Any, value: Any) -> float:
    """A value of a row's statistic on the scale of its index; nan where there is none."""
    parts = (value, row["continuum"], row["groups"])
    if pd.isna(row["index"]) or any(pd.isna(part) for part in parts):
        return float("nan")
    value, zero, one = map(float, parts)
    return (value - zero) / (one - zero)


def draw_index(axes: Axes, y: float, index: float, **look: Any) -> None:
    """Draw an index as a dot, or as an arrow at the edge that it lies beyond."""
    low, high = axes.get_xlim()
    beyond = "<" if index < low else ">" if index > high else ""
    x = min(max(index, low), high)
    shape: dict[str, Any] = {"marker": beyond or "o", "linestyle": "none", "clip_on": False}
    axes.plot([x], [y], **shape, **look)


def draw_row(
    axes: Axes, y: float, whole: pd.Series | None, subjects: pd.DataFrame, ground: str
) -> None:
    """Draw one statistic: the interval of the continuum, the pooled index and those of subjects.

    Without a pooled index, the row says why, on the colour of its `ground`.
    """
    if whole is not None:
        ends = np.clip(
            [on_scale(whole, whole["low"]), on_scale(whole, whole["high"])], *axes.get_xlim()
        )
        if reason := models.without_index(whole):
            models.say_quietly(axes, 0.5, y, reason, ground)
        else:
            # At least a hair wide: an interval can be far narrower than the models are apart.
            middle, half = ends.mean(), max(float(np.ptp(ends)) / 2, 0.006)
            span: dict[str, Any] = {"color": INTERVAL_COLOUR, "linewidth": 0, "zorder": 1}
            axes.fill_between([middle - half, middle + half], y - 0.3, y + 0.1, **span)
            draw_index(axes, y - 0.1, float(whole["index"]), **LARGE)
    for index in subjects["index"].dropna().astype(float):
        draw_index(axes, y + DOWN, index, **SMALL)


def numbers_of(row: pd.Series) -> dict[str, str]:
    """The texts of a row's columns; a dash where there is no value."""

    def text(column: str) -> str:
        return "–" if pd.isna(row[column]) else models.decimal(float(row[column]))

    interval = text("continuum")
    if pd.notna(row["low"]) and pd.notna(row["high"]):
        interval += f" ({text('low')} to {text('high')})"
    return {
        "index": models.index_text(row["index"]),
        "data": text("observed"),
        "continuum": interval,
        "groups": text("groups"),
        "p": text("p"),
    }


def nulls_figure(nulls: pd.DataFrame, k: int, note: str = "") -> Figure:
    """One row per statistic: the index of the pooled cohort and of subjects, and the numbers.

    Parameters
    ----------
    nulls : DataFrame
        cohort, k, statistic, observed, continuum, low, high, p, groups and index.
    k : int
        The chosen number of clusters of the pooled cohort.
    note : str
        A line for the figure's foot.
    """
    rows = rows_of(nulls)
    title = "A continuum or groups?"
    count = nulls.loc[nulls["cohort"] != POOLED, "cohort"].nunique()
    subtitle = (
        "Where each statistic lies between surrogates without any clusters (0) and surrogates with "
        f"k distinct groups (1), at the chosen k ({k} for all subjects pooled). The covariance of "
        "responses is the same in all of them."
    )
    if not rows:
        return models.empty_figure(title, subtitle, "Nothing to compare: no statistics", note)
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.02
    figure = style.canvas(style.COLUMN, top + 0.4 + HIGH * len(rows) + 0.48)
    style.heading(figure, title, subtitle)
    draw_key(figure, top, count)
    top += 0.4
    left = style.MARGIN + style.widest((NAMES[s] for s in rows), style.BODY) + 0.12
    numbers = [ROOM if name != "continuum" else ROOM + INTERVAL for name in COLUMNS]
    wide = style.COLUMN - left - 0.1 - sum(numbers) - style.MARGIN
    axes = style.place(figure, left, top, wide, HIGH * len(rows))
    pooled = nulls[nulls["cohort"] == POOLED]
    spans = [on_scale(row, row[end]) for _, row in pooled.iterrows() for end in ("low", "high")]
    every = np.array([*models.values(nulls, "index"), *spans])
    axes.set(xlim=models.index_limits(every), ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    models.draw_ends(axes)
    axes.set_xlabel("Index", size=style.BODY, labelpad=1)
    edges = left + wide + 0.1 + np.cumsum(numbers)
    heads: dict[str, Any] = {
        "size": style.SMALL,
        "color": style.QUIET,
        "ha": "right",
        "va": "baseline",
    }
    for name, edge in zip(COLUMNS, edges, strict=True):
        text = "continuum (middle 95 %)" if name == "continuum" else name
        style.write(figure, edge, top - 0.042, text, **heads)
    told = []
    for row, statistic in enumerate(rows):
        part = nulls[nulls["statistic"] == statistic]
        pooled = part[part["cohort"] == POOLED]
        whole = pooled.iloc[0] if len(pooled) else None
        ground = "white" if row % 2 else style.BAND
        axes.axhspan(row - 0.5, row + 0.5, color=ground, zorder=-1, linewidth=0)
        draw_row(axes, row, whole, part[part["cohort"] != POOLED], ground)
        middle = top + (row + 0.5) * HIGH
        look: dict[str, Any] = {"size": style.BODY, "va": "center"}
        style.write(figure, left - 0.08, middle, NAMES[statistic], ha="right", **look)
        if whole is not None:
            for (column, text), edge in zip(numbers_of(whole).items(), edges, strict=True):
                weight = "bold" if column == "index" else "normal"
                number: dict[str, Any] = {"size": style.SMALL, "weight": weight, "va": "center"}
                style.write(figure, edge, middle, text, ha="right", **number)
            told.append(f"{NAMES[statistic]}: {models.index_text(whole['index'])}")
    style.describe(figure, "Index of all subjects pooled: " + "; ".join(told) + ".")
    style.note(figure, note)
    return figure


def draw_key(figure: Figure, top: float, subjects: int) -> None:
    """Write what the marks mean."""
    wide = style.COLUMN - 2 * style.MARGIN
    axes = style.place(figure, style.MARGIN, top, wide, style.LINE)
    axes.set_axis_off()
    axes.set(xlim=(0, wide), ylim=(0, style.LINE))
    middle, across = style.LINE / 2, 0.06
    marks = (
        {"All subjects pooled": LARGE, "A subject": SMALL}
        if subjects
        else {"All subjects pooled": LARGE}
    )
    for text, mark in marks.items():
        draw_index(axes, middle, across, **mark)
        axes.text(across + 0.1, middle, text, size=style.SMALL, va="center_baseline")
        across += 0.3 + style.text_width(text, style.SMALL)
    span = [across - 0.04, across + 0.04]
    axes.fill_between(span, 0.02, style.LINE - 0.02, color=INTERVAL_COLOUR, linewidth=0)
    text = "The middle 95 % of the continuum's surrogates"
    axes.text(across + 0.1, middle, text, size=style.SMALL, va="center_baseline")
