"""What the statements on images rest on: themes, broccoli, repeats and the nearest again."""

import math

import numpy as np
import pandas as pd
from response_clusters.names import POOLED, plain
from response_clusters.statistics.abstract import statements, told
from response_clusters.statistics.evidence import (
    Evidence,
    Tables,
    row_where,
    value_of,
)
from response_clusters.statistics.verdicts import (
    ALPHA,
    HALFWAY,
    Null,
    Part,
    in_words,
)

SAMPLES = {
    "in_sample": "in sample",
    "other_images": "with prototypes of other images",
    "other_subjects": "with prototypes of other subjects",
}
SMALLEST = 1e-12
"""The least p of a normal approximation."""
RICHEST = "theme_food"
"""The theme whose cluster is asked for broccoli."""


def of_theme(claim: str, tables: Tables) -> Evidence:
    """The share of a theme's categories that one cluster shows more often, in every sample."""
    rows = _of_theme(claim, tables)
    if rows is None:
        return Evidence()
    more = (rows["low"].astype(float) > 0) & (rows["q"].astype(float) <= ALPHA)
    by = rows.assign(more=more.fillna(False).astype(float)).groupby(["sample", "cluster"])
    shares = by["more"].mean().unstack("sample").reindex(columns=list(SAMPLES))
    order = pd.DataFrame({"least": shares.min(axis=1), "mean": shares.mean(axis=1)})
    best = order.sort_values(["least", "mean"], ascending=False, kind="stable").index[0]
    own, number = shares.loc[best], rows["category"].nunique()
    parts = (
        Part("at least one of its categories", bool(shares.max(axis=None) > 0)),
        *(_in_sample(SAMPLES[s], own[s], number, statements()[claim]["aim"]) for s in SAMPLES),
    )
    known = own.dropna()
    return Evidence(
        parts,
        float(known.min()),
        float(known.min()),
        float(known.max()),
        null=0.0,
        remark=f"Counted are the categories that cluster {best} is enriched in.",
    )


def _in_sample(name: str, share: float, number: int, aim: float) -> Part:
    """Whether a cluster shows enough of a theme's categories more often in one sample."""
    if math.isnan(share):
        return Part(name, None)
    return Part(f"{round(share * number)} of {number} {name}", bool(share >= aim))


def _of_theme(claim: str, tables: Tables) -> pd.DataFrame | None:
    """The tested rows of a theme's categories, among the nearest images; None if there are none."""
    rows = _listed(tables.get("enrichment"))
    if rows is None:
        return None
    names = {plain(name) for name in statements()[claim]["names"]}
    said = [rows[part].fillna("").map(plain).isin(names) for part in ("category", "supercategory")]
    rows = rows[(said[0] | said[1]) & rows["q"].notna()]
    return rows if len(rows) else None


def _listed(enrichment: pd.DataFrame | None) -> pd.DataFrame | None:
    """The rows of the longest list of nearest images; the abstract's has 100."""
    if enrichment is None or enrichment.empty:
        return None
    tops = [top for top in enrichment["top"].unique() if top != "all"]
    return enrichment[enrichment["top"] == max(tops, key=int)] if tops else None


def of_broccoli(claim: str, tables: Tables) -> Evidence:
    """The ratio of the cluster whose nearest images show most food."""
    food, rows = _of_theme(RICHEST, tables), _of_theme(claim, tables)
    if food is None or rows is None:
        return Evidence()
    own = food[food["sample"] == "in_sample"]
    richest = own.groupby("cluster")["images"].sum().sort_values(ascending=False, kind="stable")
    row = row_where(rows, sample="in_sample", cluster=int(richest.index[0]))
    if row is None or math.isnan(value_of(row, "ratio")):
        return Evidence()
    low, high, p = (value_of(row, name) for name in ("ratio_low", "ratio_high", "p"))
    aim, ours = float(statements()[claim]["aim"]), value_of(row, "ratio")
    parts = (
        Part("more than in other clusters", low > 1 and p <= ALPHA),
        Part(f"half of {aim:.0f} times, or more", ours >= aim * HALFWAY),
    )
    shown = round(value_of(row, "images"))
    remark = f"Cluster {richest.index[0]} shows most food; {shown} of its images show broccoli."
    return Evidence(parts, ours, low, high, 1.0, compared=Null(p), remark=remark)


