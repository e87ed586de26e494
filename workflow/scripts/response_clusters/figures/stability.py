"""Whether the same clusters come again from other images: halves, bootstraps and the best rival."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator
from response_clusters.figures import models, style
from response_clusters.statistics.stability import HENNIG

CURVES = {
    "prediction_strength": "Prediction strength",
    "half_ari": "Adjusted Rand index of halves",
    "half_r": "Matched r of halves",
}
SUPPORTED = 0.8
"""The prediction strength from which Tibshirani and Walther call k supported."""
READING = ("not to be trusted", "a pattern", "stable", "highly stable")
"""fpc's words for a cluster's mean Jaccard: below, between and above the values of `HENNIG`."""
RIVAL = {
    "rival_objective": "Excess of objective",
    "rival_ari": "Adjusted Rand index",
    "rival_r": "Least matched r",
}
SUMMARY = {"jaccard_mean": "Mean", "jaccard_least": "Least"}
HIGH, LEFT, GAP, ROW = 1.35, 0.45, 0.4, 0.17  # inches
RIGHT = 2.3  # inches of the rival's numbers


def jaccard_rows(stability: pd.DataFrame, k: int) -> pd.DataFrame:
    """The rows of each cluster's Jaccard at the chosen k, in their order, then their summary."""
    at = stability[stability["k"] == k].set_index("statistic", drop=False)
    names = [f"jaccard_{n}" for n in range(1, k + 1)]
    return at.loc[[name for name in (*names, *SUMMARY) if name in at.index]]


def draw_jaccard(axes: Axes, rows: pd.DataFrame) -> None:
    """Draw a row per cluster, with both models and fpc's marks."""
    axes.set(ylim=(len(rows) - 0.5, -0.5), yticks=[])
    axes.spines["left"].set_visible(False)
    drawn = np.concatenate([models.values(rows, name) for name in ("observed", "low", "groups")])
    low = min([0.5, *drawn[np.isfinite(drawn)]])
    axes.set_xlim(float(np.floor(10 * low) / 10), 1)
    axes.xaxis.set_major_locator(MultipleLocator(0.1 if low > 0.35 else 0.2))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    axes.tick_params(labelsize=style.SMALL, pad=1.5)
    for mark in HENNIG:
        axes.axvline(mark, color=style.QUIET, linewidth=0.6, linestyle=(0, (4, 2)), zorder=0)
        look: dict[str, Any] = {"ha": "center", "size": 5, "color": style.QUIET}
        shift: dict[str, Any] = {"xytext": (0, 2), "textcoords": "offset points"}
        text = f"{mark:g}".removeprefix("0")
        axes.annotate(text, (mark, 1), xycoords=axes.get_xaxis_transform(), **shift, **look)
    for y, (_, row) in enumerate(rows.iterrows()):
        cluster = cluster_of(row["statistic"])
        colour = style.cluster_colour(cluster) if cluster else models.OBSERVED
        models.draw_span(axes, y, row, high=0.2, colour=colour)


def cluster_of(statistic: str) -> int:
    """The cluster whose Jaccard a statistic is; 0 for their summary."""
    number = statistic.removeprefix("jaccard_")
    return int(number) if number.isdigit() else 0


def stability_figure(stability: pd.DataFrame, k: int, note: str = "") -> Figure:
    """Three statistics of halves over k; below, the clusters in bootstraps and the best rival.

    Parameters
    ----------
    stability : DataFrame
        k, statistic, observed, continuum, low, high, p, groups and index.
    k : int
        The chosen number of clusters of the pooled cohort.
    note : str
        A line for the figure's foot.
    """
    title = "Do the same clusters come again from other images?"
    last = supported(stability)
    subtitle = (
        "Above: clusters of one half of the images against those of the other half, all subjects "
        f"pooled. {last}Below: how well each cluster is found again in bootstraps of images. A "
        "continuum, too, has stable clusters if its covariance has a few strong directions."
    )
    rows = jaccard_rows(stability, k)
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.02
    lower = top + 0.45 + HIGH + 0.8
    figure = style.canvas(style.COLUMN, lower + ROW * max(len(rows), 4) + 0.5)
    style.heading(figure, title, subtitle)
    top = models.legend(figure, top, stability) + 0.24
    wide = (style.COLUMN - LEFT - style.MARGIN - 2 * GAP) / 3
    for column, (statistic, name) in enumerate(CURVES.items()):
        axes = style.place(figure, LEFT + column * (wide + GAP), top, wide, HIGH)
        part = stability[stability["statistic"] == statistic]
        axes.set_title(name, size=style.BODY, pad=11)
        axes.set_xlabel("k", size=style.BODY, labelpad=1)
        draw_halves(axes, part, k, statistic == "prediction_strength")
    left = style.MARGIN + style.text_width("Cluster 00", style.SMALL, "bold") + 0.1
    across = style.COLUMN - left - RIGHT - 2 * style.MARGIN
    if len(rows):
        jaccard = style.place(figure, left, lower, across, ROW * len(rows))
        draw_jaccard(jaccard, rows)
        jaccard.set_xlabel("Jaccard similarity, mean over bootstraps", size=style.BODY, labelpad=1)
    head = f"Each cluster at k = {k} in bootstraps of images"
    style.write(figure, style.MARGIN, lower - 0.34, head, size=style.BODY)
    marks = "Dot: data. Bar and dash: continuum." + (
        " Diamond: groups." if models.known(rows, "groups") else ""
    )
    style.write(figure, style.MARGIN, lower - 0.22, marks, size=5, color=style.QUIET)
    for row, statistic in enumerate(rows["statistic"]):
        cluster = cluster_of(statistic)
        text = f"Cluster {cluster}" if cluster else SUMMARY[statistic]
        look: dict[str, Any] = {"size": style.SMALL, "weight": "bold", "va": "center_baseline"}
        colour = style.cluster_colour(cluster) if cluster else style.INK
        style.write(figure, style.MARGIN, lower + (row + 0.5) * ROW, text, color=colour, **look)
    write_rival(
        figure, style.COLUMN - style.MARGIN - RIGHT, lower - 0.34, stability[stability["k"] == k]
    )
    style.describe(figure, tell(rows))
    style.note(figure, note)
    return figure


