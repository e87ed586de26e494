"""Agreement of clusters: between presentations of an image, and between subjects that saw it."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from response_clusters.figures import models, style
from response_clusters.names import POOLED

ALL = "all"
ROW, LEGEND, FOOT = 0.2, 0.42, 0.5  # inches: a cohort's row, the legend above, the axis below
LARGEST, NUMBERED = 0.34, 0.21  # inches: the largest cell, and the smallest with a number in it
NAME = 1.1  # inches of a name at most
COLUMNS = {"observed": "κ", "index": "Index"}
COLUMN = 0.42
MARKS: dict[str, tuple[str, dict[str, Any]]] = {
    "observed": (
        "Observed, with 95 % of bootstraps",
        {"marker": "o", "color": models.OBSERVED, "markersize": 4},
    ),
    "permuted": ("Images permuted", {"marker": "|", "color": style.QUIET, "markersize": 6}),
    "continuum": (
        "Continuum",
        {"marker": "|", "color": models.CONTINUUM, "markersize": 8, "markeredgewidth": 2},
    ),
    "groups": ("Distinct groups", {"marker": "D", "color": models.GROUPS, "markersize": 3.6}),
}
KAPPA_COLOURS = "Blues"


def draw_repeats(axes: Axes, kappa: pd.DataFrame) -> None:
    """Draw κ of every cohort with its interval, and what chance and both models give.

    Parameters
    ----------
    axes : Axes
    kappa : DataFrame
        A row for each cohort in the order of rows: observed, low, high, permuted, continuum,
        groups and index, each of which may be missing.
    """
    rows = np.arange(len(kappa))
    axes.axvline(0, color=style.RULE, linewidth=0.6, zorder=0)
    axes.hlines(rows, kappa["low"], kappa["high"], color=models.OBSERVED, linewidth=1.2)
    handles: list[Line2D] = []
    # The observed value is drawn last, above the others.
    for name, (label, look) in reversed(MARKS.items()):
        if kappa[name].notna().any():
            axes.plot(kappa[name], rows, linestyle="none", **look)
            handles.insert(0, Line2D([], [], linestyle="none", label=label, **look))
    if not handles:
        axes.set_xlim(0, 1)
    axes.set_ylim(len(kappa) - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel("κ of two presentations of an image")
    if handles:
        axes.legend(
            handles,
            [str(handle.get_label()) for handle in handles],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            borderaxespad=0.2,
            ncols=2,
            frameon=False,
            fontsize=style.BODY,
            columnspacing=1.2,
            handletextpad=0.2,
        )


def write_rows(axes: Axes, kappa: pd.DataFrame) -> None:
    """Write each row's cohort at the left and its numbers at the right of the panel."""
    wide, high = np.divide(axes.get_window_extent().size, axes.figure.dpi)
    across = axes.get_yaxis_transform()
    for row, cohort in enumerate(kappa["cohort"]):
        pooled = cohort == POOLED
        look: dict[str, Any] = {"va": "center", "weight": "bold" if pooled else "normal"}
        name = style.elided("Pooled" if pooled else cohort, NAME, style.BODY)
        axes.text(-0.08 / wide, row, name, transform=across, ha="right", **look)
        for place, column in enumerate(COLUMNS, start=1):
            value = kappa[column].iloc[row]
            text = "–" if pd.isna(value) else style.number(value, 2)
            at = 1 + place * COLUMN / wide
            axes.text(at, row, text, transform=across, ha="right", **look)
    for place, title in enumerate(COLUMNS.values(), start=1):
        at = 1 + place * COLUMN / wide
        look = {"ha": "right", "va": "bottom", "color": style.QUIET}
        axes.text(at, 1 + 0.03 / high, title, transform=axes.transAxes, **look)


