"""How correlations of prototypes are drawn: on one colour scale, and as dots beside it."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from response_clusters import style

AGREEMENT = 0.8
"""The correlation above which the study being reproduced calls two prototypes alike."""
COLOURS: dict[str, Any] = {"cmap": "RdBu_r", "vmin": -1, "vmax": 1}
"""The scale of every heatmap of correlations: all of it, blue below zero and red above."""


def ink_on(r: float) -> str:
    """The colour of a number on a cell of that correlation."""
    return "white" if abs(r) > 0.6 else style.INK


def floor_of(r: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    """Where an axis of correlations that ends at 1 begins: 0.6, or lower if any of them is."""
    return float(np.floor(10 * min(r.min(), 0.65)) / 10) if len(r) else 0.6


def tick_step(low: float) -> float:
    """The distance of ticks on an axis of correlations from `low` to 1; 0.8 is one of them."""
    return 0.1 if low > 0.35 else 0.2 if low > -0.5 else 0.4


def correlation_bar(axes: Axes, mesh: ScalarMappable) -> None:
    """Turn `axes` into the colour scale of a heatmap of correlations, with `AGREEMENT` marked."""
    bar = axes.figure.colorbar(mesh, cax=axes)
    bar.outline.set_visible(False)
    marks = [-1, -0.5, 0, 0.5, AGREEMENT, 1]
    bar.set_ticks(marks, labels=list(map(style.number, marks)))
    axes.get_yticklabels()[4].set_fontweight("bold")
    axes.axhline(AGREEMENT, color=style.INK, linewidth=1)
    axes.tick_params(length=2, labelsize=style.SMALL)
    axes.set_title("r", loc="center", size=style.BODY)
