"""The strongest categories of each cluster, with intervals, in sample and out of it."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from response_clusters.figures import style

SAMPLES = {
    "in_sample": ("In sample", "o", 3.4),
    "other_images": ("Prototypes from other images", "s", 3.0),
    "other_subjects": ("Prototypes from other subjects", "D", 2.8),
}
"""Name, marker and its size in points."""
ALL = "all"
LEVEL = 0.05
ROW, BETWEEN, CLUSTERS, NAMES = 0.215, 0.08, 0.62, 1.2  # inches
APART = 0.062  # inches between the samples of a category
MOST_ROWS, MOST_EACH = 36, 5
TICKS = {
    **{0.001: "1/1000", 0.01: "1/100", 0.1: "1/10", 1: "1", 10: "10", 100: "100", 1000: "1,000"},
    **{1 / 30: "1/30", 1 / 3: "1/3", 3: "3", 30: "30", 300: "300"},
}


def top_of(table: pd.DataFrame) -> str:
    """The length of the lists that the table has, as text; `all` if it has none."""
    return next((str(top) for top in table["top"].unique() if top != ALL), ALL)


def strongest(table: pd.DataFrame, cluster: int, most: int) -> list[str]:
    """The categories with the highest log-odds in a cluster's list, in sample, above 0.

    Only those count whose q is known: the others are in too few images.
    """
    rows = table[(table["sample"] == "in_sample") & (table["top"] == top_of(table))]
    rows = rows[(rows["cluster"] == cluster) & rows["q"].notna() & (rows["log_odds"] > 0)]
    rows = rows.sort_values(["log_odds", "category"], ascending=[False, True])
    return [str(category) for category in rows["category"].head(most)]


def limits(drawn: pd.DataFrame) -> tuple[float, float]:
    """The log-odds that a scale needs for all that is drawn, 1 among them."""
    values = drawn[["log_odds", "low", "high"]].to_numpy(float)
    low = np.nanmin(values, initial=np.log(1 / 2))
    high = np.nanmax(values, initial=np.log(12))
    return max(low, np.log(1 / 40)) - 0.15, high + 0.15


def draw_intervals(axes: Axes, rows: pd.DataFrame, places: dict[tuple[int, str], float]) -> None:
    """Draw the log-odds and intervals of one column of the figure; q at `LEVEL` or more is hollow.

    Parameters
    ----------
    axes : Axes
        With its limits set. An interval that has no lower end begins at the left edge.
    rows : DataFrame
        Rows of the enrichment table.
    places : dict of float
        Where each cluster and category stands.
    """
    left = axes.get_xlim()[0]
    for row in rows.itertuples():
        if (row.cluster, row.category) not in places or pd.isna(row.log_odds):
            continue
        _, marker, size = SAMPLES[row.sample]
        offset = (list(SAMPLES).index(row.sample) - 1) * APART
        y = places[row.cluster, row.category] + offset
        colour = style.cluster_colour(row.cluster)
        low = left if pd.isna(row.low) else max(row.low, left)
        look: dict[str, Any] = {"color": colour, "linewidth": 0.7, "zorder": 2}
        if not pd.isna(row.high):
            axes.hlines(y, low, row.high, **look)
        certain = not pd.isna(row.q) and row.q < LEVEL
        look = {"mfc": colour if certain else "white", "mec": colour, "mew": 0.6, "zorder": 3}
        axes.plot(max(row.log_odds, left), y, marker, markersize=size, **look)


def scale(axes: Axes) -> None:
    """Title the axis and write odds at it, as many as have room."""
    low, high = axes.get_xlim()
    wide = axes.get_window_extent().width / axes.figure.dpi
    room = wide / (high - low) * np.log(10)  # inches for a factor of 10
    ticks = [t for t in sorted(TICKS) if low <= np.log(t) <= high]
    if room < 0.7:
        ticks = [t for t in ticks if np.isclose(np.log10(t), round(np.log10(t)))]
    axes.set_xticks(np.log(ticks), [TICKS[t] for t in ticks])
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=style.QUIET, linewidth=0.6, zorder=1)
    axes.set_xlabel("Odds against all images", size=style.BODY, labelpad=2)


def legend(figure: Figure, top: float, samples: list[str]) -> None:
    """Explain the markers in one line."""
    axes = style.sheet(figure)
    across = style.MARGIN
    entries = [(*SAMPLES[name], style.QUIET) for name in SAMPLES if name in samples]
    for text, marker, size, face in [*entries, (f"Hollow: q ≥ {LEVEL:g}", "o", 3.4, "white")]:
        look: dict[str, Any] = {"mfc": face, "mec": style.QUIET, "mew": 0.6, "markersize": size}
        axes.plot(across + 0.04, top + 0.045, marker, **look)
        style.write(figure, across + 0.12, top + 0.045, text, va="center")
        across += 0.12 + style.text_width(text) + 0.22


def enrichment_figure(table: pd.DataFrame, k: int, note: str = "") -> Figure:
    """Forest plots of the strongest categories of each cluster, of the nearest and of all images.

    Parameters
    ----------
    table : DataFrame
        The enrichment table.
    k : int
        The number of clusters.
    note : str
        A line for the figure's foot.
    """
    each = max(1, min(MOST_EACH, MOST_ROWS // k))
    listed = top_of(table)
    title = "What clusters' images show more often than others"
    nearest = f"the {listed} nearest images" if listed != ALL else "its images"
    subtitle = (
        f"For each cluster of all subjects pooled, the categories with the highest odds among "
        f"{nearest}, at most {each}: their odds in the cluster over those in all annotated images, "
        "with 95 % intervals; each image counts once. In sample, prototypes were fitted to the "
        "same trials; the others show whether it holds for images or subjects that they were not "
        "fitted to."
    )
    chosen = {cluster: strongest(table, cluster, each) for cluster in range(1, k + 1)}
    places: dict[tuple[int, str], float] = {}
    heads: dict[int, float] = {}
    down = 0.0
    for cluster, categories in chosen.items():
        heads[cluster] = down + ROW / 2
        for category in categories or [""]:
            places[cluster, category] = down + ROW / 2
            down += ROW
        down += BETWEEN
    key = style.heading_height(style.COLUMN, title, subtitle) + 0.06
    top = key + 0.36
    figure = style.canvas(style.COLUMN, top + down + 0.5)
    style.heading(figure, title, subtitle)
    legend(figure, key, list(table["sample"].unique()))
    pairs = zip(table["cluster"], table["category"], strict=True)
    drawn = table[np.array([pair in places for pair in pairs], dtype=bool)]
    left = style.MARGIN + CLUSTERS + NAMES
    tops = [listed, ALL] if listed != ALL else [ALL]
    wide = (style.COLUMN - left - style.MARGIN - 0.12 * (len(tops) - 1)) / len(tops)
    for column, name in enumerate(tops):
        axes = style.place(figure, left + column * (wide + 0.12), top, wide, down)
        axes.set(xlim=limits(drawn), ylim=(down, 0))
        for number, y in enumerate(places.values()):
            if number % 2 == 0:
                axes.axhspan(y - ROW / 2, y + ROW / 2, color=style.BAND, linewidth=0, zorder=0)
        draw_intervals(axes, drawn[drawn["top"] == name], places)
        scale(axes)
        words = "All images, by share of trials" if name == ALL else f"The {name} nearest images"
        axes.set_title(words, pad=4, size=style.BODY, weight="bold")
    for cluster, y in heads.items():
        colour = style.cluster_colour(cluster)
        look: dict[str, Any] = {"color": colour, "weight": "bold", "va": "center"}
        style.write(figure, style.MARGIN, top + y, f"Cluster {cluster}", **look)
    for (_, category), y in places.items():
        name = style.elided(category or "none in enough images", NAMES - 0.1, style.BODY)
        ink = style.INK if category else style.QUIET
        look = {"ha": "right", "va": "center", "size": style.BODY, "color": ink}
        style.write(figure, left - 0.06, top + y, name, **look)
    for cluster, categories in chosen.items():
        words = ", ".join(categories) or "none"
        style.describe(figure, f"Cluster {cluster}: {words}.")
    style.note(figure, note)
    return figure
