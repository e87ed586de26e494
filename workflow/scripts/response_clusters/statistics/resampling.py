"""Fits of other images and of other subjects, and how well they agree."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from response_clusters.clustering.elbow import r2_explained
from response_clusters.clustering.solver import (
    Clustering,
    cluster_rows,
    nearest_prototypes,
    summed_distance,
)
from response_clusters.comparison.matching import match_prototypes
from response_clusters.names import POOLED
from response_clusters.statistics.contingency import contingency, crossed, resampling_units
from response_clusters.statistics.covariances import group_means
from response_clusters.statistics.datasets import LADDER
from response_clusters.statistics.fitting import (
    Settings,
    clustered,
    elbow_curve,
    fitted,
    matched_r,
)
from response_clusters.statistics.measures import DataSet, Value
from response_clusters.statistics.seeds import draw_seed
from response_clusters.statistics.stability import (
    adjusted_rand,
    best_jaccard,
    drawn_rows,
    image_bootstrap,
    image_halves,
    prediction_strength,
    rival,
)

Rows = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]
Whole = npt.NDArray[np.int64]
Prototypes = npt.NDArray[np.float64]
FEW = 20
"""Rows of a session from which on its mean is taken."""


def halves(data: DataSet, split: int, settings: Settings) -> list[Value]:
    """How well two random halves of the images agree on clusters, at every k of the ladder.

    Each half's trials are labelled by its own prototypes and by the other half's.

    Parameters
    ----------
    data : DataSet
    split : int
        The number of the split; every data set is split in the same way.
    settings : Settings

    Returns
    -------
    list of Value
        half_ari, half_r and prediction_strength, the mean of both directions, as far as either
        half has as many rows as clusters.
    """
    X = data.of(POOLED)
    units, number = resampling_units(data.cohorts.images)
    rng = np.random.default_rng(draw_seed(settings.seed, "halves", POOLED, split))
    first = image_halves(number, rng)[units]
    parts = X[first], X[~first]
    values = []
    for k in LADDER:
        if k > min(settings.k_max, *map(len, parts)):
            break
        fits = [
            clustered(part, k, settings, data.seed(settings, "halves", POOLED, split, side))
            for side, part in enumerate(parts)
        ]
        counts = [
            contingency(own.labels, nearest_prototypes(part, other.prototypes)[0], k, k)
            for part, own, other in zip(parts, fits, reversed(fits), strict=True)
        ]
        r = matched_r(fits[0].prototypes, fits[1].prototypes)
        found = {
            "half_ari": np.mean([adjusted_rand(n) for n in counts]),
            "half_r": np.median(r),
            "prediction_strength": np.mean([prediction_strength(n) for n in counts]),
        }
        values += [Value(POOLED, k, name, float(value)) for name, value in found.items()]
    return values


def bootstrap(data: DataSet, draw: int, reference: Prototypes, settings: Settings) -> list[Value]:
    """A fit of images that were drawn with replacement, beside the clusters of all images.

    Parameters
    ----------
    data : DataSet
    draw : int
        The number of the bootstrap.
    reference : ndarray of shape (k, p), float64
        The prototypes of all images.
    settings : Settings

    Returns
    -------
    list of Value
        jaccard_1 … jaccard_k, jaccard_mean and jaccard_least; none if fewer distinct rows than
        clusters were drawn.
    """
    X, k = data.of(POOLED), len(reference)
    rows = _drawn(data, draw, settings)
    once = np.unique(rows)
    if len(once) < k:
        return []
    again = clustered(X[rows], k, settings, data.seed(settings, "bootstrap", POOLED, draw))
    own, other = (nearest_prototypes(X[once], each)[0] for each in (reference, again.prototypes))
    similar = best_jaccard(contingency(own, other, k, k))
    found = {f"jaccard_{cluster}": value for cluster, value in enumerate(similar, start=1)}
    found |= {"jaccard_mean": np.nanmean(similar), "jaccard_least": np.nanmin(similar)}
    return [Value(POOLED, k, name, float(value)) for name, value in found.items()]


def bootstrap_elbow(data: DataSet, draw: int, k: int, settings: Settings) -> list[Value]:
    """The k that images drawn with replacement choose.

    Their rows are given the session means of all images: otherwise the grand centroid would be a
    random one, and R² between with it.

    Parameters
    ----------
    data : DataSet
    draw : int
        The number of the bootstrap; it draws the same images as `bootstrap`.
    k : int
        The k that all images choose.
    settings : Settings

    Returns
    -------
    list of Value
        chosen_k, at k.
    """
    X, cohorts = data.of(POOLED), data.cohorts
    rows = _drawn(data, draw, settings)
    sessions = crossed(
        cohorts.subjects, np.concatenate([own.sessions for own in cohorts.trials.values()])
    )
    sample = _with_means_of(X, sessions, rows)
    seed = data.seed(settings, "bootstrap elbow", POOLED, draw)
    possible = replace(settings, k_max=min(settings.k_max, len(np.unique(rows))))
    _, chosen = elbow_curve(lambda k: fitted(sample, k, settings, seed), possible)
    return [Value(POOLED, k, "chosen_k", chosen)]


def in_order_of(prototypes: Prototypes, others: Prototypes) -> Prototypes:
    """Prototypes in the order of as many others that they are matched to, one to one."""
    return prototypes[match_prototypes(others, prototypes).matched.argmax(axis=1)]


def _drawn(data: DataSet, draw: int, settings: Settings) -> Whole:
    """The rows of a bootstrap, each as often as its image was drawn."""
    units, number = resampling_units(data.cohorts.images)
    rng = np.random.default_rng(draw_seed(settings.seed, "bootstrap", POOLED, draw))
    return drawn_rows(image_bootstrap(number, rng), units)


def rivals(data: DataSet, k: int, settings: Settings) -> tuple[Clustering, list[Value]]:
    """The best of several fits, and the best of those that are another solution.

    Parameters
    ----------
    data : DataSet
    k : int
    settings : Settings

    Returns
    -------
    best : Clustering
    values : list of Value
        rival_objective: by which share the rival's objective is larger; rival_ari and rival_r, the
        adjusted Rand index and the least matched r of the two; nan if there is no rival. None of
        them where there is one start: it has nothing to differ from.
    """
    X = data.of(POOLED)
    fits = [
        cluster_rows(
            X,
            k,
            data.seed(settings, "rival", POOLED, i),
            replicates=1,
            max_iterations=settings.max_iterations,
        )
        for i in range(settings.replicates)
    ]
    if len(fits) == 1:
        return fits[0], []
    objectives = np.array([fit.objective for fit in fits])
    best = fits[int(objectives.argmin())]
    other, least_r = rival(best.prototypes, np.array([f.prototypes for f in fits]), objectives)
    found = dict.fromkeys(("rival_objective", "rival_ari", "rival_r"), math.nan)
    if other is not None:
        counts = contingency(best.labels, fits[other].labels, k, k)
        found = {
            "rival_objective": objectives[other] / best.objective - 1,
            "rival_ari": adjusted_rand(counts),
            "rival_r": least_r[other],
        }
    return best, [Value(POOLED, k, name, float(value)) for name, value in found.items()]


def left_out(data: DataSet, k: int, settings: Settings) -> list[Value]:
    """Each subject's trials by the prototypes of all others, beside the subject's own fit.

    Parameters
    ----------
    data : DataSet
        Of two or more subjects.
    k : int
    settings : Settings

    Returns
    -------
    list of Value
        By subject: ari, matched_r (the median), and r2_ratio, the others' R² explained over the
        subject's own.
    """
    values = []
    for subject, rows in data.rows.items():
        X = data.cohorts.over_common(subject, rows)
        own, others = (
            clustered(part, k, settings, data.seed(settings, "left out", subject, side))
            for side, part in enumerate((X, data.cohorts.pooled(data.rows, without=subject)))
        )
        labels, r = nearest_prototypes(X, others.prototypes)
        explained = [r2_explained(X, each) for each in (summed_distance(r), own.objective)]
        found = {
            "ari": adjusted_rand(contingency(own.labels, labels, k, k)),
            "matched_r": np.median(matched_r(own.prototypes, others.prototypes)),
            "r2_ratio": explained[0] / explained[1] if explained[1] > 0 else math.nan,
        }
        values += [Value(subject, k, name, float(value)) for name, value in found.items()]
    return values


def _with_means_of(X: Rows, groups: Whole, rows: Whole) -> Rows:
    """Some rows of `X`, shifted so that each group of them has the mean of the whole group.

    A group of which fewer than `FEW` rows are drawn is left as it is: little would be left of its
    rows but the mean.
    """
    there, means = group_means(X, groups)
    drawn, number, sizes = np.unique(groups[rows], return_inverse=True, return_counts=True)
    shift = means[np.searchsorted(there, drawn)] - group_means(X[rows], groups[rows])[1]
    shift[sizes < FEW] = 0.0
    return (X[rows] + shift[number]).astype(np.float32)
