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
GRID = 2.0**28
"""z-scores are rounded to multiples of 1 / GRID, so that their sums are exact."""
_TOGETHER = 2**25
"""Bytes of other HDF5 layouts read at once."""
_BLOCK = 128
"""Voxels scaled at once: their trials stay in the processor's cache."""


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
    """Seen from h5py the dataset is (trials, Z, Y, X), in NSD's own files a chunk per voxel."""
    import h5py
    from response_clusters.nsd_chunks import read_chunks

    with h5py.File(path, "r") as file:
        if not isinstance(file.get("betas"), h5py.Dataset):
            raise StudyError(
                f"{path}: there is no dataset 'betas' in it, but {listed(file)}; expected one "
                "session's betas: fetch NSD's own file."
            )
        betas = file["betas"]
        _require(path, betas.shape[::-1], betas.dtype, mask)
        voxels = np.argwhere(mask)[:, ::-1]
        found = read_chunks(betas, voxels)
        if found is None:
            found = _read_boxes(betas, voxels)
    return found.astype(np.int16, copy=False)


def _read_boxes(betas: Any, voxels: npt.NDArray[np.int64]) -> Betas:
    """Voxels by their z, y and x, in any storage: each box of chunks that holds some is read once.

    A box is one chunk wide, or the whole volume if the trials lie one after another, and as many
    trials long as fit in `_TOGETHER` bytes.
    """
    trials, *volume = betas.shape
    chunk = np.array(betas.chunks or (1, *volume))
    box = chunk[1:]
    step = int(chunk[0] * max(1, _TOGETHER // (2 * chunk.prod())))
    found = np.empty((len(voxels), trials), dtype=np.int16)
    home = np.ravel_multi_index((voxels // box).T, -(-np.array(volume) // box))
    order = np.argsort(home, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(home[order])) + 1):
        corner = voxels[rows[0]] // box * box
        place = tuple(map(slice, corner, corner + box))
        inside = tuple((voxels[rows] - corner).T)
        for start in range(0, trials, step):
            block = betas[(slice(start, start + step), *place)]
            found[rows, start : start + step] = block[(slice(None), *inside)].T
    return found


def _read_nifti(path: Path, mask: Mask) -> Betas:
    """One gzip stream of volumes in Fortran order: keep the masked voxels of each as it passes."""
    import nibabel as nib
    from zlib_ng import gzip_ng

    with gzip_ng.open(path) as stream:
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
        # At its end the stream is held against its checksum.
        while stream.read(size):
            pass
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

    Everything that is summed is a whole number: betas, their squares, and z-scores in units of
    2⁻²⁸. Below 2⁵³ (2,896 trials, a million voxels) such sums are exact in float64, so no bit
    depends on the order of voxels or trials. The rounding moves a z-score by at most 2⁻²⁹, a
    hundred-millionth of a voxel's own spread.

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
    means = np.empty((trials, len(members)), dtype=np.float32)
    counts = np.zeros((3, len(members)), dtype=np.int64)
    for column, (region, rows) in enumerate(members.items()):
        total = np.zeros(trials)
        zero = constant = 0
        for start in range(0, len(rows), _BLOCK):
            whole = betas[rows[start : start + _BLOCK]]
            least, most = whole.min(axis=1), whole.max(axis=1)
            valid = least < most
            zero += int(((least == 0) & (most == 0)).sum())
            constant += int(((least == most) & (most != 0)).sum())
            block = whole.astype(np.float64)
            if zscore:
                sums, squares = block.sum(axis=1), np.einsum("vt,vt->v", block, block)
                spread = np.sqrt(squares * trials - sums**2)[:, None] / trials
                block -= sums[:, None] / trials
                block *= GRID / (spread + EPSILON * SCALE)
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
        means[:, column] = total / (divisor * (GRID if zscore else SCALE))
        counts[:, column] = len(rows), zero, constant
    return RegionalMeans(means, *counts)
