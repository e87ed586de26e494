"""Whether categories that are seen together have similar responses.

The mean response to all images with a against that to all images with b answers another question:
images that show both are in both means, and even where pictures have nothing to do with responses,
the expected correlation of the two is φ of a and b, as they share that much noise. So a is taken
from images without b, and b from images without a. Means of disjoint images have no correlation of
their own only if two more things are seen to:

- The mean of all images is a part of every mean, so large sets, which have little noise, correlate
  more than small ones; and φ depends on the size of sets, too. So each mean is taken minus that of
  images that show neither.
- If both were taken minus the same images, or minus the mean of all, that would be a common part
  again. So the images that show neither are divided at random into two halves, one for each side.

For the four disjoint sets A, B, R and Q, the contrasts A − R and B − Q have a covariance of exactly
0 over all permutations of images: means of any two disjoint sets drawn from N images have the
covariance −S²/N (Cochran 1977, Sampling Techniques, chapter 2), so the four of them cancel. What
remains is what should: images that show a fork and no knife still show a table.

Two p are computed, and the larger one counts, so that it holds whichever of two things is true:

- Pictures have nothing to do with responses: images are permuted, which is exact. Where labels
  overlap, r of one pair goes with r of others, and with them φ; so Mantel's test alone called a
  quarter of shuffled data sets significant (.05) on the labels of the embedded study.
- Categories have responses of their own, in no relation to what they are seen with: Mantel's test
  (1967, Cancer Res 27:209), which permutes categories.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.statistics.enrichment import base_counts, presence_matrix
from response_clusters.statistics.nulls import interval, mean, p_value
from response_clusters.statistics.stability import image_halves
from scipy.sparse import csr_array

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

FEWEST = 3
"""Regions, or pairs, at least: Pearson's r of two is always 1 or −1."""
_BLOCK = 2**21
"""Values of pairs × regions at a time: some tens of megabytes."""


def pair_counts(shown: csr_array) -> Whole:
    """How many images show both of two categories; on the diagonal, how many show one.

    Parameters
    ----------
    shown : csr_array of shape (images, categories)
        1 where the image shows the category (`enrichment.presence_matrix`).

    Returns
    -------
    ndarray of shape (categories, categories), int64
    """
    return np.rint((shown.T @ shown).toarray()).astype(np.int64)


def phi_matrix(both: Whole, images: int) -> Floats:
    """φ of every two categories: Pearson's r of their presence over images.

    φ = (N n_ab − n_a n_b) / √(n_a (N − n_a) n_b (N − n_b)).

    Parameters
    ----------
    both : ndarray of shape (categories, categories), int64
        As `pair_counts` returns it.
    images : int
        N, all images.

    Returns
    -------
    ndarray of shape (categories, categories), float64
        nan for a category that all images show, or none.
    """
    n = np.diag(both).astype(np.float64)
    spread = np.sqrt(n * (images - n))
    return _quotient(images * both - np.outer(n, n), np.outer(spread, spread))


@dataclass(frozen=True)
class DisjointSets:
    """Four sets of images for each pair of categories: either without the other, and neither.

    Attributes
    ----------
    a, b : ndarray of shape (pairs,), int64
        The two categories of each pair that has enough images, a < b.
    only : ndarray of shape (2, pairs), int64
        Images with a without b, and with b without a.
    neither : ndarray of shape (2, pairs), int64
        Images of each half that show neither.
    halves : ndarray of shape (images,), bool
    alone, both : tuple of two csr_array, of shape (categories, images) and (pairs, images)
        For each half, 1 where an image shows the category, or both categories.
    """

    a: Whole
    b: Whole
    only: Whole
    neither: Whole
    halves: npt.NDArray[np.bool_]
    alone: tuple[csr_array, csr_array]
    both: tuple[csr_array, csr_array]


