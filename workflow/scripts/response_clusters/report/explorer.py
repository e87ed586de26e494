"""What the page shows of every fit of one cohort: the numbers of its tables, cluster by cluster."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.figures.families import families
from response_clusters.report.numbers import profile, short
from response_clusters.report.relations import matches_of, origins_of, places_of
from response_clusters.report.shown import Listing, Shown, seen
from response_clusters.statistics.lineage import lineage

Floats = npt.NDArray[np.float64]


def explored(
    cohort: str,
    fits: Mapping[int, pd.DataFrame],
    centroids: Mapping[str, Mapping[int, pd.DataFrame]],
    responses: pd.DataFrame,
    regions: pd.DataFrame,
    identity: pd.DataFrame,
    shown: Shown,
    listing: Listing,
) -> dict[str, Any]:
    """Every fit of one cohort as the page shows it.

    Parameters
    ----------
    cohort : str
    fits : mapping of DataFrame
        By k, from 1 and without gaps: the columns cluster and correlation of the assignments
        tables, whose rows are the same trials at every k.
    centroids : mapping of mapping of DataFrame
        By cohort, in the study's order, and by k: the centroids tables.
    responses : DataFrame
        Columns subject, trial and one per region.
    regions, identity : DataFrame
        The cohort's tables of regions and of identities.
    shown : Shown
        The trials in the order of `fits`, and what is known of their images.
    listing : Listing

    Returns
    -------
    dict
        The fields regions, counted and fits of the explorer record.

    Raises
    ------
    StudyError
        If two cohorts share fewer than two regions.
    """
    own = centroids[cohort]
    groups = families(regions, list(next(iter(own.values()))["region"].unique()))
    order = [region for _, members in groups for region in members]
    prototypes = {
        other: {k: matrix_of(table, "prototype") for k, table in of_k.items()}
        for other, of_k in centroids.items()
    }
    labels = {k: fit["cluster"].to_numpy(np.int64) for k, fit in fits.items()}
    flows = None
    if len(fits) > 1:
        flows = lineage((labels[k], prototypes[cohort][k].to_numpy()) for k in sorted(fits))
    origins, matches = origins_of(flows), matches_of(cohort, prototypes, flows)
    places = places_of(flows, sorted(fits))
    values = responses_of(responses, shown.trials, order)
    known = identity.set_index(["k", "cluster"])
    of_fits = []
    for k in sorted(fits):
        sizes = np.bincount(labels[k], minlength=k + 1)[1:]
        quarters = quartiles(values, labels[k], k)
        mean, prototype = (matrix_of(own[k], name)[order] for name in ("response", "prototype"))
        pictures, categories = seen(fits[k], shown, listing)
        clusters = []
        for cluster in range(1, k + 1):
            low, median, high = quarters[cluster - 1]
            match = known.loc[(k, cluster)]
            matched = not pd.isna(match["pooled_cluster"])
            size = int(sizes[cluster - 1])
            of_fit = {
                "cluster": cluster,
                "identity": int(match["pooled_cluster"]) if matched else None,
                "identity_r": short(match["r"]) if matched else None,
                "size": size,
                "share": short(size / len(labels[k])),
                "place": short(places[k][cluster - 1]),
                "response": {
                    "mean": profile(mean.loc[cluster]),
                    "low": profile(low),
                    "median": profile(median),
                    "high": profile(high),
                },
                "prototype": profile(prototype.loc[cluster]),
                "nearest": pictures.get(cluster, []),
                "categories": categories.get(cluster, []),
                "before": origins.get((k, cluster), []),
                "matches": matches.get((k, cluster), []),
            }
            clusters.append(of_fit)
        of_fits.append({"k": k, "clusters": clusters})
    counted = None
    if shown.labels is not None:
        counted = {"top": listing.top, "count": listing.count}
    return {
        "regions": [{"region": r, "family": name} for name, members in groups for r in members],
        "counted": counted,
        "fits": of_fits,
    }


def matrix_of(centroids: pd.DataFrame, column: str) -> pd.DataFrame:
    """A column of the centroids table: a row per cluster, a column per region in table order."""
    order = centroids["region"].drop_duplicates()
    return centroids.pivot(index="cluster", columns="region", values=column)[order]


def responses_of(
    responses: pd.DataFrame, trials: pd.DataFrame, order: list[str]
) -> npt.NDArray[np.float32]:
    """The responses of the trials that were clustered, of shape (regions, trials).

    Trials of constant responses may have been left out of the fits.
    """
    key = ["subject", "trial"]
    rows = responses.assign(subject=responses["subject"].astype(trials["subject"].dtype))
    if not (len(rows) == len(trials) and rows[key].equals(trials[key])):
        places = rows[key].assign(row=np.arange(len(rows)))
        rows = rows.iloc[trials[key].merge(places, on=key, how="left")["row"].to_numpy(np.int64)]
    return np.ascontiguousarray(rows[order].to_numpy(np.float32).T)


def quartiles(values: npt.NDArray[np.floating[Any]], clusters: Any, k: int) -> Floats:
    """The quartiles of the members' responses, by numpy's linear method.

    Parameters
    ----------
    values : ndarray of shape (regions, n)
    clusters : ndarray of shape (n,), int
        Each trial's cluster, from 1; each of the `k` has members.

    Returns
    -------
    ndarray of shape (k, 3, regions), float64
        The lower quartile, the median and the upper quartile of each cluster.
    """
    order = np.argsort(clusters, kind="stable")
    members = np.split(order, np.searchsorted(clusters[order], np.arange(2, k + 1)))
    found = np.empty((k, 3, len(values)))
    for cluster, rows in enumerate(members):
        part = values[:, rows].astype(np.float64)
        found[cluster] = np.quantile(part, [0.25, 0.5, 0.75], axis=1, overwrite_input=True)
    return found
