"""Correlate prototypes between all pairs of subjects at one k."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.job import job
from response_clusters.matching import match_prototypes, prototype_matrix, summary
from response_clusters.records import write_record
from response_clusters.tables import read_table, write_table


def consistency(fits: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Every correlation between two subjects, over the regions that the pair shares.

    Parameters
    ----------
    fits : dict of DataFrame
        Each subject's prototypes: a row per cluster, a column per region it has.

    Returns
    -------
    table : DataFrame
        Columns of the consistency_subjects table.
    figures : dict
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
        found = match_prototypes(left[shared].to_numpy(), right[shared].to_numpy())
        best += [found.r.max(axis=1), found.r.max(axis=0)]
        cluster_a, cluster_b = np.indices(found.r.shape).reshape(2, -1) + 1
        blocks.append(
            pd.DataFrame(
                {
                    "subject_a": a,
                    "cluster_a": cluster_a,
                    "subject_b": b,
                    "cluster_b": cluster_b,
                    "regions": len(shared),
                    "r": found.r.ravel(),
                    "matched": found.matched.ravel(),
                }
            )
        )
    table = pd.concat(blocks, ignore_index=True)
    return table, summary(table.loc[table["matched"], "r"].to_numpy(), np.concatenate(best))


if __name__ == "__main__":
    with job() as rule:
        params, output = rule.params, rule.output
        paths = rule.input.centroids
        fits = {
            subject: prototype_matrix(read_table(path, "centroids"))
            for subject, path in zip(params["subjects"], paths, strict=True)
        }
        table, figures = consistency(fits)
        rule.log.info("%s", figures)
        write_table(table, output.table, "consistency_subjects")
        record = {"k": int(rule.wildcards.k), **figures, "note": params["note"]}
        write_record(record, output.summary, "consistency_subjects")