def kappa_matrix(shared: pd.DataFrame) -> tuple[list[str], np.ndarray[Any, np.dtype[np.float64]]]:
    """The subjects of a shared table, and κ with the later ones as rows, nan elsewhere."""
    pairs = shared[shared["subject_a"] != ALL]
    names = list(dict.fromkeys([*pairs["subject_a"], *pairs["subject_b"]]))
    places = {name: i for i, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    for a, b, kappa in zip(pairs["subject_a"], pairs["subject_b"], pairs["kappa"], strict=True):
        matrix[places[b], places[a]] = np.nan if pd.isna(kappa) else kappa
    return names, matrix[1:, :-1]


def draw_shared(axes: Axes, shared: pd.DataFrame, cell: float) -> None:
    """Draw κ of each pair of subjects as a cell, `cell` inches wide, with its number if it fits."""
    names, matrix = kappa_matrix(shared)
    # Up to a round number, so that small differences between pairs are not made to look large.
    top = max(0.1, np.ceil(10 * np.nanmax(matrix, initial=0)) / 10)
    colours = colormaps[KAPPA_COLOURS]
    axes.pcolormesh(matrix, cmap=colours, vmin=0, vmax=top, edgecolor="white", linewidth=0.5)
    axes.invert_yaxis()
    for row, column in np.argwhere(np.tri(len(matrix), dtype=bool)):
        kappa = matrix[row, column]
        if cell >= NUMBERED:
            ground = style.contrast(to_hex(colours(0 if np.isnan(kappa) else kappa / top)))
            ink = "white" if ground > style.contrast(style.INK) / ground else style.INK
            text = "–" if np.isnan(kappa) else style.number(kappa, 2)
            look: dict[str, Any] = {"ha": "center", "va": "center", "size": 5, "color": ink}
            axes.text(column + 0.5, row + 0.5, text, **look)
    step = int(np.ceil(0.1 / cell))  # no closer than lines of text
    ticks = np.arange(0, len(matrix), step)
    short = [style.elided(name, NAME / 2, style.SMALL) for name in names]
    axes.set_xticks(ticks + 0.5, [short[i] for i in ticks], rotation=90, size=style.SMALL)
    axes.set_yticks(ticks + 0.5, [short[i + 1] for i in ticks], size=style.SMALL)
    axes.tick_params(length=0, pad=2)
    axes.spines[["left", "bottom"]].set_visible(False)


def in_words(repeats: pd.DataFrame, shared: pd.DataFrame | None) -> tuple[str, str]:
    """The title and the subtitle: how often repeats agree, and what κ and the index say."""
    pooled = repeats[repeats["cohort"] == POOLED].set_index("statistic")
    agreement = pooled.loc["agreement"]
    if pd.isna(agreement["observed"]):
        subtitle = "So it cannot be said whether an image's responses fall into the same cluster."
        return "No image is known to have been presented twice", subtitle
    title = f"{style.percent(agreement['observed'])} of repeats fall into the same cluster"
    if not pd.isna(agreement["permuted"]):
        title += f"; by chance, {style.percent(agreement['permuted'])} would"
    subtitle = (
        f"All subjects pooled, k = {pooled['k'].iloc[0]}. κ is 0 where clusters agree as often as "
        "by chance and 1 where they always do. The index is 0 for responses without clusters and "
        "1 for k distinct groups."
    )
    together = shared[shared["subject_a"] == ALL] if shared is not None else pd.DataFrame()
    if len(together) and not pd.isna(together["kappa"].iloc[0]):
        images = style.counted(int(together["images"].iloc[0]), "shared image", "shared images")
        kappa = style.number(together["kappa"].iloc[0], 2)
        subtitle += f" Between subjects, κ = {kappa} over {images}."
    return title, subtitle


def repeats_figure(
    repeats: pd.DataFrame, shared: pd.DataFrame | None = None, note: str = ""
) -> Figure:
    """κ of repeats by cohort beside chance and both models, and κ of each pair of subjects.

    Parameters
    ----------
    repeats : DataFrame
        The table of repeats.
    shared : DataFrame, optional
        The table of shared images, where there are several subjects and images are known.
    note : str
        A line for the figure's foot.
    """
    kappa = repeats[repeats["statistic"] == "kappa"]
    kappa = kappa.assign(late=kappa["cohort"] != POOLED).sort_values("late", kind="stable")
    numbers = ["observed", "low", "high", "permuted", "continuum", "groups", "index"]
    kappa[numbers] = kappa[numbers].astype(float)
    title, subtitle = in_words(repeats, shared)
    names = ["Pooled", *kappa["cohort"]]
    left = style.MARGIN + 0.1 + min(NAME, style.widest(names, style.BODY, "bold"))
    right, cell, side = style.COLUMN - style.MARGIN - 2 * COLUMN, 0.0, 0.0
    if shared is not None:
        subjects, matrix = kappa_matrix(shared)
        room = min(NAME / 2, style.widest(subjects, style.SMALL))
        cell = min(LARGEST, 2.3 / len(matrix))
        side = cell * len(matrix)
        beside = style.COLUMN - style.MARGIN - max(side, 1.2)
        right = beside - room - 0.3 - 2 * COLUMN
    high = max(ROW * len(kappa), side, 1.0)
    top = style.heading_height(style.COLUMN, title, subtitle) + LEGEND
    foot = FOOT if shared is None else max(FOOT, room + 0.35)
    figure = style.canvas(style.COLUMN, top + high + foot)
    style.heading(figure, title, subtitle)
    panel = style.place(figure, left, top, right - left, high)
    draw_repeats(panel, kappa)
    write_rows(panel, kappa)
    if shared is not None:
        draw_shared(style.place(figure, beside, top, side, side), shared, cell)
        style.write(figure, beside, top - 0.16, "κ between subjects", size=style.LABEL)
    style.note(figure, note)
    return figure
