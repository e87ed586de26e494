"""One session's single-trial betas, voxels of interest only, and their means over regions.

Betas are int16, percent signal change × 300, with 0 where there is none. Both of NSD's formats give
the same integers in the same order, so whatever is computed from them is identical to the bit.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError, listed
from response_clusters.files import reading

Betas = npt.NDArray[np.int16]
Mask = npt.NDArray[np.bool_]
_progress = logging.getLogger("response_clusters.progress")

SCALE = 300.0
"""Stored integer per percent signal change."""
EPSILON = 1e-6
"""Added to a voxel's standard deviation before dividing by it, in percent signal change."""


def read_betas(path: str | Path, mask: Mask) -> Betas:
    """The betas of the voxels in `mask`, in one of NSD's two formats.

    Parameters
    ----------
    path : str or Path
        ``betas_sessionNN.hdf5`` or ``betas_sessionNN.nii.gz``.
    mask : ndarray of shape (X, Y, Z), bool
        The voxels wanted.

    Returns
    -------
    ndarray of shape (voxels, trials), int16
        Voxels in the order of ``np.argwhere(mask)``.

    Raises
    ------
    StudyError
        If the file is missing, damaged, not int16, or of another shape than `mask`.
    """
    with reading(path, "one session's betas") as file:
        return _read_hdf5(file, mask) if file.suffix == ".hdf5" else _read_nifti(file, mask)


def _require(path: Path, shape: tuple[int, ...], dtype: Any, mask: Mask) -> None:
    """Refuse betas of another shape than the regions', or not int16."""
    if len(shape) != 4 or tuple(shape[:3]) != mask.shape:
        raise StudyError(
            f"{path}: the betas have the shape {tuple(map(int, shape))}; expected (X, Y, Z, "
            f"trials) with the region volumes' {mask.shape} first: take both from the same subject "
            "and space."
        )
    if np.dtype(dtype).newbyteorder("=") != np.int16:
        raise StudyError(
            f"{path}: the betas are {dtype}; expected int16, percent signal change × 300: fetch "
            "NSD's own file."
        )


def _read_hdf5(path: Path, mask: Mask) -> Betas:
    """Seen from h5py the dataset is (trials, Z, Y, X), a chunk per voxel: read runs along X."""
    import h5py

    with h5py.File(path, "r") as file:
        if not isinstance(file.get("betas"), h5py.Dataset):
            raise StudyError(
                f"{path}: there is no dataset 'betas' in it, but {listed(file)}; expected one "
                "session's betas: fetch NSD's own file."
            )
        betas = file["betas"]
        _require(path, betas.shape[::-1], betas.dtype, mask)
        found = np.empty((int(mask.sum()), betas.shape[0]), dtype=np.int16)
        # Where each voxel's row goes: its place in the order of np.argwhere(mask).
        place = np.full(mask.shape, -1)
        place[mask] = np.arange(len(found))
        for y, z in np.argwhere(mask.any(axis=0)):
            along = np.flatnonzero(mask[:, y, z])
            for run in np.split(along, np.flatnonzero(np.diff(along) > 1) + 1):
                block = betas[:, z, y, run[0] : run[-1] + 1]
                found[place[run, y, z]] = block.T
    return found


def _read_nifti(path: Path, mask: Mask) -> Betas:
    """One gzip stream of volumes in Fortran order: keep the masked voxels of each as it passes."""
    import nibabel as nib
    from nibabel.openers import Opener

    with Opener(path) as stream:
        header = nib.Nifti1Image.header_class.from_fileobj(stream)
        shape, dtype = header.get_data_shape(), header.get_data_dtype()
        _require(path, shape, dtype, mask)
        slope, intercept = header.get_slope_inter()
        if slope not in (None, 1.0) or intercept not in (None, 0.0):
            raise StudyError(
                f"{path}: the header scales values by {slope} and adds {intercept}; expected plain "
                "integers: fetch NSD's own file."
            )
        stream.read(header.get_data_offset() - stream.tell())
        flat = np.flatnonzero(mask.ravel(order="F"))
        order = np.argsort(
            np.ravel_multi_index(np.unravel_index(flat, mask.shape, "F"), mask.shape)
        )
        wanted = flat[order]
        found = np.empty((len(wanted), shape[3]), dtype=np.int16)
        size = int(np.prod(shape[:3])) * 2
        for trial in range(shape[3]):
            volume = stream.read(size)
            if len(volume) != size:
                raise StudyError(
                    f"{path}: the file ends within volume {trial + 1}; expected {shape[3]} volumes "
                    "by its header: it was cut short, fetch it again."
                )
            found[:, trial] = np.frombuffer(volume, dtype)[wanted]
            if (trial + 1) % 150 == 0:
                _progress.info("%d of %d trials read", trial + 1, shape[3])
        # Reading past the last volume makes gzip compare its checksum.
        stream.read(1)
    return found


@dataclass(frozen=True)
class RegionalMeans:
    """A session's regional means, and what was left out of them.

    Attributes
    ----------
    means : ndarray of shape (trials, regions), float32
        In units of a voxel's standard deviation when z-scored, else in percent signal change.
    voxels, zero, constant : ndarray of shape (regions,), int64
        The region's voxels; those that are zero in every trial; those otherwise constant.
    """

    means: npt.NDArray[np.float32]
    voxels: npt.NDArray[np.int64]
    zero: npt.NDArray[np.int64]
    constant: npt.NDArray[np.int64]


def regional_means(
    betas: Betas, members: dict[str, npt.NDArray[np.int64]], zscore: bool, invalid: str
) -> RegionalMeans:
    """Average a session's betas over the voxels of each region.

    Each voxel is z-scored within the session first, (x − mean) / (sd + 10⁻⁶) in percent signal
    change with ddof 0, as in the public code of the study's authors. A voxel that is zero or
    constant throughout the session is invalid in it.

    Parameters
    ----------
    betas : ndarray of shape (voxels, trials), int16
        Percent signal change × 300.
    members : dict of ndarray of int
        The rows of `betas` that make up each region.
    zscore : bool
        Whether to z-score.
    invalid : {"omit", "zero"}
        Leave invalid voxels out of the mean, or count them as zero.

    Raises
    ------
    StudyError
        If a region has no valid voxel in the session.
    """
    trials = betas.shape[1]
    # Sums of int16 are exact in int64, so mean and spread do not depend on the order of trials.
    total = betas.sum(axis=1, dtype=np.int64)
    squares = np.einsum("vt,vt->v", betas, betas, dtype=np.int64)
    spread = np.sqrt((squares * trials - total**2).astype(np.float64)) / trials / SCALE
    constant = spread == 0
    zero = constant & (total == 0)
    centre = total / trials if zscore else np.zeros(len(betas))
    scale = SCALE * (spread + EPSILON) if zscore else np.full(len(betas), SCALE)

    means = np.empty((trials, len(members)), dtype=np.float32)
    counts = np.zeros((3, len(members)), dtype=np.int64)
    for column, (region, rows) in enumerate(members.items()):
        valid = rows[~constant[rows]]
        if not valid.size:
            raise StudyError(
                f"region {region} has no valid voxel, all {len(rows)} are zero or constant "
                "throughout the session; expected at least one: fetch the session again, or leave "
                "the session or the region out of the configuration."
            )
        scaled = (betas[valid] - centre[valid, None]) / scale[valid, None]
        divisor = len(valid) if invalid == "omit" else len(rows)
        means[:, column] = scaled.sum(axis=0) / divisor
        counts[:, column] = len(rows), zero[rows].sum(), (constant & ~zero)[rows].sum()
    return RegionalMeans(means, *counts)
