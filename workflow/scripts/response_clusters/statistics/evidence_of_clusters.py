"""What the statements on clusters rest on: the elbow, groups, other k and other subjects."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
from response_clusters.names import POOLED
from response_clusters.statistics.abstract import statements
from response_clusters.statistics.evidence import (
    Evidence,
    Tables,
    beside_continuum,
    chosen_k,
    null_of,
    observed,
    reaching,
    row_where,
    value_of,
)
from response_clusters.statistics.verdicts import (
    HALFWAY,
    Null,
    Part,
    choice_p,
    two_decimals,
)

JACCARD = 0.75
"""From which on a cluster is "valid and stable" (Hennig 2007, `stability.HENNIG`)."""
AS_GOOD, ANOTHER = 0.01, 0.8
"""A rival solution is as good if its objective is worse by less than this share, and another one if
its adjusted Rand index with the fit is below that."""


def of_elbow(claim: str, tables: Tables) -> Evidence:
    """The chosen k beside those of image bootstraps and of the continuum."""
    choice, chosen = tables.get("elbow"), tables.get("chosen_k")
    if choice is None:
        return Evidence()
    k, aim = int(choice["k"]), int(statements()[claim]["aim"])
    told_k = f"k = {k}" if choice["reached"] else f"k = {k}, the largest tried"
    parts = (Part(f"{told_k} (in the paper {aim})", k == aim),)
    low, _, high = _choices(chosen, "bootstrap")
    null_low, null, null_high = _choices(chosen, "continuum")
    draws = _draws(chosen, "continuum")
    compared = Null(choice_p(k, draws), surrogates=sum(draws.values()))
    remark = ""
    if draws:
        same, every = draws.get(k, 0), sum(draws.values())
        remark = f"Of {every} surrogates without clusters, {same} choose k = {k}."
    return Evidence(parts, k, low, high, null, null_low, null_high, compared, remark)


def _draws(chosen: pd.DataFrame | None, source: str) -> dict[int, int]:
    """How many draws of a source chose each k, of the pooled cohort."""
    if chosen is None:
        return {}
    rows = chosen[(chosen["source"] == source) & (chosen["cohort"] == POOLED)]
    return {int(k): int(n) for k, n in zip(rows["k"], rows["draws"], strict=True) if n}


def _choices(chosen: pd.DataFrame | None, source: str) -> tuple[float, float, float]:
    """The quantiles .025, .5 and .975 of the chosen k."""
    draws = _draws(chosen, source)
    if not draws:
        return math.nan, math.nan, math.nan
    values = np.repeat(list(draws), list(draws.values()))
    low, middle, high = np.quantile(values, [0.025, 0.5, 0.975])
    return float(low), float(middle), float(high)


def of_clusters_exist(claim: str, tables: Tables) -> Evidence:
    """The indices of everything that would show groups, if there were any."""
    k = chosen_k(tables)
    nulls = tables.get("nulls")
    rows = {
        "R² between": row_where(nulls, cohort=POOLED, k=k, statistic="r2_between"),
        "R² explained": row_where(nulls, cohort=POOLED, k=k, statistic="r2_explained"),
        "κ of repeats": row_where(nulls, cohort=POOLED, k=k, statistic="repeat_kappa"),
        "R² with the least noise": _cleanest(tables.get("ladder"), k),
        "prediction strength": _strength(tables, k),
    }
    known = {
        n: r for n, r in rows.items() if r is not None and not math.isnan(value_of(r, "index"))
    }
    if not known:
        return Evidence()
    parts = tuple(
        Part(f"{name} {two_decimals(value_of(row, 'index'))}", value_of(row, "index") >= HALFWAY)
        for name, row in known.items()
    )
    parts += tuple(Part(name, None) for name in rows if name not in known)
    values = [value_of(row, "index") for row in known.values()]
    middle = float(np.median(values))
    worst = min(map(null_of, known.values()), key=lambda null: (bool(null.beyond), -null.p))
    bands = np.array([_band(row) for row in known.values()])
    return Evidence(
        parts,
        middle,
        min(values),
        max(values),
        0.0,
        float(bands[:, 0].min()),
        float(bands[:, 1].max()),
        replace(worst, index=middle),
        f"Indices: 0 a continuum, 1 k distinct groups.{_poles(nulls, k)}",
    )


def _poles(nulls: pd.DataFrame | None, k: int) -> str:
    """A sentence on whether prototypes are the ends of axes, as those of a continuum are."""
    row = row_where(nulls, cohort=POOLED, k=k, statistic="antipode_median")
    if row is None or math.isnan(value_of(row, "observed")):
        return ""
    ours, theirs = (two_decimals(value_of(row, name)) for name in ("observed", "continuum"))
    return f" The most negative r of prototypes is {ours} in the median; of a continuum {theirs}."


def _band(row: pd.Series) -> tuple[float, float]:
    """The continuum's band of a statistic, on the scale of its index."""
    span = value_of(row, "groups") - value_of(row, "continuum")
    ends = [(value_of(row, end) - value_of(row, "continuum")) / span for end in ("low", "high")]
    return min(ends), max(ends)