def disjoint_sets(shown: csr_array, halves: npt.NDArray[np.bool_], min_images: int) -> DisjointSets:
    """The sets of images that each pair of categories is compared by.

    Parameters
    ----------
    shown : csr_array of shape (images, categories)
    halves : ndarray of shape (images,), bool
        Which of the images that show neither each side is compared with
        (`stability.image_halves`).
    min_images : int
        How many images each of the four sets needs, at least 1; other pairs are left out.
    """
    sides = [halves == half for half in (False, True)]
    alone = tuple(_rows_of(shown.T, side) for side in sides)
    counts = np.stack([pair_counts(csr_array(half.T)) for half in alone])
    n = np.diagonal(counts, axis1=1, axis2=2)
    only = n.sum(axis=0)[:, None] - counts.sum(axis=0)
    size = np.array([side.sum() for side in sides])[:, None, None]
    neither = size - n[:, :, None] - n[:, None, :] + counts
    enough = np.minimum.reduce([only, only.T, *neither]) >= max(min_images, 1)
    a, b = (ends.astype(np.int64) for ends in np.nonzero(np.triu(enough, 1)))
    number = np.full(enough.shape, -1, dtype=np.int64)
    number[a, b] = np.arange(len(a))
    by_category = shown.tocsc()
    pairs, images = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for first in range(shown.shape[1]):
        members = by_category.indices[by_category.indptr[first] : by_category.indptr[first + 1]]
        among = shown[members].tocoo()
        pair = number[first, among.coords[1]]
        pairs.append(pair[pair >= 0])
        images.append(members[among.coords[0]][pair >= 0].astype(np.int64))
    row, column = np.concatenate(pairs), np.concatenate(images)
    shape = len(a), shown.shape[0]
    every = csr_array((np.ones(len(row)), (row, column)), shape=shape)
    both = tuple(_rows_of(every, side) for side in sides)
    return DisjointSets(
        a, b, np.stack([only[a, b], only[b, a]]), neither[:, a, b], halves, alone, both
    )


