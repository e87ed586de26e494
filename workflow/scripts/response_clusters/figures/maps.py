"""The prototypes on the brain: axial slices through a subject's mean volume, a row per cluster."""

from math import ceil
from typing import Any

import numpy as np
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from response_clusters.comparison.identity import Identity, match_text
from response_clusters.figures import style
from response_clusters.figures.agreement import COLOURS
from response_clusters.figures.slices import (
    SLICES,
    Volume,
    Window,
    outline,
    pictures,
    slice_names,
    underlay,
    window_of,
)
from response_clusters.sources.voxels import Voxels

ONE_COLUMN = 7  # clusters; more of them stand in two columns
LABELS, LABEL_LINE = 0.98, 0.17  # inches: names beside the slices, or above them
GAP, BETWEEN, HEADS, FOOT = 0.05, 0.22, 0.16, 0.52  # inches
TALLEST = 8.7  # inches of all rows together, so that a page holds the figure


def map_figure(
    voxels: Voxels,
    values: Volume,
    mean: Volume | None,
    fit: dict[str, Any],
    identity: Identity,
    subject: str,
    note: str = "",
) -> Figure:
    """One row of axial slices per cluster, all with the same slices and the same colours.

    Parameters
    ----------
    voxels : Voxels
        The subject's regions, with the axes in the standard order: to the right, forwards, upwards.
    values : ndarray of shape (voxels, k)
        What is painted on each, in the order of ``np.argwhere(voxels.mask)``.
    mean : ndarray of shape (X, Y, Z) or None
        The subject's mean volume, with its axes in the same order.
    fit : dict
        A fit's summary: k, trials and sizes.
    identity : dict
        The pooled cluster that each cluster is matched to.
    subject, note : str
        A subject; a line for the figure's foot.
    """
    k, window = int(fit["k"]), window_of(voxels, mean)
    prototypes = "prototype" if k == 1 else "prototypes"
    title = f"{subject}: {prototypes} of {style.the_clusters(k)} on the brain"
    subtitle = _subtitle(voxels, mean is not None)
    columns = 1 if k <= ONE_COLUMN else 2
    lines = ceil(k / columns)
    beside, above = (LABELS, 0.07) if columns == 1 else (0.0, LABEL_LINE)
    block = (style.COLUMN - 2 * style.MARGIN - (columns - 1) * BETWEEN) / columns
    wide = (block - beside) / SLICES - GAP
    wide = min(wide, (TALLEST / lines - above) / window.ratio)
    high, step = wide * window.ratio, (block - beside - wide) / (SLICES - 1)
    top = style.heading_height(style.COLUMN, title, subtitle) + HEADS + 0.04
    unseen = style.wrapped(
        _unseen(voxels, window.slices), style.COLUMN - 2 * style.MARGIN, style.SMALL
    )
    bottom = top + lines * (high + above)
    figure = style.canvas(style.COLUMN, bottom + FOOT + 0.11 * len(unseen))
    style.heading(figure, title, subtitle)
    sheet = style.sheet(figure)
    # A scale that ends in a plain number.
    limit = max(ceil(20 * float(np.abs(values).max()) - 1e-6), 1) / 20
    names = slice_names(voxels, window.slices)
    style.describe(figure, f"The slices, from the lowest: {', '.join(names)}.")
    if any(style.text_width(name, 5) > wide for name in names):
        names = [name.replace(" = ", " ") for name in names]
    greys = underlay(voxels, mean, window)
    corners: list[list[tuple[float, float]]] = [[] for _ in names]
    for cluster in range(1, k + 1):
        column, line = divmod(cluster - 1, lines)
        left = style.MARGIN + column * (block + BETWEEN)
        y = top + line * (high + above) + (above if columns > 1 else 0)
        if columns == 1:
            _name(figure, sheet, (left, y, high), cluster, fit, identity)
        else:
            _name_above(figure, sheet, (left, y - 0.035), cluster, fit, identity)
        drawn = pictures(voxels, values[:, cluster - 1], greys, window, limit)
        for number, picture in enumerate(drawn):
            x = left + beside + number * step
            spot = (x, x + wide, y + high, y)
            sheet.imshow(picture, extent=spot, aspect="auto", interpolation="none")
            corners[number].append((x, y + high))
            if line == 0:
                where = y - (0.05 if columns == 1 else above + 0.03)
                look: dict[str, Any] = {"ha": "center", "va": "baseline", "size": 5}
                style.write(figure, x + wide / 2, where, names[number], color=style.QUIET, **look)
        if voxels.affine is not None:
            _sides(figure, (left + beside, y, wide, high))
        style.describe(figure, _told(voxels, values[:, cluster - 1], cluster, fit))
    _outlines(figure, sheet, voxels, window, wide, corners)
    _scale(figure, sheet, limit, bottom + 0.1)
    for row, text in enumerate(unseen):
        look = {"size": style.SMALL, "color": style.QUIET}
        style.write(figure, style.MARGIN, bottom + 0.37 + 0.11 * row, text, **look)
    style.note(figure, note)
    return figure


def _subtitle(voxels: Voxels, has_mean: bool) -> str:
    """What the slices show and how they lie."""
    under = "axial slices through the subject's mean volume"
    if voxels.affine is None:
        under = "slices through the subject's mean volume"
    if not has_mean:
        under = under.replace("through the subject's mean volume", "of the subject's regions")
    sentences = [
        f"Prototypes on {under}: each voxel has the value of its region, or the "
        "mean over its regions if it is in several; lines outline the regions."
    ]
    if not has_mean:
        sentences.append("There is no mean volume to draw them on.")
    if voxels.affine is None:
        sentences.append(
            "The label volumes state no orientation: slices are drawn in the order of the file, "
            "its first axis to the right and its second upwards; which side is left is not known."
        )
    else:
        sentences.append(
            "The subject's left is on the left (L; neurological convention), the front at the top."
        )
    return " ".join(sentences)


