"""The elbow beside that of responses without clusters and of responses in k groups."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from response_clusters.figures import models, style
from response_clusters.figures.elbow import THRESHOLD, TITLES

HIGH, LEFT, GAP, BETWEEN = 1.5, 0.5, 0.62, 0.62  # inches
SOURCES = {
    "bootstrap": (models.OBSERVED, "Data, images drawn anew"),
    "continuum": (models.CONTINUUM, "Continuum"),
    "groups": (models.GROUPS, "k distinct groups"),
}
"""Colour and name of each source of chosen k."""


def gains_of(curve: pd.DataFrame) -> pd.DataFrame:
    """What each k adds to the R² of k − 1, in the data and in the mean of each model.

    Parameters
    ----------
    curve : DataFrame
        One row per k, with observed, continuum and groups. The mean of surrogates' gains is the
        gain of their mean.

    Returns
    -------
    DataFrame
        Columns k, observed, continuum and groups; null where k − 1 is not in the table.
    """
    curve = curve.sort_values("k").reset_index(drop=True)
    gains = curve[["k"]].copy()
    follows = curve["k"].diff() == 1
    for column in ("observed", "continuum", "groups"):
        gains[column] = curve[column].astype("Float64").diff().where(follows)
    return gains[follows].reset_index(drop=True)


def draw_gains(axes: Axes, gains: pd.DataFrame, threshold: float) -> None:
    """Draw gains near the threshold; the first ones are ten times as large and are cut off."""
    highest = max(8 * threshold, 0.02)
    models.draw_curves(axes, gains)
    for line in axes.get_lines():
        line.set_clip_on(True)
    shown = np.concatenate(
        [models.values(gains, name) for name in ("observed", "continuum", "groups")]
    )
    shown = shown[np.isfinite(shown)]
    lowest = min([0.0, *shown])
    axes.set_ylim(
        1.1 * lowest - 0.02 * highest, min(highest, max([2 * threshold, *(1.15 * shown)]))
    )
    axes.axhline(threshold, color=THRESHOLD, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda gain, _: style.number(gain)))


def draw_choices(axes: Axes, chosen: pd.DataFrame, first: int, last: int) -> None:
    """Draw how often each source chose each k, one row of bars per source.

    Parameters
    ----------
    axes : Axes
    chosen : DataFrame
        source, k, draws and share.
    first, last : int
        The k that the axis shows.
    """
    rows = [source for source in SOURCES if (chosen["source"] == source).any()]
    for row, source in enumerate(rows):
        part, (colour, name) = chosen[chosen["source"] == source], SOURCES[source]
        foot = len(rows) - 1 - row
        share = part["share"].to_numpy(float)
        axes.bar(part["k"], 0.5 * share, 0.8, bottom=foot, color=colour, linewidth=0)
        for k, of in zip(part["k"], share, strict=True):
            look: dict[str, Any] = {"ha": "center", "va": "bottom", "size": 5}
            axes.text(k, foot + 0.5 * of + 0.03, style.percent(of), **look)
        axes.axhline(foot, color=style.RULE, linewidth=0.5, zorder=3)
        draws = style.counted(int(part["draws"].sum()), "draw", "draws")
        axes.text(first - 0.4, foot + 0.75, f"{name}: {draws}", size=style.SMALL, va="bottom")
    axes.set(xlim=(first - 0.5, last + 0.5), ylim=(0, max(len(rows), 1)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=10, integer=True, min_n_ticks=1))
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.tick_params(labelsize=style.SMALL, pad=1.5)


def in_words(chosen: pd.DataFrame, k: int) -> str:
    """The sentence on the k that the models choose."""
    parts = []
    for source, name in (("continuum", "a continuum"), ("groups", f"{k} distinct groups")):
        part = chosen[chosen["source"] == source].sort_values("k")
        if part.empty:
            continue
        of = int(part["draws"].sum())
        each = [f"{int(row.k)} in {int(row.draws)}" for row in part.itertuples()]
        parts.append(f"surrogates of {name} choose {', '.join(each)} of {of}")
    return f"The data choose k = {k}; {'; '.join(parts)}." if parts else f"The data choose k = {k}."


def curve_figure(
    curve: pd.DataFrame, chosen: pd.DataFrame, choice: dict[str, Any], note: str = ""
) -> Figure:
    """R² and its gains over k in the data and both models, and the k that each chooses.

    Parameters
    ----------
    curve : DataFrame
        Of the pooled cohort: k, statistic, observed, continuum, low, high, groups, groups_low and
        groups_high.
    chosen : DataFrame
        Of the pooled cohort: source, k, draws and share.
    choice : dict
        The elbow record: statistic, threshold and k.
    note : str
        A line for the figure's foot.
    """
    k, threshold, name = int(choice["k"]), float(choice["threshold"]), TITLES[choice["statistic"]]
    table = curve[curve["statistic"] == choice["statistic"]].sort_values("k")
    title = "Would responses without clusters have the same elbow?"
    subtitle = (
        f"{name} over k of all subjects pooled, of surrogates that are one continuous cloud with "
        "the covariance of the data, and of surrogates in k distinct groups. "
        f"{in_words(chosen, k)}"
    )
    if table.empty:
        return models.empty_figure(title, subtitle, "Nothing to compare: no k", note)
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.02
    figure = style.canvas(style.COLUMN, top + 0.45 + 2 * HIGH + BETWEEN + 0.5)
    style.heading(figure, title, subtitle)
    top = models.legend(figure, top, table) + 0.25
    wide = (style.COLUMN - LEFT - GAP - style.MARGIN) / 2
    right, lower = LEFT + wide + GAP, top + HIGH + BETWEEN
    whole, gains = (style.place(figure, left, top, wide, HIGH) for left in (LEFT, right))
    above, choices = (style.place(figure, left, lower, wide, HIGH) for left in (LEFT, right))
    models.draw_curves(whole, table)
    whole.set_ylim(min(0.0, *whole.get_ylim()), 1)
    draw_gains(gains, gains_of(table), threshold)
    models.draw_curves(above, table, zero="continuum")
    if not models.known(table, "continuum"):
        models.say_quietly(above, float(np.mean(above.get_xlim())), 0, "no surrogate has a value")
    above.yaxis.set_major_formatter(FuncFormatter(lambda r2, _: style.number(r2)))
    ks = [*table["k"], *chosen["k"], k]
    draw_choices(choices, chosen, min(ks), max(ks))
    for axes, text in (
        (whole, name),
        (gains, f"Gain in {name} over k − 1 (dashed: threshold {threshold:g})"),
        (above, f"{name} minus the mean of the continuum"),
        (choices, "Share of draws in which the elbow chooses k"),
    ):
        axes.set_title(text, size=style.BODY, pad=11)
        axes.set_xlabel("k", size=style.BODY, labelpad=1)
        models.mark_k(axes, k)
    style.describe(figure, tell(table, k))
    style.note(figure, note)
    return figure


def tell(table: pd.DataFrame, k: int) -> str:
    """The numbers at the chosen k, for the alternative text."""
    at = table[table["k"] == k]
    if at.empty or pd.isna(at["observed"].iloc[0]):
        return f"At k = {k}: no value."
    row = at.iloc[0]
    words = [f"At k = {k}: data {style.number(row['observed'], 3)}"]
    words += [
        f"{name} {style.number(row[column], 3)}"
        for column, name in (("continuum", "continuum"), ("groups", "groups"))
        if pd.notna(row[column])
    ]
    return ", ".join(words) + "."
