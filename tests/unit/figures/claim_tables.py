"""Small tables of claims, as the rules write them, for tests of the figures."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from response_clusters.tables import validated

NULLS = (
    *("r2_between", "r2_explained", "matched_r_median", "matched_r_above", "r_next_k"),
    *("repeat_kappa", "repeat_information", "shared_kappa", "antipode_median"),
)
POOLED_ONLY = ("matched_r_median", "matched_r_above", "shared_kappa")


def names_of(subjects: int, long: bool = False) -> list[str]:
    stem = "a_subject_whose_name_is_as_long_as_anybody_would_write_" if long else "subj"
    return [f"{stem}{n:02d}" for n in range(1, subjects + 1)]


def compared(rows: Iterable[dict[str, Any]], seed: int, groups: bool = True) -> pd.DataFrame:
    """Rows with a value of the data and of both models, in the usual columns.

    Values of the continuum lie around .4, of groups around .8, of the data anywhere between.
    Without `groups`, that model and the index are null.
    """
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(list(rows))
    n = len(table)
    table["observed"] = rng.uniform(0.35, 0.9, n)
    table["continuum"] = rng.uniform(0.38, 0.42, n)
    table["low"], table["high"] = table["continuum"] - 0.03, table["continuum"] + 0.04
    table["p"] = rng.integers(1, 41, n) / 40
    table["groups"] = rng.uniform(0.75, 0.85, n) if groups else np.nan
    table["index"] = (table["observed"] - table["continuum"]) / (
        table["groups"] - table["continuum"]
    )
    table["surrogates"] = 39
    return table


def nulls_of(k: int, subjects: int = 8, groups: bool = True, long: bool = False) -> pd.DataFrame:
    names = names_of(subjects, long)
    rows = [
        {"cohort": cohort, "k": k, "statistic": statistic}
        for statistic in NULLS
        for cohort in ("pooled", *(() if statistic in POOLED_ONLY else names))
        if subjects > 1 or statistic not in POOLED_ONLY
    ]
    return validated(compared(rows, k, groups), "nulls", "nulls")


def curve_of(k: int, groups: bool = True, most: int | None = None) -> pd.DataFrame:
    """Both R² over k from 1 to `most`, rising, with narrow bands."""
    rng = np.random.default_rng(k)
    ks = np.arange(1, (most or k + 2) + 1)
    tables = []
    for statistic, height in (("r2_between", 0.9), ("r2_explained", 0.6)):
        table = pd.DataFrame({"cohort": "pooled", "k": ks, "statistic": statistic})
        table["continuum"] = height * (1 - 1 / ks)
        table["low"], table["high"] = table["continuum"] - 0.004, table["continuum"] + 0.003
        table["groups"] = table["continuum"] + 0.05 * (ks > 1) if groups else np.nan
        table["groups_low"], table["groups_high"] = table["groups"] - 0.01, table["groups"] + 0.01
        table["observed"] = table["continuum"] + rng.uniform(0, 0.05, len(ks)) * (ks > 1)
        tables.append(table.assign(surrogates=9))
    return validated(pd.concat(tables), "curve", "curve")


def chosen_of(k: int, groups: bool = True) -> pd.DataFrame:
    rows = [("bootstrap", k, 15, 0.75), ("bootstrap", k + 1, 5, 0.25)]
    rows += [("continuum", k - 1 if k > 1 else 2, 2, 2 / 9), ("continuum", k, 7, 7 / 9)]
    rows += [("groups", k, 9, 1.0)] if groups else []
    table = pd.DataFrame(rows, columns=["source", "k", "draws", "share"])
    return validated(table.assign(cohort="pooled"), "chosen_k", "chosen_k")


def choice_of(k: int) -> dict[str, Any]:
    return {"statistic": "r2_between", "threshold": 0.01, "k": k}


def prototypes_of(k: int, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """k unit rows in five dimensions, and what they and 300 trials are on the first three."""
    rng = np.random.default_rng([k, seed])
    rows = rng.normal(size=(k, 5))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    r = rows @ rows.T + 3 * np.eye(k)
    table = pd.DataFrame({"cluster": np.arange(1, k + 1), "r": rng.uniform(0.5, 0.9, k)})
    table["r_low"], table["r_high"] = table["r"] - 0.2, table["r"] + 0.09
    table["r_surrogates"] = table["r"] + 0.05
    if k > 1:
        table["antipode"], table["antipode_cluster"] = r.min(axis=1), r.argmin(axis=1) + 1
    else:
        table["antipode"] = table["antipode_cluster"] = None
    squares = np.cumsum(rows**2, axis=1)
    table = table.join(pd.DataFrame(squares, columns=[f"axes_{n}" for n in range(1, 6)]))
    trials = rng.normal(size=(300, 5))
    trials /= np.linalg.norm(trials, axis=1, keepdims=True)
    points = pd.DataFrame(np.vstack([trials, rows])[:, :3], columns=["axis_1", "axis_2", "axis_3"])
    points["kind"] = ["trial"] * 300 + ["prototype"] * k
    points["number"] = [*range(1, 301), *range(1, k + 1)]
    points["cluster"] = [*(1 + (trials @ rows.T).argmax(axis=1)), *range(1, k + 1)]
    return validated(table, "prototypes", "prototypes"), validated(points, "axes", "axes")


def ladder_of(k: int, levels: int = 3, groups: bool = True, most: int = 10) -> pd.DataFrame:
    rows = [
        {"level": level, "rows": n, "cohort": "pooled", "k": at, "statistic": "r2_explained"}
        for level, n in [("trials", 213_000), ("images", 73_000), ("shared", 515)][:levels]
        for at in range(2, max(most, k) + 1)
    ]
    return validated(compared(rows, k, groups), "ladder", "ladder")


def stability_of(k: int, groups: bool = True, most: int = 10, rival: bool = True) -> pd.DataFrame:
    rows = [
        {"cohort": "pooled", "k": at, "statistic": statistic}
        for statistic in ("half_ari", "half_r", "prediction_strength")
        for at in range(2, most + 1)
    ]
    at = ["jaccard_mean", "jaccard_least", *(f"jaccard_{n}" for n in range(1, k + 1))]
    at += ["rival_objective", "rival_ari", "rival_r"]
    rows += [{"cohort": "pooled", "k": k, "statistic": statistic} for statistic in at]
    table = compared(rows, k, groups)
    if not rival:
        none = table["statistic"].str.startswith("rival")
        table.loc[none, ["observed", "continuum", "low", "high", "p", "groups", "index"]] = np.nan
    return validated(table, "stability", "stability")


def generalisation_of(
    k: int, subjects: int = 8, groups: bool = True, long: bool = False
) -> pd.DataFrame:
    rows = [
        {"cohort": cohort, "k": k, "statistic": statistic}
        for cohort in names_of(subjects, long)
        for statistic in ("ari", "matched_r", "r2_ratio")
    ]
    return validated(compared(rows, k, groups), "generalisation", "generalisation")


def lineage_of(most: int, trials: int = 20_000, uneven: bool = False) -> pd.DataFrame:
    """The crossed counts of consecutive labellings: Voronoi cells of random points of a plane."""
    rng = np.random.default_rng(most)
    points = rng.normal(size=(trials, 2)) ** (3 if uneven else 1)
    seeds = rng.normal(size=(most, 2))
    labels = {}
    for k in range(1, most + 1):
        near = ((points[:, None] - seeds[None, :k]) ** 2).sum(axis=2).argmin(axis=1)
        order = np.argsort(-np.bincount(near, minlength=k), kind="stable")
        labels[k] = np.argsort(order)[near]
    rows = []
    for k in range(1, most):
        n = np.zeros((k, k + 1), dtype=int)
        np.add.at(n, (labels[k], labels[k + 1]), 1)
        for a, b in np.ndindex(*n.shape):
            shares = n[a, b] / max(n[a].sum(), 1), n[a, b] / max(n[:, b].sum(), 1)
            rows.append(("pooled", k, a + 1, k + 1, b + 1, n[a, b], *shares, 0.5, a == b))
    names = ["cohort", "k", "cluster", "k_next", "cluster_next", "trials", "share", "share_next"]
    return validated(pd.DataFrame(rows, columns=[*names, "r", "matched"]), "lineage", "lineage")


def identity_table(most: int, chosen: int) -> pd.DataFrame:
    """At every k, cluster n is matched to the pooled cluster of the same number, as far as any."""
    rows = [
        (k, n, n if n <= chosen else None, 0.9 if n <= chosen else None)
        for k in range(1, most + 1)
        for n in range(1, k + 1)
    ]
    table = pd.DataFrame(rows, columns=["k", "cluster", "pooled_cluster", "r"])
    return validated(table, "identity", "identity")