def of_similar_stimuli(claim: str, tables: Tables) -> Evidence:
    """κ of presentations of an image, within subjects and between them, against permuted images."""
    within = row_where(tables.get("repeats"), cohort=POOLED, statistic="kappa")
    between = row_where(tables.get("shared"), subject_a="all", subject_b="all")
    rows = {
        "within subjects": (within, "observed"),
        "between subjects": (between, "kappa"),
    }
    parts = []
    for name, (row, column) in rows.items():
        kappa = math.nan if row is None else value_of(row, column)
        if row is None or math.isnan(kappa):
            parts.append(Part(name, None))
            continue
        met = value_of(row, "low") > 0 and value_of(row, "p") <= ALPHA
        parts.append(Part(f"{name} {told(claim, kappa)}", met))
    row, column = next((r for r in rows.values() if r[0] is not None), (None, ""))
    if row is None:
        return Evidence()
    index = value_of(row, "index") if "index" in row else math.nan
    return Evidence(
        tuple(parts),
        value_of(row, column),
        value_of(row, "low"),
        value_of(row, "high"),
        null=value_of(row, "permuted"),
        compared=Null(value_of(row, "p"), index),
    )


def of_coactivation(claim: str, tables: Tables) -> Evidence:
    """Mantel's r of how often categories are seen together and how alike responses to them are."""
    record = pd.Series(tables.get("cooccurrence") or {}, dtype=object)
    if record.empty or pd.isna(record["mantel_r"]) or pd.isna(record["p"]):
        return Evidence()
    r, p = value_of(record, "mantel_r"), value_of(record, "p")
    parts = (Part(f"{told(claim, r)}, {in_words(p)}", r > 0 and p <= ALPHA),)
    return Evidence(
        parts,
        r,
        null=value_of(record, "shuffled"),
        null_low=value_of(record, "shuffled_low"),
        null_high=value_of(record, "shuffled_high"),
        compared=Null(p),
    )


def of_nearest(claim: str, tables: Tables) -> Evidence:
    """How much of the nearest trials' r is left at their images' other presentations."""
    table = tables.get("nearest_again")
    columns = ["again", "r_nearest", "r_again", "r_base", "same", "base"]
    values = pd.DataFrame() if table is None else table[columns].astype(float).dropna()
    if values.empty or not values["again"].any():
        return Evidence()
    p = _more_often(values["same"], values["base"], values["again"])
    weighted = {
        name: float(np.average(values[name], weights=values["again"]))
        for name in ("r_nearest", "r_again", "r_base")
    }
    ours, base = weighted["r_again"], weighted["r_base"]
    left = (ours - base) / (weighted["r_nearest"] - base)
    aim = float(statements()[claim]["aim"])
    parts = (
        Part("the same cluster again more often than by chance", p <= ALPHA),
        Part(
            f"{left:.0%} of the nearest trials' r, above that of all trials, is left", left >= aim
        ),
    )
    low, high = float(values["r_again"].min()), float(values["r_again"].max())
    return Evidence(parts, ours, low, high, base, compared=Null(p))


def _more_often(share: pd.Series, base: pd.Series, number: pd.Series) -> float:
    """p that shares exceed their bases by chance: the normal tail of Σ n (share − base).

    An image counts once, however often it was shown again. Below `SMALLEST`, a normal tail says no
    more than that p is small.
    """
    variance = float((number * base * (1 - base)).sum())
    if variance <= 0:
        return 1.0
    z = float((number * (share - base)).sum()) / math.sqrt(variance)
    return max(0.5 * math.erfc(z / math.sqrt(2)), SMALLEST)
