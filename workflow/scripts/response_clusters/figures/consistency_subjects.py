"""How one subject's prototypes correlate with every other subject's."""

from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator
from response_clusters.comparison.identity import Identity
from response_clusters.comparison.similarity import SIMILAR
from response_clusters.figures import style
from response_clusters.figures.agreement import (
    COLOURS,
    correlation_bar,
    floor_of,
    tick_step,
    write_number,
)

NAMED = 50  # rows up to which each has its name
SIDE, LEAST = 4.0, 1.5  # inches of the matrix, at most and at least
ROW = 0.25  # inches of a row where there are few
LONGEST = 0.75  # inches of a subject's name
ROOM = 16.0  # points: the smallest cell in which a correlation is written
BOLD: dict[str, Any] = {"size": style.BODY, "weight": "bold"}


def by_identity(consistency: pd.DataFrame, identity: dict[str, Identity]) -> pd.DataFrame:
    """The order of all subjects' clusters: grouped by the pooled cluster that they correspond to.

    Those that correspond to none come last, in the order of the first subject's such clusters that
    they are matched to.

    Parameters
    ----------
    consistency : DataFrame
        One row per pair of prototypes of two subjects, subject_a before subject_b: subject_a,
        cluster_a, subject_b, cluster_b, matched.
    identity : dict of dict
        The pooled cluster of each subject's clusters.

    Returns
    -------
    DataFrame
        One row per subject and cluster, in drawing order: group (the pooled cluster; 0 for none),
        partner (the first subject's cluster that one in group 0 is matched to, if that is in group
        0 too, otherwise 0; 0 in all other groups), subject, cluster.
    """
    sides = [
        consistency[[f"subject_{side}", f"cluster_{side}"]].set_axis(["subject", "cluster"], axis=1)
        for side in "ab"
    ]
    order = pd.concat(sides).drop_duplicates().astype({"cluster": int})
    first = min(order["subject"])
    hits = consistency[consistency["matched"] & (consistency["subject_a"] == first)]
    links = {
        (row.subject_b, int(str(row.cluster_b))): int(str(row.cluster_a))
        for row in hits.itertuples()
    }
    groups, partners = [], []
    for subject, cluster in zip(order["subject"], order["cluster"], strict=True):
        group = identity[subject][cluster] or 0
        partner = cluster if subject == first else links.get((subject, cluster), 0)
        groups.append(group)
        partners.append(partner if not group and partner and not identity[first][partner] else 0)
    order = order.assign(group=groups, partner=partners)
    order["last"], order["alone"] = order["group"] == 0, order["partner"] == 0
    order = order.sort_values(["last", "group", "alone", "partner", "subject", "cluster"])
    return order[["group", "partner", "subject", "cluster"]].reset_index(drop=True)


def group_of(number: int) -> tuple[str, str]:
    """The name and the colour of the clusters that correspond to a pooled cluster, or to none."""
    return f"{number}" if number else "none", style.cluster_colour(number or None)


def correlations(consistency: pd.DataFrame, order: pd.DataFrame) -> np.ndarray:
    """r of all prototypes in `order`, shape (n, n); NaN where both are of the same subject."""
    keys = pd.MultiIndex.from_frame(order[["subject", "cluster"]])
    rows, columns = (
        keys.get_indexer(
            pd.MultiIndex.from_arrays(
                [consistency[f"subject_{side}"], consistency[f"cluster_{side}"].astype(int)]
            )
        )
        for side in "ab"
    )
    r = np.full((len(keys), len(keys)), np.nan)
    r[rows, columns] = r[columns, rows] = consistency["r"].to_numpy(float)
    return r


def block_medians(r: np.ndarray, order: pd.DataFrame) -> pd.DataFrame:
    """The median correlation of the clusters that correspond to every two pooled clusters.

    Parameters
    ----------
    r : ndarray of shape (n, n)
        Of all prototypes in `order`.

    Returns
    -------
    DataFrame
        Rows and columns are the pooled clusters; NaN where no two subjects have any.
    """
    group = order["group"].to_numpy()
    names = [int(name) for name in dict.fromkeys(group) if name]
    blocks = [[r[np.ix_(group == a, group == b)] for b in names] for a in names]
    medians = [[_median(block) for block in row] for row in blocks]
    return pd.DataFrame(medians, index=names, columns=names, dtype=float)


