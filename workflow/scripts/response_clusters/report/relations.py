"""How the clusters of a fit are related to those of others: origins, matches, and their places."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.comparison.consistency import across_subjects
from response_clusters.figures.lineage_layout import flows_of, orders, places, sizes_of
from response_clusters.report.numbers import short

Key = tuple[int, int]
"""k and a cluster's number."""
Rows = dict[Key, list[dict[str, Any]]]


def origins_of(flows: pd.DataFrame | None) -> Rows:
    """The clusters at k − 1 that each cluster's trials come from, the most trials first.

    Parameters
    ----------
    flows : DataFrame or None
        The cohort's lineage table; None with one k only.
    """
    found: Rows = {}
    if flows is None:
        return found
    some = flows[flows["trials"] > 0].sort_values("trials", ascending=False, kind="stable")
    for row in some.itertuples():
        before = {
            "cluster": int(row.cluster),
            "trials": int(row.trials),
            "share": short(row.share_next),
        }
        found.setdefault((int(row.k_next), int(row.cluster_next)), []).append(before)
    return found


def matches_of(
    cohort: str,
    prototypes: Mapping[str, Mapping[int, pd.DataFrame]],
    flows: pd.DataFrame | None,
) -> Rows:
    """The one-to-one matches of each cluster at k − 1, at k + 1, and at k in the other cohorts.

    Parameters
    ----------
    cohort : str
    prototypes : mapping of mapping of DataFrame
        By cohort, in the study's order, and by k: a row per cluster, a column per region.
    flows : DataFrame or None
        The cohort's lineage table.

    Raises
    ------
    StudyError
        If two cohorts share fewer than two regions.
    """
    found: Rows = {}

    def add(own: Key, to: str, other: Key, r: float) -> None:
        k, cluster = other
        match = {"cohort": to, "k": k, "cluster": cluster, "r": short(r)}
        found.setdefault(own, []).append(match)

    if flows is not None:
        matched = flows[flows["matched"]]
        columns = ["k", "cluster", "k_next", "cluster_next", "r"]
        pairs = list(matched[columns].itertuples(index=False))
        for k, cluster, k_next, cluster_next, r in pairs:
            add((int(k_next), int(cluster_next)), cohort, (int(k), int(cluster)), float(r))
        for k, cluster, k_next, cluster_next, r in pairs:
            add((int(k), int(cluster)), cohort, (int(k_next), int(cluster_next)), float(r))
    names = list(prototypes)
    for other in names:
        if other == cohort:
            continue
        for k in prototypes[cohort]:
            # In the study's order, as in the tables of consistency: of equal matchings, one is
            # found.
            pair = sorted((cohort, other), key=names.index)
            table, _ = across_subjects({name: prototypes[name][k] for name in pair})
            own, its = ("a", "b") if pair[0] == cohort else ("b", "a")
            for row in table[table["matched"]].to_dict("records"):
                at = k, int(row[f"cluster_{its}"])
                add((k, int(row[f"cluster_{own}"])), other, at, float(row["r"]))
    return found


def places_of(flows: pd.DataFrame | None, ks: list[int]) -> dict[int, npt.NDArray[np.float64]]:
    """Where each cluster stands in the row of its k, from 0 to 1, such that few flows cross.

    Parameters
    ----------
    flows : DataFrame or None
        The cohort's lineage table.
    ks : list of int
        Every k.

    Returns
    -------
    dict of ndarray of shape (k,)
        By k, in the order of cluster numbers: the last row from end to end, the others above those
        that their trials flow to, each row's ends as far from the edges on both sides. Neighbours
        are no nearer to each other than in the last row.
    """
    if flows is None:
        return {k: (np.arange(k) + 0.5) / k for k in ks}
    at = flows_of(flows, sizes_of(flows))
    half = 0.5 / max(ks)
    radii = {k: np.full(k, half) for k in ks}
    found = places(at, orders(at), radii, 1.0, 0.0)
    middles = {k: (row.min() + row.max()) / 2 for k, row in found.items()}
    return {k: np.clip(row + 0.5 - middles[k], 0.0, 1.0) for k, row in found.items()}
