"""The table of enrichment: each cluster's images by category, in and out of sample."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.images.nearest import nearest
from response_clusters.statistics.contingency import contingency
from response_clusters.statistics.enrichment import (
    adjusted_p,
    base_counts,
    hypergeometric_p,
    image_shares,
    log_odds,
    permutation_z,
    presence,
    presence_matrix,
    ratio_interval,
    ratio_to_others,
    upper_p,
)
from response_clusters.tables import schema
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Draws = Callable[[int], Iterable[npt.NDArray[np.number[Any]]]]
ALL = "all"
IN_SAMPLE, *APART = SAMPLES = ("in_sample", "other_images", "other_subjects")
LIST = 100
"""How many nearest images are counted, unless the study lists none of this length."""


def list_length(tops: list[int]) -> int:
    """How many of the nearest images are counted: 100, or as many as the study's longest list."""
    return LIST if LIST in tops else max(tops)


def by_sample(assignments: pd.DataFrame, apart: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The trials of each sample with their clusters, in the form of the assignments table.

    Parameters
    ----------
    assignments, apart : DataFrame
        The assignments table of the pooled chosen fit, and the apart table.

    Returns
    -------
    dict of DataFrame
        Columns subject, trial, image, cluster and correlation. A sample has the trials that have a
        cluster in it; one without any, as other subjects where there is one, is left out.
    """
    shared = ["subject", "trial", "image"]
    samples = {IN_SAMPLE: assignments[[*shared, "cluster", "correlation"]]}
    for name in APART:
        own = apart[[*shared, name, f"{name}_r"]].dropna(subset=name)
        if len(own):
            own.columns = pd.Index([*shared, "cluster", "correlation"])
            samples[name] = own
    return samples


def enrichment_table(
    samples: dict[str, pd.DataFrame],
    k: int,
    labels: pd.DataFrame,
    categories: pd.DataFrame,
    annotated: pd.Series,
    top: int,
    draws: Draws,
    *,
    min_images: int,
    prior: float,
    listed: pd.Series | None = None,
) -> pd.DataFrame:
    """Every category in every cluster of every sample, over all images and over the nearest.

    Parameters
    ----------
    samples : dict of DataFrame
        As `by_sample` makes them, images in the type of `labels`.
    k : int
        The number of clusters.
    labels, categories : DataFrame
        The labels table and the categories table.
    annotated : Series
        The images that are annotated: only these count.
    top : int
        The length of the list of nearest images; they are distinct.
    draws : function
        How often bootstraps draw each image, given their number.
    min_images : int
        q is for categories in at least so many images.
    prior : float
        Of `enrichment.log_odds`.
    listed : Series, optional
        If present, only these images come into lists.

    Returns
    -------
    DataFrame
        Columns of the enrichment table. A sample that was shown no annotated image has no rows.
    """
    blocks = []
    for sample, trials in samples.items():
        known = trials[trials["image"].isin(annotated)]
        if known.empty:
            continue
        codes, images = pd.factorize(known["image"])
        rows = labels[labels["image"].isin(images)]
        shown = presence_matrix(
            pd.Index(images).get_indexer(rows["image"]),
            pd.Index(categories["category"]).get_indexer(rows["category"]),
            len(images),
            len(categories),
        )
        clusters = known["cluster"].to_numpy(np.int64) - 1
        shares = image_shares(contingency(codes, clusters, len(images), k))
        ranked = nearest(trials, top, True, listed)
        place = pd.Index(images).get_indexer(ranked["image"])
        lists = contingency(place, ranked["cluster"].to_numpy(np.int64) - 1, len(images), k)
        for name, weights in ((ALL, shares), (str(top), lists.astype(np.float64))):
            found = category_statistics(weights, shown, name != ALL, min_images, prior, draws)
            columns = {column: values.ravel() for column, values in found.items()}
            index = pd.MultiIndex.from_product([range(1, k + 1), categories["category"]])
            block = index.to_frame(index=False, name=["cluster", "category"]).assign(**columns)
            blocks.append(block.assign(sample=sample, top=name))
    if not blocks:
        return pd.DataFrame(columns=list(schema("enrichment")["columns"]))
    table = pd.concat(blocks, ignore_index=True)
    above = categories.set_index("category")["supercategory"]
    return table.assign(supercategory=table["category"].map(above))


def category_statistics(
    weights: Floats, shown: csr_array, whole: bool, min_images: int, prior: float, draws: Draws
) -> dict[str, Floats]:
    """All statistics of categories in clusters, each of shape (k, categories).

    Parameters
    ----------
    weights : ndarray of shape (images, k), float64
        Shares; or lists, as ones.
    shown : csr_array of shape (images, categories)
    whole : bool
        Whether the weights are lists, whose p is hypergeometric.
    min_images, prior, draws
        As `enrichment_table` has them.

    Returns
    -------
    dict of ndarray
        images, rate, base, lift, log_odds, low, high, p, q, ratio, ratio_low and ratio_high.
    """
    n, m = len(weights), base_counts(shown)
    base = m / max(n, 1)
    found = presence(weights, shown)
    if whole:
        p = hypergeometric_p(found.present, found.images[:, None], m, n)
    else:
        p = upper_p(*permutation_z(weights, shown))
    odds, low, high = log_odds(found, base, prior)
    # Images of no cluster change no sum.
    some = weights.any(axis=1)
    drawn = (often[some] for often in draws(n))
    ratio_low, ratio_high = ratio_interval(weights[some], shown[some], drawn)
    lift = np.full(found.rate.shape, np.nan)
    return {
        "images": found.present,
        "rate": found.rate,
        "base": np.broadcast_to(base, found.rate.shape),
        "lift": np.divide(found.rate, base, out=lift, where=base > 0),
        "log_odds": odds,
        "low": low,
        "high": high,
        "p": p,
        "q": adjusted_p(np.where(m >= min_images, p, np.nan)),
        "ratio": ratio_to_others(found),
        "ratio_low": ratio_low,
        "ratio_high": ratio_high,
    }
