"""Two reference models of a study's responses, and surrogate data drawn from them.

In both, a response is x = s(image) + n(trial), with the covariances S and N of a subject's signal
and noise, and the design (which image in which session) is that of the data:

- *continuum*: s is Gaussian, so that responses are one continuous cloud without any clusters;
- *groups*: as much of S as k distinct groups of images can account for is due to them.

Surrogates of both are centred per session and region, as z-scored responses are, and then given
exactly the covariance of the data. Arithmetic runs in a fixed order: see
`response_clusters.algebra`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.algebra import gram, inverse_root, product, spectrum, square_root
from response_clusters.statistics.covariances import (
    ImageResponses,
    common_share,
    covariance,
    group_means,
    noise_covariance,
    signal_covariance,
    without_negative,
)
from response_clusters.statistics.trials import Trials
from scipy.linalg import helmert

Values = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

# Directions with less than this share of the signal's largest variance carry no groups.
_NO_SIGNAL = 1e-10


@dataclass(frozen=True)
class SubjectModel:
    """What a subject's surrogates are drawn from: the design and the covariances of the data.

    Attributes
    ----------
    regions : ndarray of shape (p,), int
    sessions : ndarray of shape (n,), int
        As in `Trials`.
    images : ndarray of shape (m,), int
        The distinct images that the subject saw, ascending.
    shown : ndarray of shape (n,), int
        Which of `images` each trial showed.
    total, signal, noise : ndarray of shape (p, p), float64
        T, S and N.
    total_root, signal_root, noise_root : ndarray of shape (p, p), float64
        Their symmetric square roots.
    """

    regions: Whole
    sessions: Whole
    images: Whole
    shown: Whole
    total: Values
    signal: Values
    noise: Values
    total_root: Values
    signal_root: Values
    noise_root: Values


@dataclass(frozen=True)
class StudyModel:
    """The models of all subjects, and what they have in common.

    Attributes
    ----------
    subjects : dict of SubjectModel
        By subject, in the order in which they are drawn.
    share : float
        w, the share of the signal that is common to subjects.
    regions, images : int
        How many there are in all.
    """

    subjects: dict[str, SubjectModel]
    share: float
    regions: int
    images: int


def subject_model(trials: Trials, total: Values, signal: Values) -> SubjectModel:
    """The model of a subject with the design of these trials, and given covariances.

    Parameters
    ----------
    trials : Trials
    total, signal : ndarray of shape (p, p), float64
        T and S. N is T − S, with negative eigenvalues set to 0.
    """
    images, shown = np.unique(trials.images, return_inverse=True)
    noise = noise_covariance(total, signal)
    roots = square_root(total), square_root(signal), square_root(noise)
    return SubjectModel(
        trials.regions, trials.sessions, images, shown, total, signal, noise, *roots
    )


def study_model(subjects: Mapping[str, Trials]) -> StudyModel:
    """Both reference models of a study, estimated from its trials.

    Parameters
    ----------
    subjects : mapping of Trials
        By subject, at least one.
    """
    models, responses = {}, []
    for name, trials in subjects.items():
        total = covariance(trials.responses)
        signal = signal_covariance(trials.responses, trials.images)
        models[name] = subject_model(trials, total, signal)
        images, means = group_means(trials.responses, trials.images)
        responses.append(ImageResponses(trials.regions, images, means, signal))
    return StudyModel(
        models,
        common_share(responses),
        1 + max(int(trials.regions.max()) for trials in subjects.values()),
        1 + max(int(trials.images.max()) for trials in subjects.values()),
    )


def draw_continuum(model: StudyModel, rng: np.random.Generator) -> dict[str, Values]:
    """Responses without clusters: s = S^½ (√w z + √(1 − w) e).

    z(image) has a value for every region that any subject has, and is common to subjects; e(image)
    is the subject's own. Both are standard normal.

    Parameters
    ----------
    model : StudyModel
    rng : numpy.random.Generator
        From `response_clusters.statistics.seeds.draw_generator`.

    Returns
    -------
    dict of ndarray of shape (n, p), float64
        By subject, rows and columns as in its trials: centred per session, with covariance T.
    """
    z = rng.standard_normal((model.images, model.regions))
    drawn = {}
    for name, subject in model.subjects.items():
        mixed = np.sqrt(model.share) * z[np.ix_(subject.images, subject.regions)]
        mixed += np.sqrt(1.0 - model.share) * rng.standard_normal(mixed.shape)
        drawn[name] = _completed(subject, product(mixed, subject.signal_root), rng)
    return drawn


@dataclass(frozen=True)
class Groups:
    """How k groups of images differ, in each subject.

    Attributes
    ----------
    k : int
    axes : dict of ndarray of shape (p, k − 1), float64
        A, by subject.
    within_root : dict of ndarray of shape (p, p), float64
        (S − AA')^½, by subject: the root of the signal's covariance within a group.
    """

    k: int
    axes: dict[str, Values]
    within_root: dict[str, Values]


def groups_model(model: StudyModel, k: int) -> Groups | None:
    """k groups that account for as much of every subject's signal as k − 1 axes can.

    V has the leading k − 1 eigenvectors of PSP, P the matrix that centres rows, and
    A = SV (V'SV)^(−½). Along V, groups are all of the signal (V'AA'V = V'SV); S − AA' is what they
    leave, a covariance. Any rotation of A's columns has the same AA'. Each subject's is the nearest
    to the A of the mean S (orthogonal Procrustes, Schönemann 1966), so that a group of images has
    similar responses in all subjects. The mean S is taken for each pair of regions over the
    subjects that have both.

    Parameters
    ----------
    model : StudyModel
    k : int
        The number of groups.

    Returns
    -------
    Groups or None
        None where there is no such model: with fewer than two groups, or if the row-centred signal
        of a subject has fewer than k − 1 dimensions (it has none if no image was shown twice).
    """
    mean = group_axes(_mean_signal(model), k)
    axes, within_root = {}, {}
    for name, subject in model.subjects.items():
        own = group_axes(subject.signal, k)
        if own is None or mean is None:
            return None
        turn = nearest_orthogonal(product(own.T, mean[subject.regions]))
        axes[name] = product(own, turn)
        within = without_negative(subject.signal - product(axes[name], axes[name].T))
        within_root[name] = square_root(within)
    return Groups(k, axes, within_root)


def group_axes(signal: Values, k: int) -> Values | None:
    """A = SV (V'SV)^(−½), V the leading k − 1 eigenvectors of PSP: see `groups_model`.

    Parameters
    ----------
    signal : ndarray of shape (p, p), float64
        S.
    k : int

    Returns
    -------
    ndarray of shape (p, k − 1), float64, or None
        None if k < 2 or PSP has fewer than k − 1 positive eigenvalues.
    """
    means = signal.mean(axis=0)
    values, vectors = spectrum(signal - means - means[:, None] + means.mean())
    if not 2 <= k <= len(signal) or values[k - 2] <= _NO_SIGNAL * max(values[0], 0.0):
        return None
    # PV = V, so that V'SV = V'PSPV is the diagonal matrix of the eigenvalues.
    return product(signal, vectors[:, : k - 1]) / np.sqrt(values[: k - 1])


def draw_groups(model: StudyModel, groups: Groups, rng: np.random.Generator) -> dict[str, Values]:
    """Responses in k groups: s = A · (the vertex of the image's group) + N(0, S − AA').

    The vertices are those of a randomly rotated regular simplex. Every image is in one of the
    groups, each as likely as the others, and in the same one in all subjects.

    Parameters
    ----------
    model : StudyModel
    groups : Groups
        Of the same model.
    rng : numpy.random.Generator
        From `response_clusters.statistics.seeds.draw_generator`.

    Returns
    -------
    dict of ndarray of shape (n, p), float64
        As `draw_continuum` does.
    """
    k = groups.k
    turn = nearest_orthogonal(rng.standard_normal((k - 1, k - 1)))
    vertices = product(simplex(k), turn)
    group = rng.integers(k, size=model.images)
    drawn = {}
    for name, subject in model.subjects.items():
        centres = product(vertices, groups.axes[name].T)
        own = rng.standard_normal((len(subject.images), len(subject.regions)))
        signal = centres[group[subject.images]] + product(own, groups.within_root[name])
        drawn[name] = _completed(subject, signal, rng)
    return drawn


def simplex(k: int) -> Values:
    """The k vertices of a regular simplex around 0, whose covariance is the identity (ddof 0).

    Parameters
    ----------
    k : int
        At least 2.

    Returns
    -------
    ndarray of shape (k, k − 1), float64
        √k times the columns of Helmert's matrix: each vertex is √(k − 1) from 0 and √(2k) from
        every other.
    """
    return np.sqrt(k) * helmert(k).T


def nearest_orthogonal(M: Values) -> Values:
    """Q = M (M'M)^(−½), the orthogonal matrix nearest to M.

    For M = A'B it makes ‖AQ − B‖ smallest (Schönemann 1966). For M of independent standard normal
    numbers, Q is a rotation or reflection drawn uniformly.

    Parameters
    ----------
    M : ndarray of shape (q, q), float64
        If it is singular, some directions are lost, and Q only shortens vectors.

    Returns
    -------
    ndarray of shape (q, q), float64
    """
    return product(M, inverse_root(gram(M)))


def centred(X: Values, sessions: npt.NDArray[Any]) -> Values:
    """The rows of `X` minus the mean row of their session.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
    sessions : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n, p), float64
    """
    there, means = group_means(X, sessions)
    return X - means[np.searchsorted(there, sessions)]


def recoloured(X: Values, root: Values) -> Values:
    """X T*^(−½) T^½, the rows of `X` with exactly the covariance T instead of their own, T*.

    Means that are zero stay so: the sessions of centred rows remain centred.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        Their covariance has to have every direction that T has, or the result lacks it.
    root : ndarray of shape (p, p), float64
        T^½.

    Returns
    -------
    ndarray of shape (n, p), float64
    """
    return product(X, product(inverse_root(covariance(X)), root))


def _completed(subject: SubjectModel, signal: Values, rng: np.random.Generator) -> Values:
    """The trials of a subject whose signal of each image is known: noise added, as in the data."""
    noise = rng.standard_normal((len(subject.shown), len(subject.regions)))
    rows = signal[subject.shown] + product(noise, subject.noise_root)
    return recoloured(centred(rows, subject.sessions), subject.total_root)


def _mean_signal(model: StudyModel) -> Values:
    """The mean S over subjects, each pair of regions over those that have both; 0 if none has."""
    total, number = np.zeros((2, model.regions, model.regions))
    for subject in model.subjects.values():
        there = np.ix_(subject.regions, subject.regions)
        total[there] += subject.signal
        number[there] += 1
    return without_negative(total / np.maximum(number, 1))
