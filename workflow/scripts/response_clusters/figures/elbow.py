"""The elbow plot: R² and its gains over k, with the chosen k."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator
from response_clusters.figures import style

THRESHOLD = "#c20a00"
TITLES = {"r2_between": "R² between", "r2_explained": "R² explained"}
HIGH, NAMES = 1.9, 0.62  # inches: a panel's height, and the names at its right


def draw_curves(axes: Axes, elbow: pd.DataFrame, choice: dict[str, Any], suffix: str) -> None:
    """Draw both statistics over k, with the k that each would choose and a name at each line's end.

    Parameters
    ----------
    axes : Axes
        With its limits set; values above them are cut off.
    elbow : DataFrame
        One row per k, with the columns of `TITLES` followed by `suffix`.
    choice : dict
        The elbow record: statistic (the one that decides), k (the chosen one) and choices.
    """
    heights = []
    top = axes.get_ylim()[1]
    for statistic, name in TITLES.items():
        decides = statistic == choice["statistic"]
        values = elbow.set_index("k")[statistic + suffix].dropna().astype(float)
        colour, marker = (style.PALETTE[0], "o") if decides else (style.QUIET, "s")
        look: dict[str, Any] = {"color": colour, "zorder": 3 if decides else 2}
        inside = values[values <= top]
        axes.plot(values.index, values, linewidth=1.1, **look)
        axes.plot(inside.index, inside, marker, markersize=3, clip_on=False, **look)
        if values.empty:
            continue
        end = min(float(values.iloc[-1]), top)
        height = axes.transAxes.inverted().transform(axes.transData.transform((0, end)))
        heights.append([float(height[1]), name, colour, decides])
    heights.sort()
    if len(heights) == 2 and heights[1][0] - heights[0][0] < 0.14:
        middle = (heights[0][0] + heights[1][0]) / 2
        heights[0][0], heights[1][0] = middle - 0.07, middle + 0.07
    for height, name, colour, decides in heights:
        text = f"{name}\n(decides k)" if decides else name
        look = {"color": colour, "weight": "bold" if decides else "normal", "va": "center"}
        axes.text(1.03, height, text, transform=axes.transAxes, size=style.BODY, **look)
    axes.axvline(choice["k"], color=style.RULE, linewidth=4, zorder=0)
    axes.annotate(
        f"k = {choice['k']}",
        (choice["k"], 1),
        xytext=(0, 2),
        xycoords=axes.get_xaxis_transform(),
        textcoords="offset points",
        ha="center",
        weight="bold",
    )
    axes.xaxis.set_major_locator(MultipleLocator(1 if elbow["k"].max() <= 15 else 2))
    axes.set_xlabel("Number of clusters k")


def name_threshold(axes: Axes, elbow: pd.DataFrame, threshold: float) -> None:
    """Label the dashed line, above or below the end that the curves leave free."""
    text = f"Threshold {threshold:g}"
    box = axes.get_window_extent().bounds[2:]
    (first, last), (lowest, highest) = axes.get_xlim(), axes.get_ylim()
    inch = axes.figure.dpi
    wide = (style.text_width(text) + 0.08) * inch / box[0] * (last - first)
    tall = (style.BODY / 72 + 0.05) * inch / box[1] * (highest - lowest)

    def crossed(left: bool, above: bool) -> float:
        """How much of the curves lies where the text would be."""
        k = np.linspace(first, first + wide, 60) if left else np.linspace(last - wide, last, 60)
        crossing = 0.0
        for statistic in TITLES:
            gains = elbow.set_index("k")[f"{statistic}_gain"].dropna().astype(float)
            if len(gains):
                height = np.interp(k, gains.index, gains, left=np.inf, right=np.inf) - threshold
                crossing += np.mean(np.abs(height - (tall if above else -tall) / 2) < 0.8 * tall)
        return crossing + (not above and threshold - tall < lowest)

    # Of equally free places, the first: at the right, where readers look for labels, and above.
    places = [(left, above) for left in (False, True) for above in (True, False)]
    left, above = min(places, key=lambda place: crossed(*place))
    axes.annotate(
        text,
        (0 if left else 1, threshold),
        xytext=(3 if left else -3, 1.5 if above else -2),
        xycoords=axes.get_yaxis_transform(),
        textcoords="offset points",
        ha="left" if left else "right",
        va="bottom" if above else "top",
        color=THRESHOLD,
    )


def off_scale(elbow: pd.DataFrame, highest: float) -> list[str]:
    """A line of text on the gains above the scale."""
    outside = []
    for statistic, name in TITLES.items():
        gains = elbow.set_index("k")[f"{statistic}_gain"].dropna()
        above = [f"{style.number(v, 2)} at k = {k}" for k, v in gains.items() if v > highest]
        if above:
            outside.append(f"{name} {', '.join(above)}")
    return [f"Above the scale: {outside[0]}", *outside[1:]] if outside else []


def in_words(elbow: pd.DataFrame, choice: dict[str, Any]) -> str:
    """The subtitle: the rule, the other statistic's k, and why the curve begins at 0."""
    other = next(name for name in TITLES if name != choice["statistic"])
    would = f"{TITLES[other]} would choose k = {choice['choices'][other]}."
    return (
        f"Chosen: {choice['rule'].removesuffix('.')}. {would} With one cluster R² is 0 by "
        "definition, so the first gain is all of R² at k = 2."
    )


