"""What else clusters go with: Cramér's V by variable and cohort."""

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.figure import Figure
from response_clusters.figures import style
from response_clusters.names import POOLED

NAMES = {
    "subject": "Subject",
    "session": "Session",
    "run": "Run of a session",
    "presentation": "Presentation of an image",
    "luminance": "Picture: luminance",
    "contrast": "Picture: contrast",
    "spatial_frequency": "Picture: fine detail",
}
ROW, FOOT = 0.17, 0.42  # inches
LEAST = 0.1
"""Where the axis of V ends at least: associations below are weak by any convention."""


def associations_figure(table: pd.DataFrame, note: str = "") -> Figure:
    """A row for each variable, a dot for each cohort, on an axis of V from 0.

    Parameters
    ----------
    table : DataFrame
        The associations table.
    note : str
        A line for the figure's foot.
    """
    title = "What else do clusters go with?"
    subtitle = (
        "Cramér's V of the chosen clusters with each variable, corrected for its bias: 0 means no "
        "association, 1 that one tells the other. Large dots: all subjects pooled; small dots: "
        "single subjects. In brackets, how many values the variable has in the pool."
    )
    known = table.dropna(subset="v").astype({"v": float})
    names = [name for name in NAMES if name in set(known["variable"])]
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.08
    figure = style.canvas(style.COLUMN, top + ROW * max(len(names), 1) + FOOT)
    style.heading(figure, title, subtitle)
    if not names:
        text = "Nothing to compare: one cluster, or one value of everything"
        style.write(figure, style.MARGIN, top, text, size=style.LABEL, color=style.QUIET)
        style.note(figure, note)
        return figure
    pooled = known[known["cohort"] == POOLED].set_index("variable")
    labels = [
        f"{NAMES[name]} ({pooled.at[name, 'levels']})" if name in pooled.index else NAMES[name]
        for name in names
    ]
    left = style.MARGIN + style.widest(labels) + 0.08
    wide = style.COLUMN - left - 0.5 - style.MARGIN
    axes = style.place(figure, left, top, wide, ROW * len(names))
    end = max(LEAST, 1.05 * float(known["v"].max()))
    axes.set(xlim=(0, end), ylim=(len(names) - 0.5, -0.5), xlabel="Cramér's V")
    axes.set_yticks(range(len(names)), labels)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for row, name in enumerate(names):
        axes.axhline(row, color=style.RULE, linewidth=0.4, zorder=0)
        v = known.loc[(known["variable"] == name) & (known["cohort"] != POOLED), "v"].to_numpy()
        spread = np.linspace(-0.2, 0.2, len(v)) if len(v) > 1 else np.zeros(len(v))
        axes.scatter(v, row + spread, 5, style.QUIET, lw=0, clip_on=False, zorder=2)
        if name in pooled.index:
            value = float(pooled.at[name, "v"])
            axes.scatter(value, row, 22, style.PALETTE[0], lw=0, clip_on=False, zorder=3)
            text = style.number(value, 2)
            beside = axes.get_yaxis_transform()
            axes.text(1.02, row, text, transform=beside, va="center", weight="bold")
            style.describe(figure, f"{NAMES[name]}: {text}.")
    style.note(figure, note)
    return figure
