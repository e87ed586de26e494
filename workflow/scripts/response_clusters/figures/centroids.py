"""Figure 2: the clusters' prototypes and mean responses, region by region."""

from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import response_clusters.figures.surroundings  # noqa: F401
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter
from response_clusters.comparison.identity import Identity, match_text
from response_clusters.figures import style
from response_clusters.figures.families import families

ROW, TITLES, TITLE_ROW = 0.108, 0.26, 0.09  # inches: a region; a panel's titles and their lines
LONGEST, NARROWEST = 1.9, 0.59  # inches of a name and of a panel


def middle_half(responses: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """The range of responses of the middle half of each cluster's trials, region by region.

    Parameters
    ----------
    responses : DataFrame
        One row per trial: subject, trial, then one column per region.
    assignments : DataFrame
        The trials that were clustered: subject, trial, cluster.

    Returns
    -------
    DataFrame
        One row per cluster and region: cluster, region, low and high, the 25th and the 75th
        percentile of the responses.
    """
    key = ["subject", "trial"]
    rows = responses.set_index(key).reindex(pd.MultiIndex.from_frame(assignments[key]))
    values, of = rows.to_numpy(), assignments["cluster"].to_numpy(int)
    parts = []
    for cluster in np.unique(of):
        low, high = np.percentile(values[of == cluster], [25, 75], axis=0)
        part = {"cluster": cluster, "region": rows.columns, "low": low, "high": high}
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True)


def region_rows(groups: list[tuple[str, list[str]]]) -> tuple[pd.Series, list[tuple[float, str]]]:
    """Where each region and each family's name stands, in rows counted downwards.

    Parameters
    ----------
    groups : list of (str, list of str)
        As `families` gives them.

    Returns
    -------
    rows : Series
        Row of each region, indexed by region in drawing order.
    names : list of (float, str)
        Row and name of each family; one without a name is called "Other" if there are several.
    """
    rows: dict[str, float] = {}
    names: list[tuple[float, str]] = []
    row = 0.0
    for name, members in groups:
        if name or len(groups) > 1:
            names.append((row, name or "Other"))
            row += 1
        rows |= {region: row + i for i, region in enumerate(members)}
        row += len(members) + 0.5
    return pd.Series(rows, dtype=float), names


def dress(axes: Axes, rows: pd.Series, names: list[tuple[float, str]], first: bool) -> None:
    """Prepare a panel: zero line, a band per family and, if it is the `first`, names."""
    axes.invert_yaxis()
    axes.spines["left"].set_visible(False)
    axes.set_axisbelow(True)
    breaks = (rows.diff() > 1).cumsum()
    for _, family in rows.groupby(breaks):
        axes.axhspan(family.iloc[0] - 0.5, family.iloc[-1] + 0.5, color=style.BAND, zorder=0)
    axes.axvline(0, color=style.INK, linewidth=0.6)
    axes.set_yticks([])
    if first:
        shown = [style.elided(region, LONGEST) for region in rows.index]
        axes.set_yticks(rows, shown, size=style.SMALL)
        axes.tick_params(axis="y", length=0, pad=2)
        for row, name in names:
            axes.annotate(
                style.shortened(name, LONGEST, weight="bold"),
                (0, row),
                xytext=(-2, 0),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                ha="right",
                va="center",
                weight="bold",
                size=style.SMALL,
            )


