"""How trials flow from the clusters at one k to those at the next."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.comparison.matching import match_prototypes
from response_clusters.statistics.contingency import Integers, contingency

Floats = npt.NDArray[np.float64]


def lineage(fits: Iterable[tuple[Integers, Floats]]) -> pd.DataFrame:
    """The trials that each cluster shares with each cluster of the next k, and their matched r.

    Parameters
    ----------
    fits : iterable of (clusters, prototypes)
        At k = 1, 2, 3 and so on, of the same trials: each trial's cluster, numbered from 1, of
        shape (n,), and the prototypes, of shape (k, regions). Only two are held at a time.

    Returns
    -------
    DataFrame
        Columns k, cluster, k_next, cluster_next, trials, share, share_next, r and matched, a row
        for each pair of clusters of two consecutive k, pairs without a trial included.
    """
    blocks = []
    for (before, a), (after, b) in pairwise(fits):
        counts = contingency(before - 1, after - 1, len(a), len(b))
        match = match_prototypes(a, b)
        cluster, cluster_next = np.indices(counts.shape).reshape(2, -1) + 1
        blocks.append(
            pd.DataFrame(
                {
                    "k": len(a),
                    "cluster": cluster,
                    "k_next": len(b),
                    "cluster_next": cluster_next,
                    "trials": counts.ravel(),
                    "share": (counts / counts.sum(axis=1, keepdims=True)).ravel(),
                    "share_next": (counts / counts.sum(axis=0)).ravel(),
                    "r": match.r.ravel(),
                    "matched": match.matched.ravel(),
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)