def draw_halves(axes: Axes, table: pd.DataFrame, k: int, strength: bool) -> None:
    """Draw a statistic of halves over k, from 0 or less to 1."""
    if table.empty or not models.known(table, "observed", "continuum", "groups"):
        models.say_quietly(axes, 0.5, 0.5, "no value")
        axes.set(xticks=[], yticks=[])
        return
    models.draw_curves(axes, table)
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), 1.02)
    axes.spines["left"].set_bounds(axes.get_ylim()[0], 1)
    axes.yaxis.set_major_locator(MultipleLocator(0.2))
    if strength:
        axes.axhline(SUPPORTED, color=style.QUIET, linewidth=0.6, linestyle=(0, (4, 2)), zorder=0)
    models.mark_k(axes, k)


def supported(stability: pd.DataFrame) -> str:
    """The sentence on the last k whose prediction strength exceeds .8."""
    strength = stability[stability["statistic"] == "prediction_strength"]
    above = strength.loc[strength["observed"].astype(float) > SUPPORTED, "k"]
    if strength["observed"].isna().all():
        return ""
    dashed = "a prediction strength above 0.8 (dashed), from which k counts as supported"
    if above.empty:
        return f"No k has {dashed}. "
    return f"The last k with {dashed}, is {int(above.max())}. "


def write_rival(figure: Figure, left: float, top: float, at: pd.DataFrame) -> None:
    """Write how good and how different the best other solution is, in the data and models."""
    style.write(figure, left, top, "The best other solution among replicates", size=style.BODY)
    numbers = at.set_index("statistic")
    edges = [left + RIGHT - 0.98, left + RIGHT - 0.43, left + RIGHT]
    quiet: dict[str, Any] = {"size": 5, "color": style.QUIET, "ha": "right"}
    for edge, text in zip(edges, ("data", "continuum", "groups"), strict=True):
        style.write(figure, edge, top + 0.17, text, **quiet)
    for row, (statistic, name) in enumerate(RIVAL.items()):
        y = top + 0.3 + 0.15 * row
        style.write(figure, left, y, name, size=style.SMALL)
        for edge, column in zip(edges, ("observed", "continuum", "groups"), strict=True):
            value = numbers[column].get(statistic)
            text = "–" if value is None or pd.isna(value) else rival_text(statistic, float(value))
            style.write(figure, edge, y, text, size=style.SMALL, ha="right")
    style.write(
        figure,
        left,
        top + 0.78,
        "–: none, all replicates are the same solution",
        **(quiet | {"ha": "left"}),
    )


def rival_text(statistic: str, value: float) -> str:
    """An excess in percent, or an agreement in two decimals."""
    if statistic == "rival_objective":
        return f"{style.number(100 * value, 2)} %"
    return style.correlation(value)


def tell(rows: pd.DataFrame) -> str:
    """The clusters' Jaccard in words, for the alternative text."""
    parts = []
    for _, row in rows.iterrows():
        if (cluster := cluster_of(row["statistic"])) and pd.notna(row["observed"]):
            value = float(row["observed"])
            reading = READING[int(np.searchsorted(HENNIG, value, side="right"))]
            parts.append(f"cluster {cluster} {style.number(value, 2)} ({reading})")
    return f"Jaccard in bootstraps: {', '.join(parts) or 'none'}."
