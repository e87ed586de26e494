"""How similar categories' responses are over how often they are seen together."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from response_clusters.figures import style

HIGH, LEFT = 2.4, 0.56  # inches
NAMED, LONGEST = 10, 1.5
"""Pairs with a name at most, and inches of a name."""


def label(axes: Axes, pairs: pd.DataFrame) -> None:
    """Name the pairs farthest from φ = 0 where there is room beside their points.

    No name covers another, or the point of another.
    """
    order = pairs["phi"].abs().sort_values(ascending=False, kind="stable").index[: 5 * NAMED]
    inside, inch = axes.get_window_extent(), axes.figure.dpi
    taken: list[Bbox] = []
    named = 0
    for row in order:
        name = f"{pairs.at[row, 'category_a']}, {pairs.at[row, 'category_b']}"
        name = style.elided(name, LONGEST, style.SMALL)
        x, y = axes.transData.transform((pairs.at[row, "phi"], pairs.at[row, "r"]))
        point = Bbox.from_bounds(x - 0.03 * inch, y - 0.03 * inch, 0.06 * inch, 0.06 * inch)
        wide, high = (style.text_width(name, style.SMALL) + 0.05) * inch, 0.1 * inch
        for left in (x + 0.04 * inch, x - 0.04 * inch - wide):
            box = Bbox.from_bounds(left, y - high / 2, wide, high)
            within = inside.x0 <= box.x0 and box.x1 <= inside.x1
            if not within or any(new.overlaps(old) for new in (point, box) for old in taken):
                continue
            taken += [point, box]
            named += 1
            across, height = axes.transData.inverted().transform((left + 0.02 * inch, y))
            axes.text(across, height, name, size=style.SMALL, va="center", zorder=4)
            axes.plot(pairs.at[row, "phi"], pairs.at[row, "r"], "o", ms=3, color=style.INK)
            break
        if named == NAMED:
            return


def in_words(record: dict[str, Any]) -> str:
    """The subtitle: what a point is, and what the same would be on shuffled pictures."""
    text = (
        "Each point is a pair of categories: φ of the two over images, and Pearson's r over "
        "regions of the mean responses to images that show one without the other, each minus that "
        "to other images which show neither."
    )
    if record["mantel_r"] is None:
        return text
    low, high = (style.number(record[f"shuffled_{end}"], 2) for end in ("low", "high"))
    return (
        f"{text} Over pairs, φ and r have r = {style.number(record['mantel_r'], 2)} "
        f"(p = {style.number(record['p'], 3)}); with shuffled pictures "
        f"{style.number(record['shuffled'], 2)} ({low} to {high}). If images with both counted, "
        f"it would be {style.number(record['circular_r'], 2)}, but "
        f"{style.number(record['circular_shuffled'], 2)} with shuffled pictures."
    )


def cooccurrence_figure(pairs: pd.DataFrame, record: dict[str, Any], note: str = "") -> Figure:
    """r of categories' responses over φ, a point for each pair that has enough images.

    Parameters
    ----------
    pairs : DataFrame
        The cooccurrence table.
    record : dict
        The cooccurrence record.
    note : str
        A line for the figure's foot.
    """
    title = "Do categories that are seen together have similar responses?"
    subtitle = in_words(record)
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.12
    figure = style.canvas(style.COLUMN, top + HIGH + 0.55)
    style.heading(figure, title, subtitle)
    known = pairs.dropna(subset=["phi", "r"]).astype({"phi": float, "r": float})
    counted = style.counted(len(known), "pair", "pairs")
    style.describe(figure, f"{counted} of {record['categories']} categories.")
    if known.empty:
        text = "No two categories have enough images of one without the other"
        style.write(figure, style.MARGIN, top, text, size=style.LABEL, color=style.QUIET)
        style.note(figure, note)
        return figure
    axes = style.place(figure, LEFT, top, style.COLUMN - LEFT - style.MARGIN, HIGH)
    low, high = float(known["phi"].min()), float(known["phi"].max())
    room = 0.05 * max(high - low, 0.1)
    axes.set(xlim=(low - room, high + room), ylim=(-1.05, 1.05))
    axes.set_xlabel("φ of two categories over images (seen together more often: to the right)")
    axes.set_ylabel("r of their responses")
    for line in (axes.axhline, axes.axvline):
        line(0, color=style.RULE, linewidth=0.5, zorder=0)
    # Thousands of points lie over one another: faint ones show where most of them are.
    alpha = float(np.clip(60 / len(known) ** 0.5 / 5, 0.2, 0.7))
    axes.scatter(known["phi"], known["r"], 5, style.PALETTE[0], lw=0, alpha=alpha, zorder=2)
    label(axes, known)
    style.note(figure, note)
    return figure
