"""How the prototypes at one k correlate with those at every other."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator
from response_clusters import style
from response_clusters.job import job
from response_clusters.tables import read_table
from seaborn import heatmap

CELL, HIGH = 0.42, 3.4  # inches of a cell, and of the panels at least


def summary_matrix(matched: pd.DataFrame) -> pd.DataFrame:
    """Median and minimum of the matched correlations for each pair of k.

    Parameters
    ----------
    matched : DataFrame
        One row per matched pair of prototypes: k_a, k_b (the larger), r.

    Returns
    -------
    DataFrame
        Rows and columns are the k; medians above the diagonal, minima below it, no value on it.
    """
    steps = sorted({int(k) for k in matched["k_a"]} | {int(k) for k in matched["k_b"]})
    matrix = pd.DataFrame(np.nan, index=steps, columns=steps)
    for (k_a, k_b), r in matched.groupby(["k_a", "k_b"])["r"]:
        matrix.loc[k_a, k_b], matrix.loc[k_b, k_a] = r.median(), r.min()
    return matrix


def draw_neighbours(axes: Axes, matched: pd.DataFrame, low: float) -> None:
    """Every matched r between neighbouring k as a dot, medians as dashes, from `low` to 1."""
    neighbours = matched[matched["k_b"] == matched["k_a"] + 1]
    pairs = [(int(str(k_a)), r.to_numpy(float)) for k_a, r in neighbours.groupby("k_a")["r"]]
    for column, (_, r) in enumerate(pairs):
        spread = np.linspace(-0.22, 0.22, len(r)) if len(r) > 1 else np.zeros(1)
        colour = style.PALETTE[0]
        axes.scatter(column + spread, r, 14, colour, alpha=0.75, lw=0, clip_on=False, zorder=3)
        axes.hlines(np.median(r), column - 0.34, column + 0.34, color=style.INK, linewidth=1.6)
    axes.axhline(style.AGREEMENT, color=style.INK, linewidth=0.8, linestyle=(0, (4, 2)))
    axes.set(xlim=(-0.6, len(pairs) - 0.4), ylim=(low, 1), ylabel="r of matched prototypes")
    axes.yaxis.set_major_locator(MultipleLocator(0.1))
    axes.set_xticks(range(len(pairs)), [f"{k}–{k + 1}" for k, _ in pairs])
    axes.tick_params(axis="x", length=0)
    axes.set_xlabel("Neighbouring values of k")


def consistency_k_figure(consistency: pd.DataFrame, cohort: str, note: str = "") -> Figure:
    """The medians and minima as a matrix and, beside it, every match between neighbouring k.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes at k_a < k_b: k_a, k_b, r, matched.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    matched = consistency[consistency["matched"]]
    matrix = summary_matrix(matched)
    low = style.floor_of(matched["r"])
    high = max(HIGH, CELL * len(matrix))
    beside = max(2.2, 0.44 * len(matrix))
    subtitle = (
        "Prototypes at two values of k are matched one to one and correlated. Left: all values of "
        "k. Right: neighbours, each match as a dot, their median as a dash."
    )
    width = 0.75 + high + 0.95 + 0.75 + beside + 0.3
    title = f"{style.cohort_name(cohort)}: the same clusters at other values of k?"
    top = style.heading_height(width, title, subtitle) + 0.35
    figure = style.canvas(width, top + high + 0.75)
    style.heading(figure, title, subtitle)
    cells = style.place(figure, 0.75, top, high, high)
    if len(matched):
        numbers = matrix.map(lambda r: style.number(r, 2))
        look = {"annot": numbers, "fmt": "", "annot_kws": {"size": 8}, "linewidths": 0.5}
        heatmap(matrix, ax=cells, cmap="YlGnBu", vmin=low, vmax=1, cbar=False, **look)
        cells.set_yticklabels(cells.get_yticklabels(), rotation=0)
        cells.tick_params(length=0)
        cells.set_facecolor(style.BLANK)
        cells.set_ylabel("k")
        cells.set_xlabel("k", loc="right")
        cells.set_title("Above the diagonal: median r", loc="right", pad=5)
        below, text = top + high + 17 / 72, "Below the diagonal: lowest r"
        style.write(figure, 0.75, below, text, size=style.LABEL)
        scale = style.place(figure, 0.75 + high + 0.15, top + 0.25, 0.13, high - 0.25)
        style.correlation_bar(scale, cells.collections[0])
        strip = style.place(figure, 0.75 + high + 0.95 + 0.75, top, beside, high)
        draw_neighbours(strip, matched, low)
    else:
        cells.set_axis_off()
        text = "Nothing to compare: fewer than two values of k from 2 up"
        style.write(figure, 0.75, top + high / 2, text, size=style.LABEL, color=style.QUIET)
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        figure = consistency_k_figure(
            read_table(rule.input.table, "consistency_k"),
            rule.wildcards.cohort,
            rule.params["note"],
        )
        out = rule.output
        style.save(figure, out.svg, out.png)
