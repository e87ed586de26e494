"""Which cluster of the pooled fit each cluster of any other fit corresponds to: its identity.

A cluster's number says how large it is in its own fit, and no more. Its identity is the cluster of
the pooled cohort's chosen fit that it is matched to one to one, and gives it its colour everywhere.
"""

import numpy as np
import pandas as pd
from response_clusters.matching import match

Identity = dict[int, int | None]
"""The pooled cluster that each cluster of a fit is matched to; None for one that is left over."""


def matched_to(prototypes: pd.DataFrame, pooled: pd.DataFrame) -> pd.DataFrame:
    """Each cluster's one-to-one match among the pooled prototypes.

    Parameters
    ----------
    prototypes, pooled : DataFrame
        A row per cluster (from 1), a column per region. They are correlated over the regions that
        both have, as `matching.match` does.

    Returns
    -------
    DataFrame
        Columns cluster, pooled_cluster and r; the last two null for a cluster that is left over, as
        some are where there are more than in the pooled fit.
    """
    shared = [region for region in pooled.columns if region in prototypes.columns]
    found = match(prototypes[shared].to_numpy(), pooled[shared].to_numpy())
    has = np.atleast_1d(found.matched.any(axis=1))
    to = found.matched.argmax(axis=1)
    r = found.r[np.arange(len(to)), to]
    numbers = [int(number) for number in pooled.index[to]]
    matched = [number if own else None for number, own in zip(numbers, has.tolist(), strict=True)]
    return pd.DataFrame(
        {
            "cluster": prototypes.index.to_numpy(),
            "pooled_cluster": pd.array(matched, "Int16"),
            "r": np.where(has, r, np.nan),
        }
    )


def identity_of(table: pd.DataFrame, k: int) -> Identity:
    """The identities of the clusters at `k`, from a cohort's identity table."""
    rows = table[table["k"] == k]
    pairs = zip(rows["cluster"], rows["pooled_cluster"], strict=True)
    return {int(cluster): None if pd.isna(to) else int(to) for cluster, to in pairs}


def told(cluster: int, identity: Identity) -> str:
    """What a cluster corresponds to in the pooled fit; nothing where its number is the same."""
    to = identity.get(cluster)
    if to == cluster:
        return ""
    return "no match in the pool" if to is None else f"pooled cluster {to}"
