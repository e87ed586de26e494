"""Figure 2: the clusters' mean responses, region by region, and how far their trials spread."""

from math import ceil
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from response_clusters import style
from response_clusters.families import families
from response_clusters.job import job
from response_clusters.records import read_record
from response_clusters.tables import read_table

ROW, TITLES = 0.165, 0.42  # inches that a region takes, and a panel's two lines of title


def middle_half(responses: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Between which responses the middle half of each cluster's trials lies, region by region.

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
        Row and name of each family; one without a name is called other, if it is not the only one.
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


def dress(
    axes: Axes, rows: pd.Series, names: list[tuple[float, str]], first: bool, wide: float
) -> None:
    """A panel's furniture: zero line, scale, a band per family and, if it is the `first`, names."""
    axes.invert_yaxis()
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(max(int(wide / 0.33), 2), steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: style.number(value)))
    axes.tick_params(axis="x", labelsize=style.SMALL)
    axes.grid(axis="x", color="white", linewidth=0.8)
    axes.set_axisbelow(True)
    breaks = (rows.diff() > 1).cumsum()
    for _, family in rows.groupby(breaks):
        axes.axhspan(family.iloc[0] - 0.5, family.iloc[-1] + 0.5, color=style.BAND, zorder=0)
    axes.axvline(0, color=style.INK, linewidth=0.8)
    axes.set_yticks([])
    if first:
        axes.set_yticks(rows, rows.index, size=style.BODY)
        axes.tick_params(axis="y", length=0)
        for row, name in names:
            axes.annotate(
                name,
                (0, row),
                xytext=(-3.5, 0),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                ha="right",
                va="center",
                weight="bold",
            )


def centroid_figure(
    centroids: pd.DataFrame,
    spread: pd.DataFrame,
    regions: pd.DataFrame,
    fit: dict[str, Any],
    unit: str,
    cohort: str,
    note: str = "",
) -> Figure:
    """One panel per cluster: its mean response in every region, grouped into families.

    Parameters
    ----------
    centroids : DataFrame
        One row per cluster and region: cluster, region, response.
    spread : DataFrame
        The same rows: cluster, region, low, high (as `middle_half` gives).
    regions : DataFrame
        The cohort's region table: region, collection.
    fit : dict
        A fit's summary: k, trials and sizes.
    unit : str
        What one unit of `response` is, such as "% signal change".
    cohort, note : str
        A subject or "pooled"; a line for the figure's foot.
    """
    responses = centroids.pivot(index="region", columns="cluster", values="response")
    lows, highs = (
        spread.pivot(index="region", columns="cluster")[side] for side in ("low", "high")
    )
    rows, names = region_rows(families(regions, list(responses.index)))
    k, depth = int(fit["k"]), float(rows.max())
    lines = ceil(k / 10)
    across = ceil(k / lines)
    wide, high = min(max(9 / across, 1.35), 2.6), max((depth + 1) * ROW, 1.2)
    step = TITLES + high + 0.35
    labels = max(style.widest(rows.index), style.widest([name for _, name in names], weight="bold"))
    left = style.MARGIN + labels + 0.08
    title = f"{style.cohort_name(cohort)}: mean responses of the {style.clusters(k)}"
    subtitle = (
        "Bars are means over a cluster's trials, pale bands the middle half of those trials (25th "
        "to 75th percentile); the dark line is zero."
    )
    width = max(left + across * wide + 0.15, 6.0)
    top = style.heading_height(width, title, subtitle) + TITLES + 0.1
    figure = style.canvas(width, top - TITLES + lines * step + 0.45)
    style.heading(figure, title, subtitle)
    drawn = np.concatenate(
        [[0.0], *(table.to_numpy().ravel() for table in (responses, lows, highs))]
    )
    low, high_end = float(drawn.min()), float(drawn.max())
    pad = 0.04 * (high_end - low)
    for index in range(k):
        line, column = divmod(index, across)
        x, y = left + column * wide, top + line * step
        axes = style.place(figure, x, y, wide - 0.14, high)
        colour, text = style.cluster_colour(index + 1), style.text_colour(index + 1)
        mean, start, end = (t[index + 1].reindex(rows.index) for t in (responses, lows, highs))
        axes.barh(rows, end - start, left=start, height=0.8, color=style.tint(colour))
        axes.barh(rows, mean, height=0.4, color=colour)
        axes.set(xlim=(low - pad, high_end + pad), ylim=(-0.6, depth + 0.6))
        dress(axes, rows, names, column == 0, wide)
        name = f"Cluster {index + 1}"
        style.write(figure, x, y - 0.36, name, weight="bold", size=style.LABEL, color=text)
        style.write(figure, x, y - 0.19, style.size_text(fit, index + 1), size=style.SMALL)
    middle, foot = left + (across * wide - 0.14) / 2, top - TITLES + lines * step - 0.06
    style.write(figure, middle, foot, f"Mean response ({unit})", ha="center", size=style.LABEL)
    style.note(figure, note)
    return figure


if __name__ == "__main__":
    with job() as rule:
        given, what = rule.input, rule.params
        cohort = rule.wildcards.cohort
        centroids = read_table(given.centroids, "centroids")
        regions = list(centroids["region"].unique())
        figure = centroid_figure(
            centroids,
            middle_half(
                read_table(given.responses, "responses", ["subject", "trial", *regions]),
                read_table(given.assignments, "assignments", ["subject", "trial", "cluster"]),
            ),
            read_table(given.regions, "pooled_regions" if cohort == "pooled" else "regions"),
            read_record(given.fit, "fit"),
            what["unit"],
            cohort,
            what["note"],
        )
        style.save(figure, rule.output.svg, rule.output.png)
