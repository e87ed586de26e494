"""How correlations of prototypes are drawn: as cells, on a colour scale, and counted."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.ticker import MaxNLocator, MultipleLocator
from response_clusters import style

AGREEMENT = 0.8  # the correlation above which two prototypes are called alike
ALIKE, UNLIKE = style.PALETTE[0], "#9a9a9a"


def floor_of(r: pd.Series) -> float:
    """Where a scale of correlations that ends at 1 begins: 0.6, or lower if any of them is."""
    return float(np.floor(10 * min(r.min(), 0.65)) / 10) if len(r) else 0.6


def tick_step(low: float) -> float:
    """The distance of ticks on an axis of correlations from `low` to 1; 0.8 is one of them."""
    return 0.1 if low > 0.35 else 0.2


def brief(r: float) -> str:
    """A correlation as short as two decimals allow: ".97", "1.0"."""
    text = style.number(r, 2)
    return text.replace("0.", ".", 1) if abs(round(r, 2)) < 1 else text[:-1]


def correlation_bar(axes: Axes, mesh: ScalarMappable, lower: bool = False) -> None:
    """Turn `axes` into the colour scale of a heatmap of correlations, with `AGREEMENT` marked.

    With `lower`, the scale says that there are correlations below it.
    """
    bar = axes.figure.colorbar(mesh, cax=axes, extend="min" if lower else "neither")
    bar.outline.set_visible(False)
    low, high = mesh.get_clim()
    step = 0.1 if high - low < 1 else 0.5
    marks = np.arange(np.ceil(low / step - 1e-9), np.floor(high / step) + 0.5) * step
    marks = marks[np.abs(marks - AGREEMENT) > 1e-9]
    bar.set_ticks([*marks, AGREEMENT], labels=[*map(style.number, marks), f"{AGREEMENT:g}"])
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.axhline(AGREEMENT, color=style.INK, linewidth=1.5)
    axes.tick_params(length=2)
    axes.set_title("r", loc="center")


def summary_of(r: np.ndarray) -> str:
    """In two lines, how many matched correlations lie above `AGREEMENT`, their median and least."""
    n, alike = len(r), int((r > AGREEMENT).sum())
    return (
        f"{alike:,} of {n:,} matches ({style.percent(alike / n)}) are above {AGREEMENT:g}\n"
        f"(median {style.number(float(np.median(r)), 2)}, lowest {style.number(r.min(), 2)})"
    )


def draw_histogram(axes: Axes, r: np.ndarray, low: float) -> None:
    """All matched correlations counted, from `low` to 1; those above `AGREEMENT` in colour."""
    bins = np.arange(round(20 * low), 21) / 20
    heights, edges = np.histogram(r, bins)
    colours = np.where(edges[:-1] > AGREEMENT - 1e-9, ALIKE, UNLIKE).tolist()
    axes.bar(edges[:-1] + 0.025, heights, width=0.046, color=colours)
    axes.set(ylabel="Matched pairs", xlim=(low, 1))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_locator(MultipleLocator(tick_step(low)))
    axes.axvline(AGREEMENT, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)))
