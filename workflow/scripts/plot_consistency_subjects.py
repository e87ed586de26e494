"""How one subject's prototypes correlate with every other subject's."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator
from response_clusters import style
from response_clusters.agreement import (
    AGREEMENT,
    COLOURS,
    correlation_bar,
    floor_of,
    ink_on,
    tick_step,
)
from response_clusters.identity import Identity, identity_of
from response_clusters.job import job
from response_clusters.records import read_record
from response_clusters.tables import read_table

NAMED = 50  # rows up to which each has its name
SIDE, LEAST = 3.9, 2.1  # inches of the matrix, at most and at least
ROW = 0.22  # inches of a row where there are few
LONGEST = 0.75  # inches of a subject's name


def by_identity(consistency: pd.DataFrame, identity: dict[str, Identity]) -> pd.DataFrame:
    """All subjects' clusters, those that correspond to the same pooled cluster together.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes of two subjects: subject_a, cluster_a, subject_b, cluster_b.
    identity : dict of dict
        The pooled cluster of each subject's clusters.

    Returns
    -------
    DataFrame
        One row per subject and cluster, in drawing order: group (the pooled cluster; 0 for none,
        which come last), subject, cluster.
    """
    sides = [
        consistency[[f"subject_{side}", f"cluster_{side}"]].set_axis(["subject", "cluster"], axis=1)
        for side in "ab"
    ]
    order = pd.concat(sides).drop_duplicates().astype({"cluster": int})
    pairs = zip(order["subject"], order["cluster"], strict=True)
    order["group"] = [identity[subject][cluster] or 0 for subject, cluster in pairs]
    order["last"] = order["group"] == 0
    order = order.sort_values(["last", "group", "subject", "cluster"])
    return order[["group", "subject", "cluster"]].reset_index(drop=True)


def group_of(number: int) -> tuple[str, str]:
    """The name and the colour of the clusters that correspond to a pooled cluster, or to none."""
    return f"{number}" if number else "none", style.cluster_colour(number or None)


def draw_matrix(figure: Figure, axes: Axes, consistency: pd.DataFrame, order: pd.DataFrame) -> None:
    """The correlations of all prototypes in `order`, each pair once, above the diagonal."""
    keys = pd.MultiIndex.from_frame(order[["subject", "cluster"]])
    rows, columns = (
        keys.get_indexer(
            pd.MultiIndex.from_arrays(
                [consistency[f"subject_{side}"], consistency[f"cluster_{side}"].astype(int)]
            )
        )
        for side in "ab"
    )
    n, cell = len(keys), 72 * axes.get_window_extent().width / figure.dpi / len(keys)
    r = np.full((n, n), np.nan)
    r[np.minimum(rows, columns), np.maximum(rows, columns)] = consistency["r"].to_numpy(float)
    axes.pcolormesh(np.ma.masked_invalid(r), rasterized=n > NAMED, **COLOURS)
    axes.set(xlim=(0, n), ylim=(n, 0), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    if cell > 18:
        for row, column in np.argwhere(~np.isnan(r)):
            middle: dict[str, Any] = {"ha": "center", "va": "center", "size": 5}
            middle["color"] = ink_on(r[row, column])
            axes.text(column + 0.5, row + 0.5, style.correlation(r[row, column]), **middle)
    if n <= NAMED:
        for row, (subject, cluster) in enumerate(keys):
            name = f"{style.shortened(subject, LONGEST, 5)} · {cluster}"
            look: dict[str, Any] = {"ha": "right", "va": "center", "size": 5}
            axes.text(-3 / cell, row + 0.5, name, **look)
    for number, members in order.groupby("group", sort=False):
        start, size = members.index[0], len(members)
        name, colour = group_of(int(str(number)))
        box: dict[str, Any] = {"fill": False, "clip_on": False, "edgecolor": colour}
        axes.add_patch(Rectangle((start, start), size, size, linewidth=1, **box))
        bold: dict[str, Any] = {"color": colour, "weight": "bold", "size": style.BODY}
        axes.text(start + size / 2, -2 / cell, name, ha="center", va="bottom", **bold)
        if n > NAMED:
            axes.text(-3 / cell, start + size / 2, name, ha="right", va="center", **bold)


def draw_matches(axes: Axes, matched: pd.DataFrame, identity: dict[str, Identity]) -> None:
    """Each matched correlation once, beside the pooled cluster of its first prototype.

    A ring stands for a match of two prototypes that correspond to different pooled clusters.
    """
    ends = []
    for side in "ab":
        pairs = zip(matched[f"subject_{side}"], matched[f"cluster_{side}"], strict=True)
        ends.append([identity[subject][int(cluster)] or 0 for subject, cluster in pairs])
    rows = matched.assign(group=ends[0], same=np.equal(ends[0], ends[1]))
    groups = [*sorted(set(ends[0]) - {0}), *([0] if 0 in ends[0] else [])]
    for row, number in enumerate(groups):
        own = rows[rows["group"] == number].sort_values("r")
        spread = row + np.resize([-0.18, 0.0, 0.18, -0.09, 0.09], len(own))
        colour = group_of(number)[1]
        fill = np.where(own["same"], colour, "white").tolist()
        dot: dict[str, Any] = {
            "edgecolors": colour,
            "linewidths": 0.5,
            "clip_on": False,
            "zorder": 3,
        }
        axes.scatter(own["r"], spread, s=5, c=fill, **dot)
        median = float(np.median(own["r"]))
        axes.vlines(median, row - 0.36, row + 0.36, color=style.INK, linewidth=1.1, zorder=4)
    low = floor_of(matched["r"].to_numpy(float))
    axes.set(ylim=(len(groups) - 0.4, -0.6), xlim=(low, 1), xlabel="r of matched prototypes")
    axes.set_yticks(range(len(groups)), [group_of(number)[0] for number in groups], weight="bold")
    for label, number in zip(axes.get_yticklabels(), groups, strict=True):
        label.set_color(group_of(number)[1])
    axes.tick_params(axis="y", length=0)
    axes.set_ylabel("Pooled cluster")
    axes.xaxis.set_major_locator(MultipleLocator(tick_step(low)))
    axes.axvline(AGREEMENT, color=style.INK, linewidth=0.6, linestyle=(0, (4, 2)), zorder=1)


def consistency_subjects_figure(
    consistency: pd.DataFrame, identity: dict[str, Identity], note: str = ""
) -> Figure:
    """All subjects' prototypes against all others', and the correlations of those matched.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes of two subjects, subject_a before subject_b: subject_a,
        cluster_a, subject_b, cluster_b, r, matched.
    identity : dict of dict
        By subject, the pooled cluster that each of its clusters is matched to.
    note : str
        A line for the figure's foot.
    """
    order = by_identity(consistency, identity)
    matched, subjects = consistency[consistency["matched"]], sorted(set(order["subject"]))
    n, k = len(order), order["cluster"].nunique()
    side = min(SIDE, max(LEAST, ROW * n))
    names = style.widest((style.shortened(s, LONGEST, 5) + " · 20" for s in subjects), 5)
    left = style.MARGIN + (names if n <= NAMED else 0.25) + 0.08
    r = matched["r"].to_numpy(float)
    pairs = len(subjects) * (len(subjects) - 1) // 2
    alike = int((r > AGREEMENT).sum())
    title = f"Do the {len(subjects)} subjects share their {style.clusters(k)}?"
    listed = "Rows (subject · its own cluster) and columns" if n <= NAMED else "Rows and columns"
    subtitle = (
        f"Left: correlations of all prototypes of different subjects, each once. {listed} are in "
        "the order of the pooled clusters that they correspond to, whose numbers and colours head "
        f"the outlined blocks. Right: the one-to-one matches of each of {pairs} "
        f"{'pair' if pairs == 1 else 'pairs'} of subjects, each once; ring: the two correspond to "
        f"different pooled clusters; dash: median. {alike:,} of {len(r):,} "
        f"({style.percent(alike / len(r))}) are above {AGREEMENT:g}; median "
        f"{style.correlation(float(np.median(r)))}, lowest {style.correlation(float(r.min()))}."
    )
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.3
    figure = style.canvas(style.COLUMN, top + side + 0.55)
    style.heading(figure, title, subtitle)
    matrix = style.place(figure, left, top, side, side)
    draw_matrix(figure, matrix, consistency, order)
    style.write(figure, left, top - 0.24, "Pooled cluster", size=style.SMALL, color=style.QUIET)
    # The half below the diagonal has room for the scale.
    scale = style.place(figure, left + 0.06, top + 0.52 * side, 0.08, 0.42 * side)
    correlation_bar(scale, matrix.collections[0])
    beside = left + side + 0.55
    strip = style.place(figure, beside, top, style.COLUMN - style.MARGIN - beside - 0.06, side)
    draw_matches(strip, matched, identity)
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        source, subjects = rule.input, rule.params["subjects"]
        k = read_record(source.summary, "consistency_subjects")["k"]
        identity = {
            subject: identity_of(read_table(path, "identity"), k)
            for subject, path in zip(subjects, source.identity, strict=True)
        }
        table = read_table(source.table, "consistency_subjects")
        figure = consistency_subjects_figure(table, identity, rule.params["note"])
        style.save(figure, rule.output.svg, rule.output.png)
