"""The elbow: what each further cluster explains, and where the study stops adding them."""

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MultipleLocator, NullLocator
from response_clusters import style
from response_clusters.job import job
from response_clusters.records import read_record
from response_clusters.tables import read_table

STATISTICS = {"r2_between": "R² between", "r2_explained": "R² explained"}
WIDE, HIGH, NAMES = 4.1, 3.2, 1.25  # inches of a panel, and of the names at its right


def draw_curves(axes: Axes, elbow: pd.DataFrame, choice: dict[str, Any], suffix: str) -> None:
    """Both statistics over k, each named at its end, and the chosen k.

    Parameters
    ----------
    axes : Axes
        Its scale is set already.
    elbow : DataFrame
        One row per k, with the columns of `STATISTICS` followed by `suffix`.
    choice : dict
        statistic (the one that decides) and k (the chosen one).
    """
    heights = []
    for statistic, name in STATISTICS.items():
        decides = statistic == choice["statistic"]
        values = elbow.set_index("k")[statistic + suffix].dropna().astype(float)
        colour, marker = (style.PALETTE[0], "o") if decides else ("#7a7a7a", "s")
        look: dict[str, Any] = {"color": colour, "marker": marker, "zorder": 3 if decides else 2}
        axes.plot(values.index, values, markersize=4.5, linewidth=1.6, clip_on=False, **look)
        if values.empty:
            continue
        height = axes.transAxes.inverted().transform(axes.transData.transform((0, values.iloc[-1])))
        heights.append([float(height[1]), name, colour, decides])
    heights.sort()
    if len(heights) == 2 and heights[1][0] - heights[0][0] < 0.13:
        middle = (heights[0][0] + heights[1][0]) / 2
        heights[0][0], heights[1][0] = middle - 0.065, middle + 0.065
    for height, name, colour, decides in heights:
        text = f"{name}\n(decides k)" if decides else name
        look = {"color": colour, "weight": "bold" if decides else "normal", "va": "center"}
        axes.text(1.03, height, text, transform=axes.transAxes, size=style.LABEL, **look)
    axes.axvline(choice["k"], color=style.RULE, linewidth=6, zorder=0)
    axes.annotate(
        f"k = {choice['k']}",
        (choice["k"], 1),
        xytext=(0, 3),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        weight="bold",
    )
    axes.xaxis.set_major_locator(MultipleLocator(1 if elbow["k"].max() <= 15 else 2))
    axes.set_xlabel("Number of clusters k")


def elbow_figure(
    elbow: pd.DataFrame, choice: dict[str, Any], cohort: str, note: str = ""
) -> Figure:
    """R² over k and, beside it, its gains with the threshold; the chosen k is marked in both.

    Parameters
    ----------
    elbow : DataFrame
        One row per k: k, both R² and both gains.
    choice : dict
        How k was chosen: statistic, threshold, k, reached and rule.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    k, threshold, tried = int(choice["k"]), float(choice["threshold"]), elbow["k"].max()
    chosen = f"k = {k} chosen" if choice["reached"] else f"k = {k}, the largest tried"
    width = 0.75 + 2 * (WIDE + NAMES) + 0.55
    title = f"{style.cohort_name(cohort)}: {chosen}"
    top = style.heading_height(width, title, choice["rule"]) + 0.4
    figure = style.canvas(width, top + HIGH + 0.75)
    style.heading(figure, title, choice["rule"])
    curves = style.place(figure, 0.75, top, WIDE, HIGH)
    gains = style.place(figure, 0.75 + WIDE + NAMES + 0.55, top, WIDE, HIGH)
    lowest = min(0.0, *(float(elbow[name].min()) for name in STATISTICS))
    curves.set(xlim=(0.6, tried + 0.4), ylim=(1.05 * lowest, 1), ylabel="R²")
    draw_curves(curves, elbow, choice, "")

    # Below the threshold the scale is linear, so that a gain may be zero or negative.
    values = pd.concat([elbow[f"{name}_gain"] for name in STATISTICS]).dropna().astype(float)
    edges = min([0.0, *values]), max([2 * threshold, 0.02, *values])
    gains.set_yscale("symlog", linthresh=max(threshold, 0.001), linscale=0.8)
    # Above the highest gain is room for what the rule compares.
    gains.set(xlim=(0.6, tried + 0.4), ylim=(1.2 * edges[0], 4 * edges[1]))
    ticks = {0.0, threshold} | {step for step in (0.001, 0.01, 0.1, 1.0) if step > threshold}
    ticks |= {-step for step in (threshold, 0.1) if -step > edges[0]}
    ticks = {tick for tick in ticks if tick < 1.2 * edges[1]}
    gains.yaxis.set_major_locator(FixedLocator(sorted(ticks)))
    gains.yaxis.set_minor_locator(NullLocator())
    gains.yaxis.set_major_formatter(FuncFormatter(lambda gain, _: style.number(gain)))
    gains.set_ylabel("Gain in R² over k − 1 (logarithmic)")
    gains.axhline(threshold, color="#c20a00", linewidth=1, linestyle=(0, (4, 2)), zorder=1)
    beside = gains.get_yaxis_transform()
    text = f"Threshold {threshold:g}"
    gains.text(0.015, threshold, text, transform=beside, color="#c20a00", va="bottom")
    draw_curves(gains, elbow, choice, "_gain")
    deciding = elbow.set_index("k")[f"{choice['statistic']}_gain"].dropna()
    compared = [
        f"{style.number(deciding[near], 4)} at k = {near}"
        for near in deciding.index.intersection([k, k + 1])
    ]
    # In the upper corner that the chosen k leaves more room in.
    right = k <= (1 + tried) / 2
    gains.annotate(
        "\n".join(compared),
        (k, 1),
        xytext=(7 if right else -7, -2),
        xycoords=gains.get_xaxis_transform(),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
        color=style.PALETTE[0],
    )
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, out = rule.input, rule.output
        figure = elbow_figure(
            read_table(given.table, "elbow"),
            read_record(given.summary, "elbow"),
            rule.wildcards.cohort,
            rule.params["note"],
        )
        style.save(figure, out.svg, out.png)