def elbow_figure(
    elbow: pd.DataFrame, choice: dict[str, Any], cohort: str, note: str = ""
) -> Figure:
    """R² over k and, beside it, its gains near the threshold; the chosen k is marked in both.

    Parameters
    ----------
    elbow : DataFrame
        One row per k: k, both R² and both gains.
    choice : dict
        The elbow record: statistic, threshold, k, reached, rule and choices.
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    k, threshold, tried = int(choice["k"]), float(choice["threshold"]), elbow["k"].max()
    chosen = f"k = {k} chosen" if choice["reached"] else f"k = {k}, the largest tried"
    title, subtitle = f"{style.cohort_name(cohort)}: {chosen}", in_words(elbow, choice)
    wide = (style.COLUMN - 0.45 - 0.5 - 2 * NAMES - 0.06) / 2
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.22
    figure = style.canvas(style.COLUMN, top + HIGH + 0.5)
    style.heading(figure, title, subtitle)
    curves = style.place(figure, 0.45, top, wide, HIGH)
    gains = style.place(figure, 0.45 + wide + NAMES + 0.5, top, wide, HIGH)
    lowest = min(0.0, *(float(elbow[name].min()) for name in TITLES))
    curves.set(xlim=(0.6, tried + 0.4), ylim=(1.05 * lowest, 1), ylabel="R²")
    draw_curves(curves, elbow, choice, "")

    # Linear and limited to gains near the threshold: the first gains are ten times as large.
    values = pd.concat([elbow[f"{name}_gain"] for name in TITLES]).dropna().astype(float)
    room = max(8 * threshold, 0.02)
    highest = room if (values > room).any() else max([2 * threshold, 0.001, *(1.15 * values)])
    bottom = min([0.0, *values])
    gains.set(xlim=(0.6, tried + 0.4), ylim=(1.1 * bottom, highest))
    gains.yaxis.set_major_formatter(FuncFormatter(lambda gain, _: style.number(gain)))
    gains.set_ylabel("Gain in R² over k − 1")
    gains.axhline(0, color=style.RULE, linewidth=0.5, zorder=0)
    gains.axhline(threshold, color=THRESHOLD, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    draw_curves(gains, elbow, choice, "_gain")
    name_threshold(gains, elbow, threshold)
    if (values > highest).any():
        quiet: dict[str, Any] = {"ha": "right", "size": style.SMALL, "color": style.QUIET}
        text = style.shortened("; ".join(off_scale(elbow, highest)), 0.6 * style.COLUMN)
        style.write(figure, style.COLUMN - style.MARGIN, top + HIGH + 0.36, text, **quiet)
    deciding = elbow.set_index("k")[f"{choice['statistic']}_gain"].dropna()
    near = deciding.index.intersection([k, k + 1])
    style.describe(
        figure,
        "Gains: " + ", ".join(f"{style.number(deciding[n], 4)} at k = {n}" for n in near) + ".",
    )
    style.note(figure, note)
    return figure
