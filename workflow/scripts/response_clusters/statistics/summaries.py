"""Tables of claims, from what was measured of the data and of surrogates."""

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.algebra import product
from response_clusters.names import POOLED
from response_clusters.statistics.datasets import CONTINUUM, GROUPS, LADDER, OBSERVED
from response_clusters.statistics.geometry import (
    among_surrogates,
    antipode_clusters,
    antipodes,
    shares_in_axes,
)
from response_clusters.statistics.nulls import compare, interval, p_value

Values = npt.NDArray[np.float64]
KEY = ["cohort", "k", "statistic"]
COMPARISON = [
    *("observed", "continuum", "low", "high", "p", "groups", "index", "surrogates"),
]
R2 = ("r2_between", "r2_explained")
BOOTSTRAP = "bootstrap"
SMALLER = ("r2_ratio",)
"""Statistics that groups make smaller: p counts the surrogates that are as small."""


def comparisons(draws: pd.DataFrame, bands: bool = False) -> pd.DataFrame:
    """Each statistic of the data beside its draws from both models.

    Parameters
    ----------
    draws : DataFrame
        Rows of the draws table, of one level. Where the data were measured several times, as with
        splits, the mean counts.
    bands : bool
        Whether to add groups_low and groups_high, the quantiles of surrogates with groups.

    Returns
    -------
    DataFrame
        Columns cohort, k, statistic and those of `COMPARISON`, in the order of the data's rows.
    """
    rows = []
    for key, found in draws.groupby(KEY, sort=False):
        by_model = {model: own["value"].to_numpy() for model, own in found.groupby("model")}
        if OBSERVED not in by_model:
            continue
        known = by_model[OBSERVED][~np.isnan(by_model[OBSERVED])]
        groups = by_model.get(GROUPS, np.empty(0))
        result = compare(
            known.mean() if known.size else np.nan, by_model.get(CONTINUUM, np.empty(0)), groups
        )
        row = dict(zip(KEY, key, strict=True)) | asdict(result)
        if row["statistic"] in SMALLER:
            row["p"] = float(p_value(-result.observed, -by_model.get(CONTINUUM, np.empty(0))))
        if bands:
            row["groups_low"], row["groups_high"] = map(float, interval(groups))
        rows.append(row)
    further = ["groups_low", "groups_high"] if bands else []
    return pd.DataFrame(rows, columns=[*KEY, *COMPARISON, *further])


def nulls_table(draws: pd.DataFrame, chosen: Mapping[str, int]) -> pd.DataFrame:
    """What the study reports at the chosen k, beside both models.

    Parameters
    ----------
    draws : DataFrame
        The draws table.
    chosen : mapping of int
        The k that each cohort chose.

    Returns
    -------
    DataFrame
        Columns of the nulls table. The chosen k has no p and no index: it is no measure.
    """
    at_chosen = draws["k"] == draws["cohort"].map(chosen)
    table = comparisons(draws[at_chosen & (draws["statistic"] != "rows")])
    table.loc[table["statistic"] == "chosen_k", ["p", "index"]] = np.nan
    return table


def curve_table(draws: pd.DataFrame) -> pd.DataFrame:
    """Both R² over k, with the bands of both models: columns of the curve table."""
    table = comparisons(draws[draws["statistic"].isin(R2)], bands=True)
    return table.drop(columns=["p", "index"]).sort_values(["cohort", "statistic", "k"])


def chosen_table(draws: pd.DataFrame, bootstraps: pd.DataFrame) -> pd.DataFrame:
    """How often each k is chosen, by surrogates of both models and by image bootstraps.

    Parameters
    ----------
    draws, bootstraps : DataFrame
        Draws tables.

    Returns
    -------
    DataFrame
        Columns of the chosen_k table.
    """
    found = pd.concat(
        [
            bootstraps[bootstraps["model"] == OBSERVED].assign(source=BOOTSTRAP),
            draws[draws["model"] != OBSERVED].assign(source=draws["model"]),
        ],
        ignore_index=True,
    )
    found = found[found["statistic"] == "chosen_k"]
    found = found.assign(k=found["value"].astype("int64"))
    counts = found.groupby(["source", "cohort", "k"], sort=False).size().rename("draws")
    table = counts.reset_index().sort_values(["source", "cohort", "k"])
    total = table.groupby(["source", "cohort"])["draws"].transform("sum")
    return table.assign(share=table["draws"] / total)


