"""The chosen k and the clusters under other settings, beside those of the study."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.clustering.elbow import STATISTICS
from response_clusters.clustering.solver import nearest_prototypes
from response_clusters.names import POOLED
from response_clusters.statistics.contingency import (
    Integers,
    contingency,
    crossed,
    resampling_units,
)
from response_clusters.statistics.covariances import group_means
from response_clusters.statistics.fitting import Settings, elbow_curve, fitted, matched_r
from response_clusters.statistics.seeds import draw_seed
from response_clusters.statistics.stability import adjusted_rand

Rows = npt.NDArray[np.float32]
Prototypes = npt.NDArray[np.float64]

AT_STUDY_K = ("r2_between", "r2_explained", "ari", "r", "r_least")


@dataclass(frozen=True)
class Variant:
    """What is clustered in place of the study's rows.

    Attributes
    ----------
    rows : ndarray of shape (m, q), float32
        The rows that are clustered.
    trials : ndarray of shape (n, q), float32
        Every row of the study over the same regions, in the same units.
    regions : ndarray of shape (p,), bool
        Which of the study's regions these are.
    """

    rows: Rows
    trials: Rows
    regions: npt.NDArray[np.bool_]


def settings_under(name: str, settings: Settings) -> Settings:
    """How a variant is fitted: with another seed, by the other R², or as the study is.

    Parameters
    ----------
    name : str
        The variant.
    settings : Settings
        The study's.
    """
    if name == "seed":
        return replace(settings, seed=settings.seed + 1)
    if name in STATISTICS:
        (other,) = {*STATISTICS} - {settings.statistic}
        return replace(settings, statistic=other)
    return settings


def variant_of(
    name: str, X: Rows, subjects: Integers, images: Integers, subcortical: npt.NDArray[np.bool_]
) -> Variant:
    """The rows of one variant.

    Parameters
    ----------
    name : str
        ``repeats_mean``: the mean over an image's presentations to a subject; a trial whose image
        is unknown stays as it is. ``cortical``: without subcortical regions. ``unit_sd``: each
        subject's responses of each region divided by their standard deviation (ddof 0). Any other
        changes no row.
    X : ndarray of shape (n, p), float32
        The rows of the study.
    subjects, images : ndarray of shape (n,), integer
        Of each row, from 0; the image is −1 where it is unknown.
    subcortical : ndarray of shape (p,), bool
    """
    regions = np.ones(X.shape[1], dtype=bool)
    if name == "cortical":
        regions = ~subcortical
        kept = np.ascontiguousarray(X[:, regions])
        return Variant(kept, kept, regions)
    if name == "unit_sd":
        scaled = X.copy()
        for subject in np.unique(subjects):
            own = subjects == subject
            spread = X[own].std(axis=0, dtype=np.float64)
            scaled[own] /= np.where(spread > 0, spread, 1.0)
        return Variant(scaled, scaled, regions)
    if name == "repeats_mean":
        units, _ = resampling_units(crossed(subjects, images))
        return Variant(group_means(X, units)[1].astype(np.float32), X, regions)
    return Variant(X, X, regions)


def compared(
    variant: Variant,
    clusters: Integers,
    prototypes: Prototypes,
    settings: Settings,
    threads: int = 1,
) -> dict[str, Any]:
    """What the elbow chooses for a variant, and its clusters at the study's k beside the study's.

    k grows from 1 until the elbow is passed and the study's k is reached. Every trial is then
    assigned to the variant's nearest prototype, whatever rows these were fitted to.

    Parameters
    ----------
    variant : Variant
    clusters : ndarray of shape (n,), integer
        Each trial's cluster in the study, from 0.
    prototypes : ndarray of shape (k, p), float64
        Of the study.
    settings : Settings
    threads : int

    Returns
    -------
    dict
        The columns of the sensitivity table but for the variant. Those of `AT_STUDY_K` are nan if
        there are fewer rows than that; the chosen k is None if there are fewer than two regions.
    """
    X, k = variant.rows, len(prototypes)
    told = {"rows": len(X), "regions": X.shape[1], "chosen_k": None, "k": k}
    at_k: dict[str, Any] = dict.fromkeys(AT_STUDY_K, np.nan)
    if X.shape[1] < 2:
        return told | at_k
    seed = draw_seed(settings.seed, "sensitivity", POOLED)
    fits, told["chosen_k"] = elbow_curve(
        lambda k: fitted(X, k, settings, seed, threads),
        replace(settings, k_max=min(settings.k_max, len(X))),
        [k],
    )
    if k in fits:
        own = fits[k].clustering.prototypes
        labels, _ = nearest_prototypes(variant.trials, own)
        r = matched_r(own, prototypes[:, variant.regions])
        ari = adjusted_rand(contingency(labels, clusters, k, k))
        values = [fits[k].r2_between, fits[k].r2_explained, ari, np.median(r), r.min()]
        at_k = dict(zip(AT_STUDY_K, values, strict=True))
    return told | at_k