def _cleanest(ladder: pd.DataFrame | None, k: int) -> pd.Series | None:
    """R² explained at the level of the ladder with the least noise that there is."""
    for level in ("shared", "images", "trials"):
        row = row_where(ladder, level=level, k=k, statistic="r2_explained")
        if row is not None and not math.isnan(value_of(row, "observed")):
            return row
    return None


def _strength(tables: Tables, k: int) -> pd.Series | None:
    return row_where(tables.get("stability"), k=k, statistic="prediction_strength")


def of_one_partition(claim: str, tables: Tables) -> Evidence:
    """Whether other images give the clusters again, and whether there is another set as good."""
    k, stability = chosen_k(tables), tables.get("stability")
    row = _strength(tables, k)
    if row is None or k < 2:
        return Evidence()
    strength = value_of(row, "observed")
    parts = (
        reaching("prediction strength", strength, float(statements()[claim]["aim"])),
        reaching("the least stable cluster's Jaccard", _least_jaccard(stability, k), JACCARD),
    )
    # That there is no rival as good is not yet a partition.
    rival = _rival(stability, k)
    if rival.met:
        return replace(
            beside_continuum(row, parts), remark=f"{rival.name[0].upper()}{rival.name[1:]}."
        )
    return beside_continuum(row, (*parts, rival))


def _least_jaccard(stability: pd.DataFrame, k: int) -> float:
    """The least of all clusters' Jaccard, each the mean over bootstraps; nan if none is known."""
    own = (stability["k"] == k) & stability["statistic"].str.fullmatch(r"jaccard_\d+")
    return float(stability.loc[own, "observed"].astype(float).min())


def _rival(stability: pd.DataFrame, k: int) -> Part:
    """Whether no other solution is as good as the fit."""
    row = row_where(stability, k=k, statistic="rival_objective")
    if row is None:
        return Part("rival solutions", None)
    worse, ari = value_of(row, "observed"), observed(stability, k, "rival_ari")
    if math.isnan(worse):
        return Part("no start ended in another solution", True)
    name = f"the next solution is {worse:.2%} worse, its ARI with ours {two_decimals(ari)}"
    return Part(name, worse >= AS_GOOD or ari >= ANOTHER)


def _nulls(claim: str, tables: Tables, statistic: str, name: str) -> Evidence:
    """A statistic of the pooled cohort that has to reach the claim's aim."""
    row = row_where(tables.get("nulls"), cohort=POOLED, k=chosen_k(tables), statistic=statistic)
    if row is None or math.isnan(value_of(row, "observed")):
        return Evidence()
    aim = float(statements()[claim]["aim"])
    parts = (reaching(name, value_of(row, "observed"), aim),)
    return beside_continuum(row, parts)


def of_across_k(claim: str, tables: Tables) -> Evidence:
    return _nulls(claim, tables, "r_next_k", "matched r from k to k + 1")


def of_across_subjects(claim: str, tables: Tables) -> Evidence:
    return _nulls(claim, tables, "matched_r_above", "share of matched r above .8")
