"""What repeats reveal: the covariance of the part of a response that an image determines.

A response is x = s(image) + n(trial). Two presentations of an image have s in common and nothing
else, so their cross-covariance is that of s (the signal), and what is left of the total is the
covariance of n (the noise). Sums run in a fixed order: see `response_clusters.algebra`.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.algebra import at_least, gram, product, square_root

Values = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]


def group_sums(X: npt.NDArray[np.floating[Any]], groups: Whole) -> Values:
    """The sum of the rows of each group.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
    groups : ndarray of shape (n,), int
        Each row's group, 0 to g − 1.

    Returns
    -------
    ndarray of shape (g, p), float64
        Summed in float64, from the first row to the last.
    """
    number = int(groups.max(initial=-1)) + 1
    sums = [np.bincount(groups, weights=column, minlength=number) for column in X.T]
    return np.ascontiguousarray(np.reshape(sums, (X.shape[1], number)).T)


def group_means(
    X: npt.NDArray[np.floating[Any]], groups: npt.NDArray[Any]
) -> tuple[npt.NDArray[Any], Values]:
    """The groups that there are, such as images or sessions, and the mean row of each.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
    groups : ndarray of shape (n,)
        Each row's group.

    Returns
    -------
    there : ndarray of shape (g,)
        The distinct groups in ascending order.
    means : ndarray of shape (g, p), float64
    """
    there, numbers, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    return there, group_sums(X, numbers) / sizes[:, None]


def covariance(X: npt.NDArray[np.floating[Any]]) -> Values:
    """T = Σ (x − x̄)(x − x̄)' / n, the covariance of the rows (ddof 0).

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        At least one row.

    Returns
    -------
    ndarray of shape (p, p), float64
    """
    rows = np.asarray(X, dtype=np.float64)
    return gram(rows - rows.mean(axis=0)) / len(rows)


def cross_covariance(A: Values, B: Values) -> Values:
    """C = Σ (a − ā)(b − b̄)' / n of rows that belong together (ddof 0).

    Parameters
    ----------
    A : ndarray of shape (n, p), float
    B : ndarray of shape (n, q), float

    Returns
    -------
    ndarray of shape (p, q), float64
    """
    a, b = (np.ascontiguousarray((rows - rows.mean(axis=0)).T) for rows in (A, B))
    return np.array([(column * b).sum(axis=1) for column in a]) / len(A)


def without_negative(symmetric: Values) -> Values:
    """The nearest covariance (Higham 1988): negative eigenvalues become zero.

    Parameters
    ----------
    symmetric : ndarray of shape (p, p), float

    Returns
    -------
    ndarray of shape (p, p), float64
    """
    return at_least(symmetric, 0.0)


def signal_covariance(X: npt.NDArray[np.floating[Any]], images: npt.NDArray[Any]) -> Values:
    """S: the cross-covariance of two presentations of an image, over all pairs of presentations.

    Each pair enters in both orders, as in Fisher's intraclass correlation, so that S is symmetric.
    With tᵢ the sum of the mᵢ rows of image i, M = Σ mᵢ (mᵢ − 1) ordered pairs, and
    μ = Σ (mᵢ − 1) tᵢ / M the mean over pairs,

        S = (Σᵢ tᵢ tᵢ' − Σ x x') / M − μ μ',

    over the images that have two or more rows; then negative eigenvalues become zero. Time and
    memory grow with the number of rows, not of pairs. The idea is that of `Kay et al. 2025
    <https://doi.org/10.1371/journal.pcbi.1012092>`_.

    Parameters
    ----------
    X : ndarray of shape (n, p), float
        One trial a row.
    images : ndarray of shape (n,)
        Each trial's image. A trial whose image is not known has a number of its own.

    Returns
    -------
    ndarray of shape (p, p), float64
        Zero if no image was presented twice.
    """
    _, numbers, presented = np.unique(images, return_inverse=True, return_counts=True)
    pairs = int((presented * (presented - 1)).sum())
    if not pairs:
        return np.zeros((X.shape[1], X.shape[1]))
    again = presented[numbers] > 1
    rows = X[again].astype(np.float64)
    rows -= rows.mean(axis=0)  # against cancellation; a common shift changes no covariance
    sums = group_sums(rows, numbers[again])  # zero for an image of one presentation
    mean = ((presented[: len(sums)] - 1)[:, None] * sums).sum(axis=0) / pairs
    products = (gram(sums) - gram(rows)) / pairs
    return without_negative(products - np.multiply.outer(mean, mean))


def noise_covariance(total: Values, signal: Values) -> Values:
    """N = T − S, the covariance of what differs between presentations; negative eigenvalues → 0.

    Parameters
    ----------
    total, signal : ndarray of shape (p, p), float64
        T and S.

    Returns
    -------
    ndarray of shape (p, p), float64
    """
    return without_negative(total - signal)


@dataclass(frozen=True)
class ImageResponses:
    """A subject's mean responses to images, and the covariance of the signal in them.

    Attributes
    ----------
    regions : ndarray of shape (p,), int
        Which of all subjects' regions the columns are; all different.
    images : ndarray of shape (m,), int
        Which of all subjects' images the rows are; all different.
    means : ndarray of shape (m, p), float64
        The mean over an image's presentations.
    signal : ndarray of shape (p, p), float64
        S.
    """

    regions: Whole
    images: Whole
    means: Values
    signal: Values


def common_share(subjects: Sequence[ImageResponses]) -> float:
    """w: how much of the subjects' signal is common to them, from 0 to 1.

        w = Σ tr C_ab / Σ tr(P S_a^½ S_b^½ P)

    over pairs of subjects that saw two or more images in common and whose signals are known (S is
    not 0). C_ab is the cross-covariance of the row-centred mean responses to these images, over the
    regions that both have; P centres rows. If both signals are S^½(√w z + √(1 − w) e), with z
    common to subjects and e not, then the expected C_ab is w P S_a^½ S_b^½ P. Square roots are
    those of the whole S, of which the rows and columns of common regions are taken.

    Parameters
    ----------
    subjects : sequence of ImageResponses

    Returns
    -------
    float
        Clipped to [0, 1]; 0 if no pair has images and signal in common.
    """
    roots = [square_root(subject.signal) for subject in subjects]
    found = expected = 0.0
    for (a, root_a), (b, root_b) in itertools.combinations(zip(subjects, roots, strict=True), 2):
        _, in_a, in_b = np.intersect1d(a.regions, b.regions, True, return_indices=True)
        _, seen_a, seen_b = np.intersect1d(a.images, b.images, True, return_indices=True)
        if len(seen_a) < 2 or not len(in_a) or not a.signal.any() or not b.signal.any():
            continue
        both = [
            rows - rows.mean(axis=1, keepdims=True)
            for rows in (a.means[np.ix_(seen_a, in_a)], b.means[np.ix_(seen_b, in_b)])
        ]
        found += float(cross_covariance(*both).trace())
        roots_ab = product(root_a[np.ix_(in_a, in_a)], root_b[np.ix_(in_b, in_b)])
        # tr(P M P) = tr(M) − (sum of all elements of M) / p
        expected += float(roots_ab.trace() - roots_ab.sum() / len(in_a))
    return min(max(found / expected, 0.0), 1.0) if expected > 0.0 else 0.0
