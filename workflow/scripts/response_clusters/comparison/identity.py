"""The identity of a cluster: the pooled cluster that it is matched to.

A cluster's number is its rank by size within its fit, so the same number in two fits means nothing.
Its identity is the cluster of the pooled cohort's chosen fit that it is matched to, one to one; it
determines the cluster's colour in all figures.
"""

import pandas as pd
from response_clusters.errors import StudyError, listed

Identity = dict[int, int | None]
"""The pooled cluster that each cluster of a fit is matched to; None if it has no match."""


def identity_of(table: pd.DataFrame, k: int) -> Identity:
    """The identities of the clusters at `k`, from a cohort's identity table.

    Raises
    ------
    StudyError
        If the table does not list the clusters from 1 to `k` of that fit.
    """
    rows = table[table["k"] == k]
    if sorted(rows["cluster"]) != list(range(1, k + 1)):
        raise StudyError(
            f"identity.tsv: at k = {k} it lists the clusters {listed(rows['cluster'])}; expected 1 "
            f"to {k}: delete it and run again."
        )
    pairs = zip(rows["cluster"], rows["pooled_cluster"], strict=True)
    return {int(cluster): None if pd.isna(to) else int(to) for cluster, to in pairs}


def match_text(cluster: int, identity: Identity) -> str:
    """The pooled cluster that a cluster is matched to, in words; empty if the numbers are equal."""
    to = identity.get(cluster)
    if to == cluster:
        return ""
    return "no pooled match" if to is None else f"pooled cluster {to}"
