"""A made-up study, as its files would have it."""

from typing import Any

import pandas as pd
from response_clusters.names import POOLED
from response_clusters.records import checked_record
from response_clusters.report.summary import Found
from response_clusters.statistics.claims import claims_table
from response_clusters.tables import validated

REGIONS = ("V1", "FFA", "PPA", "EBA")


def elbow(k: int, reached: bool = True, statistic: str = "r2_between") -> dict[str, Any]:
    record = {
        **{
            "k": k,
            "statistic": statistic,
            "threshold": 0.01,
            "reached": reached,
            "rule": "",
            "note": "",
        },
        "choices": {"r2_between": k, "r2_explained": k},
    }
    return checked_record(record, "elbow", "elbow")


def fit(k: int, trials: int = 1500, **over: Any) -> dict[str, Any]:
    record = {
        **{"k": k, "trials": trials, "regions": 3, "objective": 1.0, "r2_between": 0.1 * k},
        **{"r2_explained": 0.05 * k, "sizes": [trials - k + 1, *[1] * (k - 1)], "replicates": 50},
        **{"agreeing_replicates": 50, "iterations": 9, "converged": True, "seed": 0},
        **{"within": 0.5, "between": 0.5, "grand_centroid": 0.1},
        **{"grand_centroid_directionless": False, "note": "", **over},
    }
    return checked_record(record, "fit", "fit")


def regions(*absent: str) -> pd.DataFrame:
    table = pd.DataFrame({"region": REGIONS})
    table["collection"], table["label"] = "areas", range(1, len(REGIONS) + 1)
    table["voxels"] = [0 if region in absent else 10 for region in REGIONS]
    table["present"] = [region not in absent for region in REGIONS]
    return validated(table, "regions", "regions")


def pooled_regions(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    present = sum(table["present"].astype(int) for table in tables.values())
    table = next(iter(tables.values()))[["region", "collection", "label"]].copy()
    table["voxels"], table["present"] = 10 * present, present
    table["in_all"] = present == len(tables)
    return validated(table, "pooled_regions", "regions")


def voxels(*left_out: int) -> pd.DataFrame:
    """A session's counts: how many of each region's hundred voxels are left out."""
    table = pd.DataFrame({"region": REGIONS[: len(left_out)], "voxels": 100, "zero": left_out})
    table["constant"], table["used"] = 0, 100 - table["zero"]
    return validated(table, "voxels", "voxels")


def claims(index: float | None = None, verdict: str = "holds") -> pd.DataFrame:
    """Verdicts of a study of which nothing but the elbow is known, and perhaps an index."""
    table = claims_table({"elbow": {"k": 7, "reached": True}})
    if index is not None:
        row = table["claim"] == "clusters_exist"
        table.loc[row, ["ours", "index"]] = index
        table.loc[row, ["low", "high"]] = index - 0.1, index + 0.1
        table.loc[row, "verdict"] = verdict
    return validated(table, "claims", "claims")


def study(
    ks: dict[str, int], absent: dict[str, tuple[str, ...]] | None = None, **over: Any
) -> Found:
    """A study of some subjects and their chosen k; k is 3 for all of them pooled."""
    tables = {subject: regions(*(absent or {}).get(subject, ())) for subject in ks}
    chosen = {**ks, POOLED: 3}
    known: dict[str, Any] = {
        "sessions": {subject: [1, 2] for subject in ks},
        "elbows": {cohort: elbow(k) for cohort, k in chosen.items()},
        "fits": {cohort: [fit(k) for k in range(1, 6)] for cohort in chosen},
        "regions": tables,
        "pooled_regions": pooled_regions(tables),
        "images": 500,
    }
    return Found(**{**known, **over})
