"""Correlations between the prototypes of different fits: across values of k and across subjects."""

from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.comparison.matching import match_prototypes, summary
from response_clusters.errors import StudyError


def across_k(fits: dict[int, npt.NDArray[np.float64]]) -> pd.DataFrame:
    """Every correlation between two values of k, with the one-to-one matches marked.

    Parameters
    ----------
    fits : dict of ndarray of shape (k, regions)
        The prototypes at each k, all over the same regions.
    """
    blocks = []
    for a, b in combinations(sorted(fits), 2):
        matches = match_prototypes(fits[a], fits[b])
        cluster_a, cluster_b = np.indices(matches.r.shape).reshape(2, -1) + 1
        blocks.append(
            pd.DataFrame(
                {
                    "k_a": a,
                    "cluster_a": cluster_a,
                    "k_b": b,
                    "cluster_b": cluster_b,
                    "r": matches.r.ravel(),
                    "matched": matches.matched.ravel(),
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)


def across_subjects(fits: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Every correlation between two subjects, over the regions that the pair shares.

    Parameters
    ----------
    fits : dict of DataFrame
        Each subject's prototypes: a row per cluster, a column per region it has.

    Returns
    -------
    table : DataFrame
        Columns of the consistency_subjects table.
    agreement : dict
        Number, median, minimum and fraction above .8 of the matched r, and of the best matches.

    Raises
    ------
    StudyError
        If two subjects share fewer than two regions.
    """
    blocks, best = [], []
    for (a, left), (b, right) in combinations(fits.items(), 2):
        shared = [region for region in left.columns if region in right.columns]
        if len(shared) < 2:
            raise StudyError(
                f"Configuration: {a} and {b} have {len(shared)} regions in common; expected at "
                "least two, or nothing correlates: ask for more regions, or leave one of the two "
                "out of the configuration's subjects."
            )
        matches = match_prototypes(left[shared].to_numpy(), right[shared].to_numpy())
        best += [matches.r.max(axis=1), matches.r.max(axis=0)]
        cluster_a, cluster_b = np.indices(matches.r.shape).reshape(2, -1) + 1
        blocks.append(
            pd.DataFrame(
                {
                    "subject_a": a,
                    "cluster_a": cluster_a,
                    "subject_b": b,
                    "cluster_b": cluster_b,
                    "regions": len(shared),
                    "r": matches.r.ravel(),
                    "matched": matches.matched.ravel(),
                }
            )
        )
    table = pd.concat(blocks, ignore_index=True)
    return table, summary(table.loc[table["matched"], "r"].to_numpy(), np.concatenate(best))
