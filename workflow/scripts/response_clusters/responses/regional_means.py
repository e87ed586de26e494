"""The mean of a session's betas over the voxels of each region, z-scored first if asked for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError

if TYPE_CHECKING:
    import pandas as pd

EPSILON = 1e-6
"""Added to a voxel's standard deviation before dividing by it, in units of the response."""
Z_GRID = 2.0**28
"""z-scores are rounded to multiples of 1 / Z_GRID, so that their sums are exact."""
_BLOCK = 128
"""Voxels processed at a time: few enough for the processor's cache."""


@dataclass(frozen=True)
class RegionalMeans:
    """A session's regional means, and what was left out of them.

    Attributes
    ----------
    means : ndarray of shape (trials, regions), float32
        In units of a voxel's standard deviation when z-scored, else in those of the response.
    voxels, zero, constant : ndarray of shape (regions,), int64
        The region's voxels; those that are zero in every trial, or not finite in any; those that
        have another constant value.
    """

    means: npt.NDArray[np.float32]
    voxels: npt.NDArray[np.int64]
    zero: npt.NDArray[np.int64]
    constant: npt.NDArray[np.int64]


def regional_means(
    betas: npt.NDArray[Any],
    members: dict[str, npt.NDArray[np.int64]],
    zscore: bool,
    invalid: str,
    scale: float = 1.0,
) -> RegionalMeans:
    """Average a session's betas over the voxels of each region.

    Each voxel is z-scored within the session first, (x − mean) / (sd + 10⁻⁶) in units of the
    response (percent signal change, for NSD) with ddof 0, as in the public code of the study's
    authors. A voxel that is zero or constant throughout the session is invalid in it.

    For int16 betas, everything that is summed is a whole number: betas, their squares, and z-scores
    in units of 2⁻²⁸. Sums below 2⁵³ (2,896 trials, a million voxels) are exact in float64, so the
    result does not depend on the order of voxels or trials. The rounding changes a z-score by at
    most 2⁻²⁹. Betas of other types are centred before they are squared.

    Parameters
    ----------
    betas : ndarray of shape (voxels, trials), int or floating
        As they are stored. A voxel with a value that is not finite is invalid.
    members : dict of ndarray of int
        The rows of `betas` that make up each region.
    zscore : bool
        Whether to z-score.
    invalid : {"omit", "zero"}
        Leave invalid voxels out of the mean, or count them as zero.
    scale : float, default 1
        Stored value per unit of the response: 300 per percent signal change in NSD.

    Raises
    ------
    StudyError
        If a region has no valid voxel in the session.
    """
    trials = betas.shape[1]
    whole_numbers = betas.dtype == np.int16
    means = np.empty((trials, len(members)), dtype=np.float32)
    counts = np.zeros((3, len(members)), dtype=np.int64)
    for column, (region, rows) in enumerate(members.items()):
        total = np.zeros(trials)
        zero = constant = 0
        for start in range(0, len(rows), _BLOCK):
            stored = betas[rows[start : start + _BLOCK]]
            least, most = stored.min(axis=1), stored.max(axis=1)
            finite = np.isfinite(least) & np.isfinite(most)
            valid = finite & (least < most)
            zero += int((~finite | ((least == 0) & (most == 0))).sum())
            constant += int((finite & (least == most) & (most != 0)).sum())
            block = stored.astype(np.float64)
            if not finite.all():
                block[~finite] = 0.0
            if zscore:
                sums = block.sum(axis=1)
                if whole_numbers:
                    squares = np.einsum("vt,vt->v", block, block)
                    spread = np.sqrt(squares * trials - sums**2)[:, None] / trials
                    block -= sums[:, None] / trials
                else:
                    block -= sums[:, None] / trials
                    spread = np.sqrt(np.mean(block**2, axis=1, keepdims=True))
                block *= Z_GRID / (spread + EPSILON * scale)
                np.rint(block, out=block)
            total += (block if valid.all() else block[valid]).sum(axis=0)
        used = len(rows) - zero - constant
        if not used:
            raise StudyError(
                f"region {region} has no valid voxel, all {len(rows)} are zero or constant "
                "throughout the session; expected at least one: fetch the session again, or leave "
                "the session or the region out of the configuration."
            )
        divisor = used if invalid == "omit" else len(rows)
        means[:, column] = total / (divisor * (Z_GRID if zscore else scale))
        counts[:, column] = len(rows), zero, constant
    return RegionalMeans(means, *counts)


def voxel_counts(averaged: RegionalMeans, regions: list[str]) -> "pd.DataFrame":
    """How many voxels of each region were used, and how many were left out for which reason."""
    import pandas as pd

    used = averaged.voxels - averaged.zero - averaged.constant
    return pd.DataFrame(
        {
            "region": regions,
            "voxels": averaged.voxels,
            "zero": averaged.zero,
            "constant": averaged.constant,
            "used": used,
        }
    )
