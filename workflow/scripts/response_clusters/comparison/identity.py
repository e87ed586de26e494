"""Which cluster of the pooled fit each cluster of any other fit corresponds to: its identity.

A cluster's number says how large it is in its own fit, and no more. Its identity is the cluster of
the pooled cohort's chosen fit that it is matched to one to one, and gives it its colour everywhere.
"""

import pandas as pd
from response_clusters.errors import StudyError, listed

Identity = dict[int, int | None]
"""The pooled cluster that each cluster of a fit is matched to; None for one that is left over."""


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
    """What a cluster corresponds to in the pooled fit; nothing where its number is the same."""
    to = identity.get(cluster)
    if to == cluster:
        return ""
    return "no pooled match" if to is None else f"pooled cluster {to}"