def _median(block: np.ndarray) -> float:
    values = block[~np.isnan(block)]
    return float(np.median(values)) if len(values) else np.nan


def named(subject: str, cluster: int) -> str:
    """The label of a row: the shortened subject and the number of the cluster in its fit."""
    return f"{style.shortened(subject, LONGEST, 5)} · {cluster}"


def draw_cells(axes: Axes, r: np.ndarray, cell: float) -> None:
    """Draw correlations as cells of `cell` points, with numbers if there is room."""
    rows, columns = r.shape
    axes.pcolormesh(np.ma.masked_invalid(r), rasterized=rows > NAMED, **COLOURS)
    axes.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    if cell > ROOM:
        for row, column in np.argwhere(~np.isnan(r)):
            write_number(axes, column + 0.5, row + 0.5, r[row, column])


def draw_many(axes: Axes, consistency: pd.DataFrame, order: pd.DataFrame, cell: float) -> None:
    """Draw each pair of prototypes once, above the diagonal, for three subjects or more.

    Where cells are too small for numbers, the half below the diagonal holds the blocks' medians.
    """
    r, n = correlations(consistency, order), len(order)
    draw_cells(axes, np.where(np.triu(np.ones((n, n), bool)), r, np.nan), cell)
    if n <= NAMED:
        for row, (subject, cluster) in enumerate(
            zip(order["subject"], order["cluster"], strict=True)
        ):
            look: dict[str, Any] = {"ha": "right", "va": "center", "size": 5}
            axes.text(-3 / cell, row + 0.5, named(subject, cluster), **look)
    blocks = {int(str(g)): rows.index for g, rows in order.groupby("group", sort=False)}
    for number, members in blocks.items():
        start, size = members[0], len(members)
        name, colour = group_of(number)
        box: dict[str, Any] = {"fill": False, "clip_on": False, "edgecolor": colour, "zorder": 3}
        axes.add_patch(Rectangle((start, start), size, size, linewidth=1, **box))
        axes.text(start + size / 2, -2 / cell, name, ha="center", va="bottom", color=colour, **BOLD)
        if n > NAMED:
            side: dict[str, Any] = {"ha": "right", "va": "center", "color": colour}
            axes.text(-3 / cell, start + size / 2, name, **side, **BOLD)
    for _, rows in order[order["partner"] > 0].groupby("partner"):
        start, size = rows.index[0], len(rows)
        box = {"fill": False, "edgecolor": style.UNMATCHED, "zorder": 3}
        axes.add_patch(Rectangle((start, start), size, size, linewidth=0.4, **box))
    if cell <= ROOM:
        draw_medians(axes, block_medians(r, order), blocks, cell)


def draw_medians(axes: Axes, medians: pd.DataFrame, blocks: dict[int, Any], cell: float) -> None:
    """Draw the blocks' medians below the diagonal, and in the empty half of each block on it."""
    names = list(medians.index)
    if not names:
        return
    edges = [*(blocks[name][0] for name in names), blocks[names[-1]][-1] + 1]
    below = np.where(np.tri(len(names), k=-1, dtype=bool), medians, np.nan)
    if len(names) > 1:
        axes.pcolormesh(edges, edges, np.ma.masked_invalid(below), **COLOURS)
    for row, a in enumerate(names):
        for column, b in enumerate(names[: row + 1]):
            high, wide = len(blocks[a]), len(blocks[b])
            value, room = medians.loc[a, b], cell * min(high, wide)
            if np.isnan(value) or room < (ROOM if row > column else 14):
                continue
            if row > column:
                write_number(axes, edges[column] + wide / 2, edges[row] + high / 2, value)
            else:
                across, down = (0.34, 0.76) if room > 24 else (0.46, 0.76)
                text = style.correlation(value)
                look: dict[str, Any] = {"ha": "center", "va": "center", "size": 5}
                axes.text(edges[row] + across * wide, edges[row] + down * high, text, **look)


