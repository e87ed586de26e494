"""What a cluster's images show more often than others: presence of categories per distinct image.

Images are the observations here, and an image counts once however often it was shown. Its weight in
a cluster is the share of its trials there (all trials), or whether it is on the cluster's list (the
nearest images). Only images that are annotated and were shown belong into any of these arrays.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.statistics.contingency import Counts
from response_clusters.statistics.nulls import QUANTILES, interval
from scipy.sparse import csr_array
from scipy.special import betaincinv, logit
from scipy.stats import false_discovery_control, hypergeom, pearson3

Floats = npt.NDArray[np.float64]

# A posterior quantile of a rate below this is 0 but for the range of numbers.
LEAST = 1e-300


def image_shares(counts: Counts) -> Floats:
    """w_ic, the share of image i's trials that lie in cluster c.

    Parameters
    ----------
    counts : ndarray of shape (images, k), int64
        Trials of each image in each cluster, of all subjects together.

    Returns
    -------
    ndarray of shape (images, k), float64
        Rows sum to 1.

    Raises
    ------
    StudyError
        If an image has no trial: it has no share.
    """
    counts = np.asarray(counts)
    trials = counts.sum(axis=1, keepdims=True)
    if (trials == 0).any():
        raise StudyError(
            f"{int((trials == 0).sum())} of {len(counts)} images have no trial; expected images "
            "that were shown: leave the others out."
        )
    return counts / trials


@dataclass(frozen=True)
class Presence:
    """How often categories are present among clusters' images.

    Attributes
    ----------
    present : ndarray of shape (k, categories), float64
        Σᵢ w_ic x_ia: images of the cluster that show the category.
    images : ndarray of shape (k,), float64
        Σᵢ w_ic: images of the cluster.
    """

    present: Floats
    images: Floats

    @property
    def rate(self) -> Floats:
        """Σwx / Σw, of shape (k, categories); nan for a cluster without images."""
        return _ratio(self.present, self.images[:, None])


def presence(
    weights: Floats, shown: csr_array, drawn: npt.NDArray[np.number] | None = None
) -> Presence:
    """Sums of a cluster's images, and of those of them that show each category.

    Parameters
    ----------
    weights : ndarray of shape (images, k), float64
        An image's share in each cluster; for a list, 1 for the images on it and 0 for others.
    shown : csr_array of shape (images, categories)
        1 where the image shows the category (`presence_matrix`).
    drawn : ndarray of shape (images,), optional
        How often a bootstrap drew each image.
    """
    weights = np.asarray(weights, dtype=np.float64)
    if drawn is not None:
        weights = weights * np.asarray(drawn, np.float64)[:, None]
    # scipy sums sparse products one by one in the order of images, without BLAS.
    return Presence((shown.T @ weights).T, weights.sum(axis=0))


def presence_matrix(
    images: npt.NDArray[np.integer[Any]],
    categories: npt.NDArray[np.integer[Any]],
    n_images: int,
    n_categories: int,
) -> csr_array:
    """Which image shows which category, from a row for each image and category in it.

    Parameters
    ----------
    images, categories : ndarray of shape (rows,), integer
        From 0. A pair that is listed twice counts once.
    n_images, n_categories : int

    Returns
    -------
    csr_array of shape (n_images, n_categories), float64
        Ones where an image shows a category.
    """
    ones = np.ones(len(images))
    shown = csr_array((ones, (images, categories)), shape=(n_images, n_categories))
    shown.sum_duplicates()
    shown.data[:] = 1.0
    return shown


def base_counts(shown: csr_array) -> Floats:
    """m, in how many images each category is present; ndarray of shape (categories,), float64."""
    return np.asarray(shown.sum(axis=0), dtype=np.float64).ravel()


def permutation_z(weights: Floats, shown: csr_array) -> tuple[Floats, Floats]:
    """z of the presence of each category in each cluster over all permutations, and its skewness.

    If pictures had been dealt to images at random, T = Σᵢ w_ic x_ia would be a sum of m of n
    weights drawn without replacement, with the expectation E = m w̄, the variance
    V = m (n − m) / (n − 1) · var w (ddof 0) and the third central moment
    m (n − m) (n − 2m) / ((n − 1) (n − 2)) · Σ (w − w̄)³ / n (Cochran 1977, Sampling Techniques,
    chapter 2). z = (T − E) / √V; no permutation need be made.

    Parameters
    ----------
    weights : ndarray of shape (images, k), float64
    shown : csr_array of shape (images, categories)

    Returns
    -------
    z, skewness : ndarray of shape (k, categories), float64
        nan where V = 0: in all images or in none, or the same weight for all.
    """
    weights = np.asarray(weights, dtype=np.float64)
    n = len(weights)
    m = base_counts(shown)
    centred = weights - weights.mean(axis=0)
    spread = (centred * centred).mean(axis=0)
    # Equal weights have a variance of rounding only.
    spread[weights.max(axis=0, initial=0.0) == weights.min(axis=0, initial=np.inf)] = 0.0
    variance = spread[:, None] * (m * (n - m) / max(n - 1, 1))
    lopsided = m * (n - m) * (n - 2 * m) / max((n - 1) * (n - 2), 1)
    third = (centred * centred * centred).mean(axis=0)[:, None] * lopsided
    expected = weights.mean(axis=0)[:, None] * m
    above = presence(weights, shown).present - expected
    sd = np.sqrt(variance)
    return _ratio(above, sd), _ratio(third, variance * sd)


def upper_p(z: npt.ArrayLike, skewness: npt.ArrayLike = 0.0) -> Floats:
    """p that a category is not more frequent: the mass above z, one-sided.

    Of Pearson's type III, which has the skewness of the permutations (Mielke and Berry 2007,
    Permutation Methods). It is the normal distribution at skewness 0, whose tail is too thin for
    rare categories: with ten images and a twentieth of all trials, three hits have p = .01, by the
    normal distribution .0001. Negative skewness counts as 0: the normal tail is then too thick,
    while that of type III ends, and p would be 0.

    Parameters
    ----------
    z, skewness : array of the same shape, float

    Returns
    -------
    ndarray of that shape, float64
        nan where one of them is.
    """
    return np.asarray(pearson3.sf(z, np.maximum(skewness, 0.0)), dtype=np.float64)


def hypergeometric_p(
    present: npt.ArrayLike, listed: npt.ArrayLike, shown: npt.ArrayLike, images: int
) -> Floats:
    """p that a list drawn at random has as many images with a category, or more.

    P(H ≥ present), H hypergeometric: `listed` draws without replacement from `images`, of which
    `shown` show the category. Fisher's exact test, one-sided.

    Parameters
    ----------
    present : array of whole numbers
        Images of the list that show the category.
    listed : array of whole numbers
        Images of the list.
    shown : array of whole numbers
        Images of all that show the category.
    images : int
        All images. The arrays are broadcast, as (k, categories), (k, 1) and (categories,).

    Returns
    -------
    ndarray, float64
    """
    return np.asarray(
        hypergeom.sf(np.asarray(present) - 1, images, shown, listed), dtype=np.float64
    )


def log_odds(
    found: Presence, base: Floats, prior: float, quantiles: tuple[float, float] = QUANTILES
) -> tuple[Floats, Floats, Floats]:
    """Log-odds of a category in a cluster against the base rate, and their credible interval.

    The prior counts as `prior` images at the base rate b, so the rate has the posterior
    Beta(α, β), α = Σwx + prior·b and β = Σw − Σwx + prior·(1 − b). The log-odds are ln(α/β) −
    ln(b/(1 − b)), of the posterior's mean; low and high are the posterior's quantiles likewise.
    A few images cannot move them far from 0. Shares count as that part of an image, which makes
    the interval of all trials too wide rather than too narrow.

    Parameters
    ----------
    found : Presence
        With arrays of shape (k, categories) and (k,).
    base : ndarray of shape (categories,), float64
        The share of all images that show each category.
    prior : float
        Above 0.
    quantiles : (float, float)

    Returns
    -------
    log_odds, low, high : ndarray of shape (k, categories), float64
        nan where the base rate is 0 or 1; low also where it has no finite value, as where no image
        of the cluster shows a very rare category.

    Raises
    ------
    StudyError
        If `prior` is not above 0.
    """
    if not prior > 0:
        raise StudyError(f"A prior of {prior} images is none; expected a number above 0.")
    base = np.asarray(base, dtype=np.float64)
    usable = np.where((base > 0) & (base < 1), base, np.nan)
    alpha = found.present + prior * usable
    # A difference of sums may be a rounding below 0.
    absent = np.maximum(found.images[:, None] - found.present, 0.0)
    beta = absent + prior * (1 - usable)
    odds = logit(usable)
    rates = (betaincinv(alpha, beta, q) for q in quantiles)
    low, high = (logit(np.where((r > LEAST) & (r < 1), r, np.nan)) - odds for r in rates)
    return logit(alpha / (alpha + beta)) - odds, low, high


def label_bounds(counts: pd.DataFrame, prior: float) -> Floats:
    """The lower bound of `log_odds` of each row of a fit's label counts.

    Parameters
    ----------
    counts : DataFrame
        Columns images, annotated and image_base of the table ``label_counts``.
    prior : float
        Above 0.

    Returns
    -------
    ndarray of shape (rows,), float64
        nan as in `log_odds`.
    """
    images, annotated, base = (
        counts[name].to_numpy(np.float64) for name in ("images", "annotated", "image_base")
    )
    # Every row has its own cluster and category.
    found = Presence(images[:, None], annotated)
    return log_odds(found, base[:, None], prior)[1].ravel()


def adjusted_p(p: npt.ArrayLike) -> Floats:
    """q by Benjamini and Hochberg (1995) over all p at once, of whatever shape.

    Parameters
    ----------
    p : array of float
        nan where nothing was tested: it does not count as a test.

    Returns
    -------
    ndarray of the same shape, float64
        nan where `p` is.
    """
    p = np.asarray(p, dtype=np.float64)
    q = np.full(p.shape, np.nan)
    tested = ~np.isnan(p)
    if tested.any():
        q[tested] = false_discovery_control(p[tested], method="bh")
    return q


def ratio_to_others(found: Presence) -> Floats:
    """How many times as frequent a category is in a cluster as in the mean of the others.

    Rates with half an image more that shows the category and half an image that does not,
    (Σwx + ½) / (Σw + 1), divided by the mean of the other clusters' rates. For lists of the same
    length this is (images + ½) / (the others' mean images + ½); the ½ keeps it finite.

    Parameters
    ----------
    found : Presence
        With arrays of shape (k, categories) and (k,).

    Returns
    -------
    ndarray of shape (k, categories), float64
        nan if there is one cluster only.
    """
    rates = (found.present + 0.5) / (found.images[:, None] + 1)
    others = rates.sum(axis=0) - rates
    return _ratio(rates * (len(rates) - 1), others)


def ratio_interval(
    weights: Floats, shown: csr_array, draws: Iterable[npt.NDArray[np.number]]
) -> tuple[Floats, Floats]:
    """Bootstrap interval of `ratio_to_others`: quantiles .025 and .975 over draws of images.

    Parameters
    ----------
    weights : ndarray of shape (images, k), float64
    shown : csr_array of shape (images, categories)
    draws : iterable of ndarray of shape (images,)
        How often each image was drawn (`stability.image_bootstrap`). Lists and clusters stay as
        they are: the interval is for these clusters on other images.

    Returns
    -------
    low, high : ndarray of shape (k, categories), float64
    """
    return interval([ratio_to_others(presence(weights, shown, drawn)) for drawn in draws])


def _ratio(above: Floats, below: Floats) -> Floats:
    """A quotient; nan where the divisor is 0."""
    out = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    return np.divide(above, below, out=out, where=below > 0)
