"""Whether presentations of an image fall into the same cluster: within a subject and between them.

All of it comes from counts of each image's trials by cluster. Pairs of presentations are never
listed, so that time and memory grow with the number of trials.
"""

import math
from itertools import combinations

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError
from response_clusters.statistics.contingency import UNKNOWN, Counts, Integers, contingency
from scipy.special import rel_entr

Floats = npt.NDArray[np.float64]


def pair_table(counts: Counts, weights: npt.NDArray[np.number] | None = None) -> Floats:
    """Pairs of presentations of the same image by their clusters, each pair in both orders.

    With n_ic trials of image i in cluster c, the table is Σᵢ (nᵢ nᵢᵀ − diag nᵢ): symmetric, and its
    sum is Σᵢ mᵢ(mᵢ − 1) for images with mᵢ presentations. An image with one presentation has no
    pair and adds nothing.

    Parameters
    ----------
    counts : ndarray of shape (images, k), int64
        Trials of each image in each cluster. For pairs within a subject only, a row for each image
        of each subject.
    weights : ndarray of shape (images,), optional
        How often each row counts, such as how often a bootstrap drew its image.

    Returns
    -------
    ndarray of shape (k, k), float64
        Whole numbers, if the weights are. Their sums are exact in any order, so BLAS may be used.
    """
    rows = np.asarray(counts, dtype=np.float64)
    weighted = rows if weights is None else rows * np.asarray(weights, np.float64)[:, None]
    return rows.T @ weighted - np.diag(weighted.sum(axis=0))


def cohens_kappa(table: npt.ArrayLike) -> float:
    """Cohen's κ = (p_o − p_e) / (1 − p_e), the agreement beyond chance.

    p_o is the share on the diagonal, p_e = Σ_c p_c· p_·c. Of a symmetrised table, whose two margins
    are the same, this is also Scott's π. Cohen (1960), Educ Psychol Meas 20:37.

    Parameters
    ----------
    table : array of shape (k, k) or (tables, k, k)
        Pairs by their two labels, not negative. Several tables give the pooled κ, with p_o and p_e
        averaged over tables by their sizes (De Vries et al. 2008, Field Methods 20:272): each
        keeps its own margins, so that tables with different margins have κ = 0 by chance.

    Returns
    -------
    float
        From −1 to 1; nan if there are no pairs, or if all labels are the same (p_e = 1).

    Raises
    ------
    StudyError
        If a table is not square.
    """
    tables = _square(table)
    n = tables.sum(axis=(1, 2))
    agreed = float(np.trace(tables, axis1=1, axis2=2).sum())
    products = (tables.sum(axis=2) * tables.sum(axis=1)).sum(axis=1)
    expected = float(np.divide(products, n, out=np.zeros(len(n)), where=n > 0).sum())
    total = float(n.sum())
    if total - expected <= 1e-12 * total:
        return math.nan
    return (agreed - expected) / (total - expected)


def mutual_information(table: npt.ArrayLike) -> float:
    """Mutual information of two labels, Σ p_jl ln(p_jl / (p_j· p_·l)), in nats.

    Parameters
    ----------
    table : array of shape (j, l)
        Pairs by their two labels, not negative.

    Returns
    -------
    float
        0 or more; nan if there are no pairs. Not corrected for its bias, which is about
        (j − 1)(l − 1) / 2n for n independent pairs: compare it with permutations.
    """
    table = np.asarray(table, dtype=np.float64)
    total = table.sum()
    if total <= 0:
        return math.nan
    p = table / total
    chance = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    return max(0.0, float(rel_entr(p, chance).sum()))


def permuted_within(groups: Integers, rng: np.random.Generator) -> Counts:
    """A random order of observations in which each takes the place of one of its own group.

    ``images[permuted_within(subjects, rng)]`` permutes the images of trials within subject: who was
    shown what no longer says anything about responses, and each image keeps as many trials. If
    some images are unknown, leave their trials out before.

    Parameters
    ----------
    groups : ndarray of shape (n,), integer

    Returns
    -------
    ndarray of shape (n,), int64
        A permutation of 0 to n − 1.
    """
    groups = np.asarray(groups)
    order = np.empty(len(groups), dtype=np.int64)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        order[members] = rng.permutation(members)
    return order