def _unseen(voxels: Voxels, slices: list[int]) -> str:
    """A sentence on the regions that no slice cuts; empty if there are none."""
    z = np.argwhere(voxels.mask)[:, 2]
    missed = [name for name, rows in voxels.members.items() if not np.isin(z[rows], slices).any()]
    return f"In none of these slices: {', '.join(missed)}." if missed else ""


def _told(voxels: Voxels, values: Volume, cluster: int, fit: dict[str, Any]) -> str:
    """A cluster's extremes, for the alternative text."""

    def where(row: int) -> str:
        return " and ".join(name for name, rows in voxels.members.items() if row in rows)

    most, least = int(values.argmax()), int(values.argmin())
    return (
        f"Cluster {cluster}, {style.size_text(fit, cluster)}: highest in {where(most)} "
        f"({style.number(values[most], 2)}), lowest in {where(least)} "
        f"({style.number(values[least], 2)})."
    )


def _name(
    figure: Figure,
    sheet: Axes,
    box: tuple[float, float, float],
    cluster: int,
    fit: dict[str, Any],
    identity: Identity,
) -> None:
    """Write a cluster's name and size into a box beside its row."""
    left, y, high = box
    colour, middle = style.cluster_colour(identity[cluster]), y + high / 2
    sheet.add_patch(Rectangle((left, y), 0.04, high, color=colour, linewidth=0))
    look: dict[str, Any] = {"size": style.LABEL, "weight": "bold", "color": colour}
    style.write(figure, left + 0.08, middle - 0.16, f"Cluster {cluster}", **look)
    lines = [*style.size_lines(fit, cluster), match_text(cluster, identity)]
    for row, text in enumerate(filter(None, lines)):
        style.write(figure, left + 0.08, middle - 0.03 + 0.1 * row, text, size=style.SMALL)


def _name_above(
    figure: Figure,
    sheet: Axes,
    spot: tuple[float, float],
    cluster: int,
    fit: dict[str, Any],
    identity: Identity,
) -> None:
    """As `_name`, in a line that stands on a point."""
    left, y = spot
    colour, name = style.cluster_colour(identity[cluster]), f"Cluster {cluster}"
    sheet.add_patch(Rectangle((left, y - 0.08), 0.04, 0.09, color=colour, linewidth=0))
    look: dict[str, Any] = {"size": style.LABEL, "weight": "bold", "color": colour}
    style.write(figure, left + 0.08, y, name, va="baseline", **look)
    after = left + 0.14 + style.text_width(name, style.LABEL, "bold")
    text = ", ".join(filter(None, [style.size_text(fit, cluster), match_text(cluster, identity)]))
    style.write(figure, after, y, text, va="baseline", size=style.SMALL)


def _sides(figure: Figure, box: tuple[float, float, float, float]) -> None:
    """Mark the left and the right of a slice, in its lower corners."""
    x, y, wide, high = box
    look: dict[str, Any] = {"va": "baseline", "size": 5, "weight": "bold"}
    style.write(figure, x + 0.025, y + high - 0.025, "L", **look)
    style.write(figure, x + wide - 0.025, y + high - 0.025, "R", ha="right", **look)


def _outlines(
    figure: Figure,
    sheet: Axes,
    voxels: Voxels,
    window: Window,
    wide: float,
    corners: list[list[tuple[float, float]]],
) -> None:
    """Surround the regions: the lines of a slice are in the file once, and used in every row."""
    across, up = window.across, window.up
    pixel = wide / (across.stop - across.start)
    tall = pixel * window.side[1] / window.side[0]
    for z, places in zip(window.slices, corners, strict=True):
        lines = PathCollection(
            [outline(voxels.mask[across, up, z], pixel, tall)],
            offsets=places,
            offset_transform=sheet.transData,
            facecolors="none",
            edgecolors=style.INK,
            linewidths=0.3,
            zorder=3,
        )
        lines.set_transform(figure.dpi_scale_trans)
        sheet.add_collection(lines, autolim=False)


def _scale(figure: Figure, sheet: Axes, limit: float, y: float) -> None:
    """Draw the colour scale, the same for all slices, and say what its ends mean."""
    wide, high, text = 1.5, 0.08, "Prototype: below the mean of all regions"
    x = style.MARGIN + style.text_width(text, style.BODY) + 0.1
    ramp = colormaps[COLOURS["cmap"]](np.linspace(0, 1, 201))[None, :, :3]
    sheet.imshow(ramp, extent=(x, x + wide, y + high, y), aspect="auto", interpolation="none")
    look: dict[str, Any] = {"size": style.BODY, "va": "center_baseline"}
    style.write(figure, style.MARGIN, y + high / 2, text, **look)
    style.write(figure, x + wide + 0.07, y + high / 2, "above it", **look)
    for share in (0, 0.25, 0.5, 0.75, 1):
        at = x + share * wide
        sheet.plot([at, at], [y + high, y + high + 0.025], color=style.QUIET, linewidth=0.5)
        text = style.number((2 * share - 1) * limit)
        style.write(figure, at, y + high + 0.035, text, size=style.SMALL, ha="center")
