"""What is left of a high correlation that a trial was selected by: other presentations."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.statistics.contingency import UNKNOWN, Integers

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Again:
    """A cluster's selected trials beside the other presentations of their images.

    Attributes
    ----------
    images : int
        Images of the selected trials; a trial whose image is unknown counts as one.
    again : int
        How many of them have another presentation, to any subject.
    presentations : int
        Their other presentations.
    several : int
        How many of them more than one subject saw.
    r_nearest, r_again, r_base : float
        Mean r with the prototype: of selected trials, of the other presentations, of all trials.
    same, base : float
        The share of the other presentations, and of all trials, that lies in the cluster.
        Each is nan where there is no trial of that kind.
    """

    images: int
    again: int
    presentations: int
    several: int
    r_nearest: float
    r_again: float
    r_base: float
    same: float
    base: float


def presented_again(
    selected: Integers,
    images: Integers,
    subjects: Integers,
    inside: npt.NDArray[np.bool_],
    r: Floats,
) -> Again:
    """One cluster's selected trials beside the other presentations of their images.

    Selected trials have a high r because noise was on their side, too; in other presentations of
    the same images it is not. A mean is over presentations, so an image that was shown often
    counts more.

    Parameters
    ----------
    selected : ndarray of int
        Which trials were selected, by their numbers from 0.
    images, subjects : ndarray of shape (n,), integer
        Of all trials, from 0; the image is −1 where it is unknown.
    inside : ndarray of shape (n,), bool
        Whether each trial lies in the cluster.
    r : ndarray of shape (n,), float
        Each trial's r with the cluster's prototype.
    """
    shown = np.unique(images[selected])
    shown = shown[shown != UNKNOWN]
    other = np.isin(images, shown)
    seen = np.unique(np.stack([images[other], subjects[other]]), axis=1)[0]
    other[selected] = False
    return Again(
        images=len(shown) + int((images[selected] == UNKNOWN).sum()),
        again=len(np.unique(images[other])),
        presentations=int(other.sum()),
        several=int((np.unique(seen, return_counts=True)[1] > 1).sum()),
        r_nearest=_mean(r[selected]),
        r_again=_mean(r[other]),
        r_base=_mean(r),
        same=_mean(inside[other]),
        base=_mean(inside),
    )


def _mean(values: npt.NDArray[np.bool_ | np.floating[Any]]) -> float:
    """The mean; nan without any."""
    return float(np.mean(values, dtype=np.float64)) if len(values) else np.nan
