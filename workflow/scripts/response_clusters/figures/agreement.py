"""What the two figures of consistency share: colour scale, numbers in cells, and axes of r."""

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import to_hex
from response_clusters.comparison.similarity import SIMILAR
from response_clusters.figures import style

COLOURS: dict[str, Any] = {"cmap": "RdBu_r", "vmin": -1, "vmax": 1}
"""The colour scale of every heatmap of correlations, from −1 (blue) to 1 (red)."""


def ink_on(r: float) -> str:
    """White or dark text, whichever has more contrast with the colour of a correlation."""
    ground = style.contrast(to_hex(colormaps[COLOURS["cmap"]]((r + 1) / 2)))
    return "white" if ground > style.contrast(style.INK) / ground else style.INK


def write_number(axes: Axes, x: float, y: float, r: float) -> None:
    """Write a correlation in the middle of its cell."""
    look: dict[str, Any] = {"ha": "center", "va": "center", "size": 5}
    axes.text(x, y, style.correlation(r), color=ink_on(r), **look)


def floor_of(r: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Where an axis of correlations that ends at 1 begins: 0.6, or lower if any of them is."""
    return float(np.floor(10 * min(r.min(), 0.65)) / 10) if len(r) else 0.6


def tick_step(low: float) -> float:
    """The distance of ticks on an axis of correlations from `low` to 1; 0.8 is one of them."""
    return 0.1 if low > 0.35 else 0.2 if low > -0.5 else 0.4


def correlation_bar(axes: Axes, mesh: ScalarMappable, across: bool = False) -> None:
    """Turn `axes` into the scale of a heatmap of correlations, with `SIMILAR` marked.

    It is horizontal if `across`, otherwise vertical.
    """
    bar = axes.figure.colorbar(mesh, cax=axes, orientation="horizontal" if across else "vertical")
    bar.outline.set_visible(False)
    marks = [-1, -0.5, 0, 0.5, SIMILAR, 1]
    bar.set_ticks(marks, labels=list(map(style.number, marks)))
    labels = axes.get_xticklabels() if across else axes.get_yticklabels()
    labels[marks.index(SIMILAR)].set_fontweight("bold")
    mark = axes.axvline if across else axes.axhline
    mark(SIMILAR, color=style.INK, linewidth=1)
    axes.tick_params(length=2, labelsize=style.SMALL)
    if across:
        look: dict[str, Any] = {"ha": "right", "va": "center", "size": style.BODY}
        axes.text(-0.05, 0.5, "r", transform=axes.transAxes, **look)
    else:
        axes.set_title("r", loc="center", size=style.BODY)
