"""Where prototypes lie: on which axes of the responses, and how near to those of a continuum."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from response_clusters.algebra import gram, product, spectrum
from response_clusters.comparison.matching import match_prototypes

Values = npt.NDArray[np.float64]


def principal_axes(units: Values, number: int) -> Values:
    """The leading eigenvectors of U'U / n, the second moments of unit rows.

    Unit rows are directions, so they are not centred again: an axis through their mean counts.

    Parameters
    ----------
    units : ndarray of shape (n, p), float64
        Rows that are centred and of unit length.
    number : int
        How many axes; no more than p are given.

    Returns
    -------
    ndarray of shape (p, min(number, p)), float64
        By decreasing eigenvalue. Of both directions, the one whose largest element is positive.
    """
    vectors = spectrum(gram(units) / len(units))[1][:, :number]
    largest = np.abs(vectors).argmax(axis=0)
    turned: Values = vectors * np.sign(vectors[largest, np.arange(vectors.shape[1])])
    return turned


def shares_in_axes(prototypes: Values, axes: Values) -> Values:
    """How much of each prototype's squared length lies in the first 1, 2, … axes.

    Parameters
    ----------
    prototypes : ndarray of shape (k, p), float64
        Of unit length.
    axes : ndarray of shape (p, m), float64
        Orthonormal.

    Returns
    -------
    ndarray of shape (k, m), float64
    """
    return np.minimum(np.cumsum(product(prototypes, axes) ** 2, axis=1), 1.0)


def among_surrogates(prototypes: Values, surrogates: Sequence[Values]) -> tuple[Values, Values]:
    """Matched r of each prototype with every surrogate's, and of these with each other.

    Parameters
    ----------
    prototypes : ndarray of shape (k, p), float64
    surrogates : sequence of B ndarray of shape (k, p), float64
        Prototypes of surrogates.

    Returns
    -------
    r : ndarray of shape (k, B), float64
        With the surrogate's prototype that it is matched to.
    among : ndarray of shape (k,), float64
        The median r between the prototypes that different surrogates have for it; nan for B < 2.
    """
    matches = [match_prototypes(prototypes, surrogate) for surrogate in surrogates]
    r = np.array([match.r[match.matched] for match in matches]).reshape(-1, len(prototypes)).T
    among = np.full(len(prototypes), np.nan)
    if len(surrogates) > 1:
        pairs = np.triu_indices(len(surrogates), 1)
        for cluster in range(len(prototypes)):
            own = np.array(
                [s[m.matched[cluster].argmax()] for s, m in zip(surrogates, matches, strict=True)]
            )
            among[cluster] = np.median(match_prototypes(own, own).r[pairs])
    return r, among


def antipodes(prototypes: Values) -> Values:
    """Each prototype's most negative r with another, of shape (k,); nan if there is only one."""
    least = _with_others(prototypes).min(axis=1)
    return np.where(np.isinf(least), np.nan, least)


def antipode_clusters(prototypes: Values) -> list[int | None]:
    """The prototypes, numbered from 1, that `antipodes` are with; None if there is only one."""
    r = _with_others(prototypes)
    return [int(row.argmin()) + 1 if len(r) > 1 else None for row in r]


def _with_others(prototypes: Values) -> Values:
    """r of every two prototypes, infinite on the diagonal."""
    r = match_prototypes(prototypes, prototypes).r.copy()
    np.fill_diagonal(r, np.inf)
    return r