def ladder_table(draws: pd.DataFrame) -> pd.DataFrame:
    """R² explained at every level of averaging, beside both models: columns of the ladder table."""
    pooled = draws[draws["cohort"] == POOLED]
    blocks = []
    for level, found in pooled.groupby("level", sort=False):
        rows = found.loc[found["statistic"] == "rows", "value"].iloc[0]
        wanted = (found["statistic"] == "r2_explained") & found["k"].isin(LADDER)
        blocks.append(comparisons(found[wanted]).assign(level=level, rows=int(rows)))
    return pd.concat(blocks, ignore_index=True)


def geometry_table(
    prototypes: pd.DataFrame, surrogates: pd.DataFrame, axes: Values
) -> pd.DataFrame:
    """Where each prototype lies, and how near to the prototypes of a continuum.

    Parameters
    ----------
    prototypes : DataFrame
        A row per cluster, a column per region.
    surrogates : DataFrame
        The drawn_prototypes table.
    axes : ndarray of shape (regions, m), float64
        As `geometry.principal_axes` makes them.

    Returns
    -------
    DataFrame
        Columns of the prototypes table.
    """
    own = surrogates[surrogates["model"] == CONTINUUM]
    drawn = [
        draw.pivot(index="cluster", columns="region", values="prototype")[prototypes.columns]
        for _, draw in own.groupby("draw")
    ]
    values = prototypes.to_numpy()
    r, among = among_surrogates(values, [draw.to_numpy() for draw in drawn])
    shares = shares_in_axes(values, axes)
    table = pd.DataFrame(
        {
            "cluster": prototypes.index,
            "r": np.median(r, axis=1) if drawn else np.nan,
            "r_low": r.min(axis=1, initial=1.0) if drawn else np.nan,
            "r_high": r.max(axis=1, initial=-1.0) if drawn else np.nan,
            "r_surrogates": among,
            "antipode": antipodes(values),
            "antipode_cluster": pd.array(antipode_clusters(values), dtype="Int16"),
        }
    )
    for m in range(1, 6):
        table[f"axes_{m}"] = shares[:, m - 1] if m <= shares.shape[1] else np.nan
    return table


def axes_table(
    units: Values, clusters: npt.NDArray[np.integer], prototypes: Values, axes: Values
) -> pd.DataFrame:
    """A sample of trials and the prototypes on the first three axes.

    Parameters
    ----------
    units : ndarray of shape (n, regions), float64
        Unit rows of the sample.
    clusters : ndarray of shape (n,), int
        Their clusters.
    prototypes : ndarray of shape (k, regions), float64
    axes : ndarray of shape (regions, m), float64
        With two regions there is one axis only: unit rows have no other direction.

    Returns
    -------
    DataFrame
        Columns of the axes table.
    """
    blocks = []
    numbers = np.arange(1, len(prototypes) + 1)
    for kind, rows, own in (("trial", units, clusters), ("prototype", prototypes, numbers)):
        on_axes = np.zeros((len(rows), 3))
        on_axes[:, : axes.shape[1]] = product(rows, axes[:, :3])
        block = pd.DataFrame(on_axes, columns=["axis_1", "axis_2", "axis_3"])
        blocks.append(block.assign(kind=kind, number=np.arange(1, len(rows) + 1), cluster=own))
    return pd.concat(blocks, ignore_index=True)


def stability_table(draws: pd.DataFrame) -> pd.DataFrame:
    """How stable clusters are, beside both models: columns of the stability table.

    A cluster's own Jaccard has no counterpart in surrogates, whose clusters are others.
    """
    table = comparisons(draws[draws["statistic"] != "chosen_k"])
    single = table["statistic"].str.fullmatch(r"jaccard_\d+")
    table.loc[single, COMPARISON[1:-1]] = np.nan
    table.loc[single, "surrogates"] = 0
    return table