def draw_two(axes: Axes, consistency: pd.DataFrame, order: pd.DataFrame, cell: float) -> None:
    """Draw the clusters of one subject against those of the other, with matches outlined."""
    subjects = sorted(set(order["subject"]))
    rows, columns = (order[order["subject"] == subject] for subject in subjects)
    spots = (rows.index.to_numpy(), columns.index.to_numpy())
    draw_cells(axes, correlations(consistency, order)[np.ix_(*spots)], cell)
    at = [
        {cluster: place for place, cluster in enumerate(side["cluster"])}
        for side in (rows, columns)
    ]
    for hit in consistency[consistency["matched"]].itertuples():
        spot = (at[1][int(str(hit.cluster_b))], at[0][int(str(hit.cluster_a))])
        axes.add_patch(Rectangle(spot, 1, 1, fill=False, linewidth=1, clip_on=False, zorder=3))
    # Pooled clusters are next to the cells, the subjects' clusters beyond them.
    beyond = 4 + 72 * style.widest([_short(group) for group in order["group"]], *BOLD.values())
    for side, place_of, axis in ((rows, at[0], 1), (columns, at[1], 0)):
        for row in side.itertuples():
            group, cluster = int(str(row.group)), int(str(row.cluster))
            here = place_of[cluster] + 0.5
            text = named(str(row.subject), cluster)
            if axis:
                look: dict[str, Any] = {"ha": "right", "va": "center"}
                axes.text(-3 / cell, here, _short(group), color=group_of(group)[1], **look, **BOLD)
                axes.text(-(3 + beyond) / cell, here, text, size=5, **look)
            else:
                look = {"ha": "center", "va": "bottom"}
                axes.text(here, -3 / cell, _short(group), color=group_of(group)[1], **look, **BOLD)
                axes.text(here, -12 / cell, text, size=5, rotation=90, **look)


def _short(group: int) -> str:
    """A pooled cluster's number, or a dash for none."""
    return f"{group}" if group else "–"


def draw_matches(axes: Axes, matched: pd.DataFrame, identity: dict[str, Identity]) -> None:
    """Draw each matched correlation once, beside the pooled cluster of its first prototype.

    A ring stands for a match of two prototypes that correspond to different pooled clusters.
    """
    ends = matched_groups(matched, identity)
    rows = matched.assign(group=ends[0], same=np.equal(*ends))
    groups = [*sorted(set(ends[0]) - {0}), *([0] if 0 in ends[0] else [])]
    for row, number in enumerate(groups):
        matches = rows[rows["group"] == number].sort_values("r")
        # A few dots do not overlap: they need no offsets.
        steps = [-0.18, 0.0, 0.18, -0.09, 0.09] if len(matches) > 3 else [0.0]
        colour = group_of(number)[1]
        fill = np.where(matches["same"], colour, "white").tolist()
        dot: dict[str, Any] = {"edgecolors": colour, "linewidths": 0.6, "clip_on": False}
        axes.scatter(matches["r"], row + np.resize(steps, len(matches)), 6, c=fill, zorder=3, **dot)
        if len(matches) > 2:
            median = float(np.median(matches["r"]))
            axes.vlines(median, row - 0.36, row + 0.36, color=style.INK, linewidth=1.1, zorder=4)
    low = floor_of(matched["r"].to_numpy(float))
    axes.set(ylim=(len(groups) - 0.4, -0.6), xlim=(low, 1))
    axes.set_xlabel("r of matched prototypes", size=style.BODY)
    axes.set_yticks(range(len(groups)), [group_of(number)[0] for number in groups], weight="bold")
    for label, number in zip(axes.get_yticklabels(), groups, strict=True):
        label.set_color(group_of(number)[1])
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_major_locator(MultipleLocator(tick_step(low)))
    axes.axvline(SIMILAR, color=style.INK, linewidth=0.6, linestyle=(0, (4, 2)), zorder=1)


def matched_groups(
    matched: pd.DataFrame, identity: dict[str, Identity]
) -> tuple[list[int], list[int]]:
    """The pooled clusters of the first and of the second prototype of each match; 0 for none."""
    ends = []
    for side in "ab":
        pairs = zip(matched[f"subject_{side}"], matched[f"cluster_{side}"], strict=True)
        ends.append([identity[subject][int(cluster)] or 0 for subject, cluster in pairs])
    return ends[0], ends[1]


