"""Less noise step by step: trials, the means of images, and means of images over subjects."""

from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from itertools import combinations

import numpy as np
import numpy.typing as npt
from response_clusters.clustering.elbow import r2_explained
from response_clusters.names import POOLED
from response_clusters.statistics.covariances import (
    covariance,
    cross_covariance,
    group_means,
    without_negative,
)
from response_clusters.statistics.datasets import LADDER, Cohorts, DataSets, centred, session_means
from response_clusters.statistics.fitting import Settings, clustered
from response_clusters.statistics.measures import DataSet, Value
from response_clusters.statistics.surrogates import StudyModel, groups_model, subject_model
from response_clusters.statistics.trials import Trials

Values = npt.NDArray[np.float64]
IMAGES, SHARED = "images", "shared"


def image_level(trials: DataSets, k: int) -> DataSets | None:
    """The data sets of the mean of each image's presentations, by subject.

    Parameters
    ----------
    trials : DataSets
        Of single trials. The signal's covariance S and the share common to subjects are theirs; the
        total covariance T is that of the means.
    k : int
        The number of groups of the model with groups.

    Returns
    -------
    DataSets or None
        None if no subject saw an image twice: there is nothing to average.
    """
    means = {name: _image_means(own) for name, own in trials.cohorts.trials.items()}
    if all(
        len(own.images) == len(trials.cohorts.trials[name].images) for name, own in means.items()
    ):
        return None
    signals = {name: own.signal for name, own in trials.model.subjects.items()}
    return _level(means, signals, trials.model.share, k, trials.seed, IMAGES)


def shared_level(trials: DataSets, k: int) -> DataSets | None:
    """The data set of the images that all subjects saw, averaged over subjects.

    S is the mean cross-covariance over pairs of subjects, symmetrised, without negative
    eigenvalues: what subjects have in common is what is left of the signal.

    Parameters
    ----------
    trials : DataSets
        Of single trials.
    k : int
        The number of groups of the model with groups.

    Returns
    -------
    DataSets or None
        None if there are fewer than two subjects, or no more than twice as many images that all of
        them saw as regions: too few for a covariance.
    """
    cohorts = trials.cohorts
    means = [_image_means(own) for own in cohorts.trials.values()]
    images = reduce(np.intersect1d, [own.images for own in means])
    if len(means) < 2 or len(images) <= 2 * len(cohorts.common):
        return None
    each: list[Values] = [
        cohorts.over_common(name, own.responses.astype(np.float64))[
            np.searchsorted(own.images, images)
        ]
        for name, own in zip(cohorts.trials, means, strict=True)
    ]
    average = Trials(np.mean(each, axis=0), cohorts.common, np.zeros_like(images), images)
    between = [cross_covariance(a, b) for a, b in combinations(each, 2)]
    common = np.mean(between, axis=0)
    signal = without_negative((common + common.T) / 2)
    return _level({SHARED: average}, {SHARED: signal}, 0.0, k, trials.seed, SHARED)


def _image_means(trials: Trials) -> Trials:
    """One row for each image, in ascending order, as if all were of one session."""
    images, means = group_means(trials.responses, trials.images)
    return replace(trials, responses=means, images=images, sessions=np.zeros_like(images))


def _level(
    trials: Mapping[str, Trials],
    signals: Mapping[str, Values],
    share: float,
    k: int,
    seed: int,
    name: str,
) -> DataSets:
    """The data sets of a level whose signals have these covariances."""
    means = {subject: session_means(own) for subject, own in trials.items()}
    models = {
        subject: subject_model(own, covariance(own.responses), signals[subject])
        for subject, own in centred(trials, means).items()
    }
    model = StudyModel(
        models,
        share,
        1 + max(int(own.regions.max()) for own in trials.values()),
        1 + max(int(own.images.max()) for own in trials.values()),
    )
    return DataSets(Cohorts.of(trials), model, groups_model(model, k), means, seed, name)


def explained(data: DataSet, settings: Settings, level: str) -> list[Value]:
    """R² explained by the fits of a level's rows, at every k of the ladder.

    Parameters
    ----------
    data : DataSet
        Its rows are those of the level.
    settings : Settings
    level : str

    Returns
    -------
    list of Value
        r2_explained at each k that there are rows enough for, and rows, their number, at k = 1.
    """
    X, seed = data.of(POOLED), data.seed(settings, level, POOLED)
    values = [Value(POOLED, 1, "rows", len(X))]
    for k in LADDER:
        if k > min(settings.k_max, len(X)):
            break
        objective = clustered(X, k, settings, seed).objective
        values.append(Value(POOLED, k, "r2_explained", r2_explained(X, objective)))
    return values
