"""What the functions of a source are given, and what they return."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    from response_clusters.sources.voxels import Mask

Files = dict[str, Any]
"""The files that a job reads, by name: a path, or a list of paths. Snakemake's named inputs."""


@dataclass(frozen=True)
class SubjectRegions:
    """Which voxels make up a subject's regions.

    Attributes
    ----------
    table : DataFrame
        The regions table: region, collection, label, voxels, present.
    masks : dict of ndarray of shape (X, Y, Z), bool
        The voxels of each region present, in table order; regions may share voxels.
    affine : ndarray of shape (4, 4) or None
        From indices to millimetres, where it is known.
    mean_axes : str
        Where the axes of the subject's mean volume lead as it is stored, such as "RAS"; or nothing.
    """

    table: "pd.DataFrame"
    masks: "dict[str, Mask]"
    affine: "npt.NDArray[np.float64] | None" = None
    mean_axes: str = ""


@dataclass(frozen=True)
class SessionBetas:
    """One session's betas.

    Attributes
    ----------
    values : ndarray of shape (voxels, trials), int or floating
        As they are stored; voxels in the order of ``np.argwhere(voxels.mask)``.
    trials : ndarray of shape (trials,), int64
        The trials' numbers, as in the trials table.
    scale : float
        How much is stored per unit of the response: 300 if 300 stands for one percent.
    """

    values: "npt.NDArray[Any]"
    trials: "npt.NDArray[np.int64]"
    scale: float = 1.0
