"""How well labels are predicted from clusters, from a few axes and from all regions."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.figure import Figure
from response_clusters.figures import style

PANELS = {"r2": "Mean over categories", "r2_pooled": "All categories together"}
NAMED = {
    "cluster": "The cluster of most trials",
    "shares": "Shares of trials by cluster",
    "regions": "All regions",
}
ROW = 0.22  # inches


def name_of(predictor: str) -> str:
    """What the figure calls a predictor."""
    if predictor in NAMED:
        return NAMED[predictor]
    m = int(predictor.removeprefix("axes_"))
    return "The first axis" if m == 1 else f"The first {m} axes"


def colour_of(predictor: str) -> str:
    """Clusters stand out from axes and regions."""
    return style.PALETTE[0] if predictor in ("cluster", "shares") else style.QUIET


def information_figure(table: pd.DataFrame, note: str = "") -> Figure:
    """R² by predictor: the mean over categories, and of all categories together.

    Parameters
    ----------
    table : DataFrame
        The information table.
    note : str
        A line for the figure's foot.
    """
    title = "How well clusters, axes and regions predict what an image shows"
    based = "There are no annotated images."
    if len(table):
        images = style.counted(int(table["images"].iloc[0]), "image", "images")
        labels = style.counted(int(table["categories"].iloc[0]), "category", "categories")
        based = f"Based on {images} and {labels}."
    subtitle = (
        "R² of ridge regression of the presence of each category, in images that it was not "
        "fitted to, and how many numbers describe an image. Axes are the principal axes of unit "
        "rows; where as many axes predict as well, clusters say no more than axes do. " + based
    )
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.3
    high = ROW * max(len(table), 1)
    figure = style.canvas(style.COLUMN, top + high + 0.5)
    style.heading(figure, title, subtitle)
    names = [name_of(predictor) for predictor in table["predictor"]]
    texts = [f"{f:,}" for f in table["features"]]
    left = style.MARGIN + style.widest([*names, "Numbers"]) + 0.55
    wide = (style.COLUMN - left - style.MARGIN - 2 * 0.5) / 2
    style.write(figure, left - 0.1, top - 0.16, "Numbers", ha="right", color=style.QUIET)
    for number, (name, text) in enumerate(zip(names, texts, strict=True)):
        y = top + (number + 0.5) * ROW
        colour = colour_of(table["predictor"].iloc[number])
        ink = style.INK if colour == style.QUIET else colour
        style.write(figure, style.MARGIN, y, name, va="center", color=ink)
        style.write(figure, left - 0.1, y, text, va="center", ha="right", color=style.QUIET)
    for panel, (column, words) in enumerate(PANELS.items()):
        values = table[column].to_numpy(float)
        axes = style.place(figure, left + panel * (wide + 0.5), top, wide, high)
        low, best = np.nanmin(values, initial=0.0), np.nanmax(values, initial=0.01)
        axes.set(xlim=(low, 1.02 * best), ylim=(high, 0), yticks=[], xlabel="Out-of-fold R²")
        axes.xaxis.label.set_fontsize(style.BODY)
        axes.locator_params(axis="x", nbins=5)
        axes.xaxis.set_major_formatter(lambda value, _: style.number(value))
        axes.spines["left"].set_visible(False)
        axes.set_title(words, pad=6, size=style.BODY, weight="bold")
        axes.axvline(0, color=style.QUIET, linewidth=0.6, zorder=1)
        for number, value in enumerate(values):
            y = (number + 0.5) * ROW
            colour = colour_of(table["predictor"].iloc[number])
            if number % 2 == 0:
                axes.axhspan(y - ROW / 2, y + ROW / 2, color=style.BAND, linewidth=0, zorder=0)
            if np.isnan(value):
                continue
            axes.hlines(y, 0, value, color=colour, linewidth=1.2, zorder=2)
            axes.plot(value, y, "o", color=colour, markersize=4, clip_on=False, zorder=3)
            look: dict[str, Any] = {"va": "center", "size": style.BODY, "color": colour}
            look |= {"textcoords": "offset points", "xytext": (5, 0)}
            axes.annotate(style.number(value, 3), (max(value, 0.0), y), **look)
    told = zip(names, table["r2"], strict=True)
    words = "; ".join(f"{name}: R² {style.number(r2, 3)}" for name, r2 in told if not pd.isna(r2))
    style.describe(figure, f"{words or 'No R² is known'}.")
    style.note(figure, note)
    return figure