def symmetric(axes: Axes, largest: float, colour: str) -> None:
    """Set a scale from −`largest` to `largest`: both scales of a panel have zero in one place."""
    axes.set_xlim(-1.06 * largest, 1.06 * largest)
    # One digit, well within the panel: the next panel's scale begins close by.
    tick = float(f"{0.65 * largest:.0e}") if largest else 1.0
    axes.xaxis.set_major_locator(FixedLocator([-tick, 0, tick]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    axes.tick_params(axis="x", labelsize=5, labelcolor=colour, color=colour, pad=1)


def left_out(regions: pd.DataFrame) -> str:
    """A sentence on the requested regions that are not clustered; empty if there are none."""
    if "in_all" in regions:
        rows = regions[~regions["in_all"].astype(bool)]
        if rows.empty:
            return ""
        listed = ", ".join(
            f"{region} ({count})"
            for region, count in zip(rows["region"], rows["present"], strict=True)
        )
        return f"Left out of the pool, since not all subjects have them (in how many): {listed}."
    rows = regions[~regions["present"].astype(bool)]
    return f"Regions that this subject lacks: {', '.join(rows['region'])}." if len(rows) else ""


def centroid_figure(
    centroids: pd.DataFrame,
    spread: pd.DataFrame,
    regions: pd.DataFrame,
    fit: dict[str, Any],
    identity: Identity,
    unit: str,
    cohort: str,
    note: str = "",
) -> Figure:
    """One panel per cluster: its prototype and its mean response, region by region.

    Parameters
    ----------
    centroids : DataFrame
        One row per cluster and region: cluster, region, response, prototype.
    spread : DataFrame
        The same rows: cluster, region, low, high (as `middle_half` gives).
    regions : DataFrame
        The cohort's region table: region, collection, present and, if pooled, in_all.
    fit : dict
        A fit's summary: k, trials and sizes.
    identity : dict
        The pooled cluster that each cluster is matched to.
    unit : str
        What one unit of `response` is, such as "% signal change".
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    prototypes, responses = (
        centroids.pivot(index="region", columns="cluster", values=value)
        for value in ("prototype", "response")
    )
    lows, highs = (
        spread.pivot(index="region", columns="cluster")[side] for side in ("low", "high")
    )
    rows, names = region_rows(families(regions, list(responses.index)))
    k, depth = int(fit["k"]), float(rows.max())
    high = max((depth + 1) * ROW, 0.7)
    labels = max(
        style.widest((style.elided(name, LONGEST) for name in rows.index), style.SMALL),
        style.widest((name for _, name in names), style.SMALL, "bold"),
    )
    left = style.MARGIN + min(labels, LONGEST) + 0.06
    room = style.COLUMN - style.MARGIN - left
    # Seven panels fit a line comfortably; with many clusters more, so that a page holds all lines.
    most = 7 if k <= 14 and room / 7 > NARROWEST else int(room / NARROWEST)
    lines = ceil(k / most)
    across = max(ceil(k / lines), 2)
    wide = room / across
    below_name = [
        [*([" · ".join(size)] if wide > 0.8 else size), match_text(cluster, identity)]
        for cluster in range(1, k + 1)
        for size in [style.size_lines(fit, cluster)]
    ]
    titles = TITLES + TITLE_ROW * max(len(list(filter(None, texts))) for texts in below_name)
    step = titles + high + 0.36
    title = f"{style.cohort_name(cohort)}: prototypes and responses of {style.the_clusters(k)}"
    subtitle = (
        "Bars: the prototype, the mean of the patterns that were clustered: each trial centred "
        "over regions and of unit length. Dots: the mean response, before centring, with the "
        "middle half of the trials (25th to 75th percentile)."
    )
    top = style.heading_height(style.COLUMN, title, subtitle) + titles + 0.06
    omitted = style.wrapped(left_out(regions), style.COLUMN - 2 * style.MARGIN, style.SMALL)
    foot = 0.3 + 0.11 * len(omitted)
    figure = style.canvas(style.COLUMN, top - titles + lines * step + foot - 0.1)
    style.heading(figure, title, subtitle)
    largest = float(np.abs(prototypes.to_numpy()).max())
    furthest = max(float(np.abs(part.to_numpy()).max()) for part in (responses, lows, highs))
    for index in range(k):
        line, column = divmod(index, across)
        cluster, x, y = index + 1, left + column * wide, top + line * step
        axes = style.place(figure, x, y, wide - 0.1, high)
        colour = style.cluster_colour(identity[cluster])
        bars, mean, start, end = (
            part[cluster].reindex(rows.index) for part in (prototypes, responses, lows, highs)
        )
        axes.barh(rows, bars, height=0.78, color=style.tint(colour, 0.5), zorder=2)
        axes.set(ylim=(-0.6, depth + 0.6))
        dress(axes, rows, names, column == 0)
        symmetric(axes, largest, style.QUIET)
        over = axes.twiny()
        over.set_zorder(3)
        over.spines[:].set_visible(False)
        over.hlines(rows, start, end, color=style.INK, linewidth=0.7)
        over.plot(mean, rows, "o", color=style.INK, markersize=2, clip_on=False)
        symmetric(over, furthest, style.INK)
        over.tick_params(axis="x", length=0)
        name = f"Cluster {cluster}"
        look = {"weight": "bold", "size": style.LABEL, "color": colour}
        style.write(figure, x, y - titles + 0.02, name, **look)
        for row, text in enumerate(filter(None, below_name[index])):
            style.write(figure, x, y - titles + 0.135 + TITLE_ROW * row, text, size=5)
        most_of, least_of = bars.idxmax(), bars.idxmin()
        style.describe(
            figure,
            f"{name}, {style.size_text(fit, cluster)}: prototype highest in {most_of} "
            f"({style.number(bars[most_of], 2)}), lowest in {least_of} "
            f"({style.number(bars[least_of], 2)}).",
        )
    below = top - titles + lines * step - 0.17
    middle = left + (min(k, across) * wide - 0.1) / 2
    axis = f"Bars, scale below: prototype.  Dots, scale above: mean response ({unit})."
    style.write(figure, middle, below, axis, ha="center", size=style.BODY)
    for row, text in enumerate(omitted):
        style.write(
            figure,
            style.MARGIN,
            below + 0.14 + 0.11 * row,
            text,
            size=style.SMALL,
            color=style.QUIET,
        )
    style.note(figure, note)
    return figure