def subject_counts(
    subjects: Integers, images: Integers, clusters: Integers, n_subjects: int, k: int
) -> tuple[Counts, Counts]:
    """Each subject's trials by image and cluster, of images that two subjects or more saw.

    Parameters
    ----------
    subjects, images, clusters : ndarray of shape (n,), integer
        Of each trial, from 0; the image is −1 where it is unknown.
    n_subjects, k : int

    Returns
    -------
    counts : ndarray of shape (n_subjects, shared, k), int64
        All 0 where the subject did not see the image.
    shared : ndarray of shape (shared,), int64
        Which images these are, ascending.
    """
    subjects, images, clusters = (np.asarray(a) for a in (subjects, images, clusters))
    n_images = int(images.max(initial=UNKNOWN)) + 1
    seen = contingency(subjects, images, n_subjects, n_images) > 0
    shared = np.flatnonzero(seen.sum(axis=0) >= 2)
    place = np.full(n_images + 1, UNKNOWN, dtype=np.int64)  # its last entry stands for unknown
    place[shared] = np.arange(len(shared))
    rows = place[images]
    known = rows != UNKNOWN
    codes = subjects[known].astype(np.int64) * len(shared) + rows[known]
    counts = contingency(codes, clusters[known], n_subjects * len(shared), k)
    return counts.reshape(n_subjects, len(shared), k), shared


def subject_tables(counts: Counts, weights: npt.NDArray[np.number] | None = None) -> Floats:
    """A table of agreement for each pair of subjects, from their shares of each image's trials.

    With q_aic the share of subject a's trials of image i that lie in cluster c, the pair's table is
    Σᵢ q_ai q_biᵀ over the images that both saw: an image weighs the same however often it was
    shown. With one trial each, it counts images by their two clusters.

    Parameters
    ----------
    counts : ndarray of shape (subjects, images, k), int64
        As `subject_counts` makes them.
    weights : ndarray of shape (images,), optional
        How often each image counts, such as how often a bootstrap drew it.

    Returns
    -------
    ndarray of shape (subjects · (subjects − 1) / 2, k, k), float64
        In the order of ``itertools.combinations(range(subjects), 2)``; rows are the first subject's
        clusters. `cohens_kappa` of one is κ of the pair, of all is the pooled κ.
    """
    counts = np.asarray(counts)
    n_subjects, n_images, k = counts.shape
    trials = counts.sum(axis=2, keepdims=True)
    # In units of a common denominator, shares are whole numbers and their sums exact in any order,
    # so BLAS may be used. The bound keeps them finite where numbers of trials are odd.
    unit = min(math.lcm(*np.unique(trials[trials > 0]).tolist()), 2**20)
    shares = counts * np.divide(unit, trials, out=np.zeros(trials.shape), where=trials > 0)
    flat = shares.transpose(1, 0, 2).reshape(n_images, n_subjects * k)
    weighted = flat if weights is None else flat * np.asarray(weights, np.float64)[:, None]
    tables = (flat.T @ weighted).reshape(n_subjects, k, n_subjects, k) / float(unit) ** 2
    pairs = list(combinations(range(n_subjects), 2))
    return np.array([tables[a, :, b] for a, b in pairs]).reshape(len(pairs), k, k)


def permuted_images(counts: Counts, rng: np.random.Generator) -> Counts:
    """Each subject's images permuted among those that the subject saw.

    An image's trials stay together: agreement within subjects is kept, agreement between them is
    left to chance.

    Parameters
    ----------
    counts : ndarray of shape (subjects, images, k), int64

    Returns
    -------
    ndarray of the same shape and type
    """
    permuted = counts.copy()
    for own in permuted:
        seen = np.flatnonzero(own.any(axis=1))
        own[seen] = own[rng.permutation(seen)]
    return permuted


def _square(table: npt.ArrayLike) -> Floats:
    tables = np.asarray(table, dtype=np.float64)
    tables = tables[None] if tables.ndim == 2 else tables
    if tables.ndim != 3 or tables.shape[1] != tables.shape[2]:
        raise StudyError(
            f"A table of the shape {np.shape(table)} says nothing about agreement; expected as "
            "many rows as columns."
        )
    return tables