def disjoint_r(patterns: Floats, sets: DisjointSets) -> Floats:
    """Pearson's r, over regions, of what goes with a and of what goes with b.

    Sums over a set are differences of sums over the images with a, with b and with both, so that
    all pairs take one sparse product and no loop.

    Parameters
    ----------
    patterns : ndarray of shape (images, regions), float64
        Each image's mean unit row.
    sets : DisjointSets

    Returns
    -------
    ndarray of shape (pairs,), float64
        nan if there are fewer than three regions.
    """
    # scipy sums sparse products one by one in the order of images, without BLAS.
    alone = np.stack([half @ patterns for half in sets.alone])
    total = np.stack([patterns[sets.halves == half].sum(axis=0) for half in (False, True)])
    r = np.full(len(sets.a), np.nan)
    block = max(1, _BLOCK // max(patterns.shape[1], 1))
    for first in range(0, len(r), block):
        part = slice(first, first + block)
        both = np.stack([half[part] @ patterns for half in sets.both])
        of_a, of_b = alone[:, sets.a[part]], alone[:, sets.b[part]]
        rest = (total[:, None] - of_a - of_b + both) / sets.neither[:, part, None]
        only_a, only_b = (
            (of_one - both).sum(axis=0) / size[part, None]
            for of_one, size in zip((of_a, of_b), sets.only, strict=True)
        )
        r[part] = pearson(only_a - rest[0], only_b - rest[1])
    return r


def circular_r(patterns: Floats, shown: csr_array, a: Whole, b: Whole) -> Floats:
    """Pearson's r of the mean responses to all images with a and with b, minus that to all images.

    This is what must not be done: where pictures have nothing to do with responses, its expectation
    is φ. It is computed to show the difference.

    Parameters
    ----------
    patterns : ndarray of shape (images, regions), float64
    shown : csr_array of shape (images, categories)
    a, b : ndarray of shape (pairs,), int64

    Returns
    -------
    ndarray of shape (pairs,), float64
    """
    means = _quotient(shown.T @ patterns, base_counts(shown)[:, None]) - patterns.mean(axis=0)
    r = np.full(len(a), np.nan)
    block = max(1, _BLOCK // max(patterns.shape[1], 1))
    for first in range(0, len(r), block):
        part = slice(first, first + block)
        r[part] = pearson(means[a[part]], means[b[part]])
    return r


def mantel_draws(phi: Floats, r: Floats, sets: DisjointSets, orders: Iterable[Whole]) -> Floats:
    """Mantel's permutations: Pearson's r of φ and r over the pairs of permuted categories.

    The pairs of one category depend on each other, so categories are permuted, not pairs. It is φ
    that is permuted: it is known of all pairs, so that the same pairs count each time.

    Parameters
    ----------
    phi : ndarray of shape (categories, categories), float64
    r : ndarray of shape (pairs,), float64
    sets : DisjointSets
        Its pairs.
    orders : iterable of ndarray of shape (categories,), int64

    Returns
    -------
    ndarray of shape (permutations,), float64
        The observed value is `pearson(phi[sets.a, sets.b], r)`.
    """
    return np.array([float(pearson(phi[order[sets.a], order[sets.b]], r)) for order in orders])


def shown_categories(
    images: npt.NDArray[Any], labels: pd.DataFrame, min_images: int
) -> tuple[list[str], csr_array]:
    """The categories that enough images show, and which image shows which.

    Parameters
    ----------
    images : ndarray of shape (images,)
        The annotated images that were shown, all different.
    labels : DataFrame
        Columns image (of the same type) and category.
    min_images : int

    Returns
    -------
    categories : list of str
        In the order of the alphabet; a category that every image shows is left out, as it goes
        with nothing.
    shown : csr_array of shape (images, categories)
    """
    numbers = pd.Index(images).get_indexer(labels["image"])
    here = labels[numbers >= 0]
    count = here["category"].value_counts()
    categories = sorted(count.index[(count >= min_images) & (count < len(images))])
    columns = pd.Index(categories).get_indexer(here["category"])
    rows, tested = numbers[numbers >= 0], columns >= 0
    shown = presence_matrix(rows[tested], columns[tested], len(images), len(categories))
    return categories, shown


def cooccurrence(
    patterns: Floats,
    categories: list[str],
    shown: csr_array,
    min_images: int,
    permutations: int,
    generator: Callable[[int], np.random.Generator],
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """φ and r of every two categories, and whether the two go together.

    Parameters
    ----------
    patterns : ndarray of shape (images, regions), float64
        Each image's mean unit row.
    categories : list of str
    shown : csr_array of shape (images, categories)
    min_images : int
        How many images each side of a pair needs; other pairs have no r.
    permutations : int
    generator : function of int
        The random numbers of a draw: 0 for the halves, from 1 for permutations.

    Returns
    -------
    table : DataFrame
        Columns of the table ``cooccurrence``.
    record : dict
        The record ``cooccurrence`` without its note; what cannot be computed is None.
    """
    both = pair_counts(shown)
    phi = phi_matrix(both, len(patterns))
    sets = disjoint_sets(shown, image_halves(len(patterns), generator(0)), min_images)
    a, b = sets.a, sets.b
    r, circular = disjoint_r(patterns, sets), circular_r(patterns, shown, a, b)
    shuffled, circular_shuffled, orders = [], [], []
    for draw in range(1, permutations + 1):
        rng = generator(draw)
        dealt = patterns[rng.permutation(len(patterns))]
        shuffled.append(float(pearson(phi[a, b], disjoint_r(dealt, sets))))
        circular_shuffled.append(float(pearson(phi[a, b], circular_r(dealt, shown, a, b))))
        orders.append(rng.permutation(len(categories)))
    observed = float(pearson(phi[a, b], r))
    p_pictures = float(p_value(observed, shuffled))
    p_categories = float(p_value(observed, mantel_draws(phi, r, sets, orders)))
    low, high = interval(shuffled)
    numbers = {
        "mantel_r": observed,
        "p": max(p_pictures, p_categories),
        "p_pictures": p_pictures,
        "p_categories": p_categories,
        "shuffled": float(mean(shuffled)),
        "shuffled_low": float(low),
        "shuffled_high": float(high),
        "circular_r": float(pearson(phi[a, b], circular)),
        "circular_shuffled": float(mean(circular_shuffled)),
    }
    record: dict[str, Any] = {
        "images": len(patterns),
        "categories": len(categories),
        "pairs": len(a),
        "permutations": permutations,
    }
    record |= {name: None if np.isnan(value) else value for name, value in numbers.items()}
    similar = np.full(phi.shape, np.nan)
    similar[a, b] = r
    first, second = np.triu_indices(len(categories), 1)
    names = np.array(categories, dtype=object)
    table = pd.DataFrame(
        {
            "category_a": names[first],
            "category_b": names[second],
            "images_a": np.diag(both)[first] - both[first, second],
            "images_b": np.diag(both)[second] - both[first, second],
            "both": both[first, second],
            "phi": phi[first, second],
            "r": similar[first, second],
        }
    )
    return table, record


def pearson(a: Floats, b: Floats) -> Floats:
    """Pearson's r along the last axis; nan where one is constant or shorter than `FEWEST`."""
    if a.shape[-1] < FEWEST:
        return np.full(np.broadcast_shapes(a.shape, b.shape)[:-1], np.nan)
    a, b = a - a.mean(axis=-1, keepdims=True), b - b.mean(axis=-1, keepdims=True)
    spread = np.sqrt((a * a).sum(axis=-1) * (b * b).sum(axis=-1))
    return _quotient((a * b).sum(axis=-1), spread)


def _rows_of(matrix: csr_array, images: npt.NDArray[np.bool_]) -> csr_array:
    """A matrix of sets × images with only some images in it."""
    kept = matrix.tocoo()
    inside = images[kept.coords[1]]
    row, column = kept.coords[0][inside], kept.coords[1][inside]
    return csr_array((kept.data[inside], (row, column)), shape=matrix.shape)


def _quotient(above: npt.ArrayLike, below: npt.ArrayLike) -> Floats:
    """A quotient; nan where the divisor is 0."""
    above, below = np.asarray(above, np.float64), np.asarray(below, np.float64)
    out = np.full(np.broadcast_shapes(above.shape, below.shape), np.nan)
    return np.divide(above, below, out=out, where=below > 0)