def shown_left(subjects: list[str], named_rows: bool, medians: bool, unmatched: bool) -> str:
    """The subtitle's part on the matrix."""
    if len(subjects) == 2:
        return (
            f"Left: correlations of the prototypes of {subjects[0]} (rows) and {subjects[1]} "
            "(columns) over the regions that both have, the one-to-one matches outlined. Bold: the "
            f"pooled cluster that each corresponds to{', or a dash for none' * unmatched}. "
        )
    rows = "Rows (subject · its own cluster) and columns" if named_rows else "Rows and columns"
    none = f"What corresponds to none stands by its match in {subjects[0]} (thin outlines). "
    below = "; below the diagonal, and in each block's empty half, the blocks' medians"
    return (
        "Left: correlations of the prototypes of different subjects over the regions that both "
        f"have, each once; white where both are of one subject. {rows} stand in the order of the "
        "pooled clusters that they correspond to, whose numbers and colours head the outlined "
        f"blocks{below * medians}. {none * unmatched}"
    )


def shown_right(r: np.ndarray, subjects: int) -> str:
    """The subtitle's part on the matches, with their numbers."""
    pairs, alike = subjects * (subjects - 1) // 2, int((r > SIMILAR).sum())
    of = f"each of {pairs} pairs of subjects" if pairs > 1 else "the two subjects"
    text = (
        f"Right: the one-to-one matches of {of}, each once; ring: between different pooled "
        f"clusters{'; dash: median' * (pairs > 2)}; dashed line: {SIMILAR:g}. "
    )
    if len(r) == 1:
        return f"{text}Here r is {style.correlation(float(r[0]))}."
    text += (
        f"{alike:,} of {len(r):,} "
        f"({style.percent(alike / len(r))}) are above {SIMILAR:g}; median "
        f"{style.correlation(float(np.median(r)))}, lowest {style.correlation(float(r.min()))}."
    )
    if subjects > 2:
        text += f" Each subject is in {subjects - 1} pairs, so matches are not independent."
    return text


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
    two, k = len(subjects) == 2, order["cluster"].nunique()
    n = k if two else len(order)
    side = min(SIDE, max(LEAST, ROW * n))
    cell = 72 * side / n
    names = style.widest((f"{style.shortened(s, LONGEST, 5)} · 20" for s in subjects), 5)
    left = style.MARGIN + (names + 0.16 if two else names if n <= NAMED else 0.25) + 0.08
    share = f"{k} clusters" if k > 1 else "one cluster"
    title = f"Do the {len(subjects)} subjects share their {share}?"
    r = matched["r"].to_numpy(float)
    medians = not two and cell <= ROOM
    subtitle = shown_left(subjects, n <= NAMED, medians, 0 in set(order["group"]))
    subtitle += shown_right(r, len(subjects))
    top = style.heading_height(style.COLUMN, title, subtitle) + 0.32 + two * names
    figure = style.canvas(style.COLUMN, top + side + 0.62)
    style.heading(figure, title, subtitle)
    matrix = style.place(figure, left, top, side, side)
    (draw_two if two else draw_many)(matrix, consistency, order, cell)
    axis: dict[str, Any] = {"size": style.SMALL, "color": style.QUIET}
    if not two:
        style.write(figure, left, top - 0.26, "Pooled cluster", **axis)
    scale = style.place(figure, left + 0.2, top + side + 0.12, 1.6, 0.07)
    correlation_bar(scale, matrix.collections[0], across=True)
    beside = left + side + 0.42
    style.write(figure, beside - 0.22, top - 0.12, "Pooled cluster", **axis)
    strip = style.place(figure, beside, top, style.COLUMN - style.MARGIN - beside - 0.08, side)
    draw_matches(strip, matched, identity)
    ends = matched_groups(matched, identity)[0]
    lines = [
        f"{group_of(number)[0]}: {len(matches)}, {style.correlation(float(np.median(matches)))}"
        for number in dict.fromkeys(order["group"])
        if len(matches := r[np.equal(ends, number)])
    ]
    style.describe(figure, f"Matches and their median r by pooled cluster: {'; '.join(lines)}.")
    style.note(figure, note)
    return figure
