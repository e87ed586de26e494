"""The prototypes of the other subjects on a subject's trials."""

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from response_clusters.figures import models, style

PANELS = {
    "ari": ("Adjusted Rand index", "1: the same partition; 0: by chance"),
    "matched_r": ("Matched r", "of the others' prototypes and its own"),
    "r2_ratio": ("R² explained: ratio", "by the others' prototypes to its own"),
}
"""What each statistic is called, and what it says."""
ROW, GAP = 0.2, 0.28  # inches


def draw_panel(axes: Axes, table: pd.DataFrame, subjects: list[str]) -> None:
    """Draw a statistic for each subject, the first at the top; quietly says where there is none."""
    axes.set(ylim=(len(subjects) - 0.5, -0.5), yticks=[])
    axes.spines["left"].set_visible(False)
    columns = ("observed", "continuum", "low", "high", "groups")
    drawn = np.concatenate([models.values(table, column) for column in columns])
    drawn = drawn[np.isfinite(drawn)]
    low, high = (drawn.min(), drawn.max()) if len(drawn) else (0.0, 1.0)
    room = 0.06 * max(high - low, 0.02)
    axes.set_xlim(low - room, high + room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    axes.tick_params(labelsize=style.SMALL, pad=1.5)
    by_subject = table.set_index("cohort")
    for y, subject in enumerate(subjects):
        if y % 2 == 0:
            axes.axhspan(y - 0.5, y + 0.5, color=style.BAND, zorder=0, linewidth=0)
        row = by_subject.loc[subject] if subject in by_subject.index else None
        if row is None or row[list(columns)].isna().all():
            ground = "white" if y % 2 else style.BAND
            models.say_quietly(axes, float(np.mean(axes.get_xlim())), y, "no value", ground)
            continue
        models.draw_span(axes, y, row)


def generalisation_figure(generalisation: pd.DataFrame, note: str = "") -> Figure:
    """A row per subject, a panel per statistic, with the marks of both models.

    Parameters
    ----------
    generalisation : DataFrame
        cohort (a subject), k, statistic, observed, continuum, low, high, groups and index.
    note : str
        A line for the figure's foot.
    """
    subjects = list(dict.fromkeys(generalisation["cohort"]))
    k = int(generalisation["k"].max()) if len(generalisation) else 0
    title = "Do the prototypes of the other subjects fit a new one?"
    subtitle = (
        f"Each subject's trials, assigned to the {k} prototypes of all other subjects pooled, "
        "against the subject's own clusters. A continuum with the covariance of the data gives "
        "high values, too: what matters is where a dot lies between both models."
    )
    if generalisation.empty:
        text = "Nothing to compare: no subject has others"
        return models.empty_figure(title, subtitle, text, note)
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.02
    high = ROW * len(subjects)
    figure = style.canvas(style.COLUMN, top + 0.55 + high + 0.42)
    style.heading(figure, title, subtitle)
    top = models.legend(figure, top, generalisation, spans=True) + 0.32
    most = 0.25 * style.COLUMN
    names = [style.elided(subject, most, style.BODY) for subject in subjects]
    left = style.MARGIN + style.widest(names, style.BODY) + 0.1
    wide = (style.COLUMN - left - style.MARGIN - 0.06 - 2 * GAP) / 3
    for row, name in enumerate(names):
        at = top + (row + 0.5) * ROW
        style.write(
            figure, left - 0.08, at, name, size=style.BODY, ha="right", va="center_baseline"
        )
    for column, (statistic, (head, further)) in enumerate(PANELS.items()):
        across = left + column * (wide + GAP)
        axes = style.place(figure, across, top, wide, high)
        part = generalisation[generalisation["statistic"] == statistic]
        draw_panel(axes, part, subjects)
        style.write(
            figure, across, top - 0.24, style.shortened(head, wide, style.BODY), size=style.BODY
        )
        style.write(
            figure, across, top - 0.12, style.shortened(further, wide, 5), size=5, color=style.QUIET
        )
        median = part["index"].median()
        style.describe(figure, f"{head}: median index {models.index_text(median)}.")
    style.note(figure, note)
    return figure
