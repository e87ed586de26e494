"""One session's single-trial betas, voxels of interest only, and their means over regions.

NSD's betas are int16, percent signal change × 300, with 0 where there is none. Both of its formats
give the same integers in the same order, so whatever is computed from them is identical to the bit.
Betas that were saved again as floating point, or with a scale factor in their header, are read as
the values that they state.
"""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError, listed
from response_clusters.files import reading
from response_clusters.nsd_voxels import Voxels

Betas = npt.NDArray[np.int16] | npt.NDArray[np.floating[Any]]
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
_LARGEST_HEADER = 2**24
"""Bytes before the first volume of a NIfTI, extensions included."""
_BLOCK = 128
"""Voxels scaled at once: their trials stay in the processor's cache."""


def read_betas(
    path: str | Path, voxels: Mask | Voxels, trials: int | None = None, beside: str = ""
) -> Betas:
    """The betas of some voxels, in one of NSD's two formats.

    Parameters
    ----------
    path : str or Path
        ``betas_sessionNN.hdf5`` or ``betas_sessionNN.nii.gz``.
    voxels : Voxels, or ndarray of shape (X, Y, Z), bool
        The voxels wanted, with the axes in NSD's order: a NIfTI's are permuted and flipped as its
        affine says. HDF5 has no affine and is taken to be in that order.
    trials : int, optional
        How many there should be; any number otherwise.
    beside : str, optional
        The same session as ``.nii.gz``: its first trial must agree with the one in HDF5.

    Returns
    -------
    ndarray of shape (voxels, trials), int16 or floating
        Voxels in the order of ``np.argwhere(mask)``; int16 is percent signal change × 300.

    Raises
    ------
    StudyError
        If the file is missing, damaged or incomplete, of another type or number of trials, or does
        not have its voxels where the region volumes have them.
    """
    if not isinstance(voxels, Voxels):
        voxels = Voxels(voxels, {}, None, "the region volumes")
    with reading(path, "one session's betas") as file:
        if file.suffix != ".hdf5":
            return _read_nifti(file, voxels, trials)
        found = _read_hdf5(file, voxels, trials)
    if beside:
        _require_same_trial(Path(path), found, voxels, Path(beside))
    return found


def _require(
    path: Path, shape: tuple[int, ...], dtype: Any, voxels: Voxels, trials: int | None
) -> None:
    """Refuse betas that are not (X, Y, Z, trials) numbers over the voxels of the regions."""
    told = tuple(map(int, shape))
    if len(shape) != 4 or told[:3] != voxels.mask.shape:
        raise StudyError(
            f"{path}: the betas have the shape {told}; expected (X, Y, Z, trials) with the region "
            f"volumes' {voxels.mask.shape} first: take both from the same subject and space."
        )
    if trials is not None and told[3] != trials:
        raise StudyError(
            f"{path}: it holds {told[3]} trials; expected {trials}, as in every session of NSD: "
            "fetch the file again."
        )
    kind = np.dtype(dtype)
    if kind.newbyteorder("=") != np.int16 and not np.issubdtype(kind, np.floating):
        raise StudyError(
            f"{path}: the betas are {dtype}; expected int16, percent signal change × 300, or "
            "floating point: fetch NSD's own file."
        )


def _read_hdf5(path: Path, voxels: Voxels, trials: int | None) -> Betas:
    """Seen from h5py the dataset is (trials, Z, Y, X), in NSD's own files a chunk per voxel."""
    import h5py
    from response_clusters.hdf5 import open_hdf5, require_filters
    from response_clusters.nsd_chunks import read_chunks, require_stored

    with open_hdf5(path) as file:
        if not isinstance(file.get("betas"), h5py.Dataset):
            raise StudyError(
                f"{path}: there is no dataset 'betas' in it, but {listed(file)}; expected one "
                "session's betas: fetch NSD's own file."
            )
        betas = file["betas"]
        _require(path, betas.shape[::-1], betas.dtype, voxels, trials)
        require_filters(betas)
        wanted = np.argwhere(voxels.mask)[:, ::-1]
        found = read_chunks(betas, wanted)
        if found is None:
            require_stored(betas, wanted)
            found = _read_boxes(betas, wanted)
    return found.astype(found.dtype.newbyteorder("="), copy=False)


def _require_same_trial(path: Path, found: Betas, voxels: Voxels, beside: Path) -> None:
    """Refuse an HDF5 session whose first trial is not that of the NIfTI beside it."""
    try:
        with reading(beside, "one session's betas") as file:
            first = _read_nifti(file, voxels, found.shape[1], only=1)[:, 0]
    except StudyError:
        return  # Only the HDF5 file is asked for; what is beside it may be on its way.
    if not np.array_equal(first, found[:, 0], equal_nan=True):
        raise StudyError(
            f"{path}: its first trial is not that of {beside}; expected the same betas with the "
            "axes X, Y, Z as NSD orders them: fetch both again, or move the one that is wrong away."
        )


def _read_boxes(betas: Any, voxels: npt.NDArray[np.int64]) -> Betas:
    """Voxels by their z, y and x, in any storage: each box of chunks that holds some is read once.

    A box is one chunk wide, or the whole volume if the trials lie one after another, and as many
    trials long as fit in `_TOGETHER` bytes.
    """
    trials, *volume = betas.shape
    chunk = np.array(betas.chunks or (1, *volume))
    box = chunk[1:]
    step = int(chunk[0] * max(1, _TOGETHER // (betas.dtype.itemsize * chunk.prod())))
    found = np.empty((len(voxels), trials), dtype=betas.dtype.newbyteorder("="))
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


def _stored_places(mask: Mask, turn: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Where the voxels of `mask` lie in a file whose axes are turned, counted in Fortran order."""
    from nibabel.orientations import apply_orientation, ornt_transform

    nsd = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    number = np.arange(mask.size, dtype=np.int32).reshape(mask.shape)
    stored = apply_orientation(number, ornt_transform(nsd, turn)).ravel(order="F")
    place = np.empty(mask.size, dtype=np.int64)
    place[stored] = np.arange(mask.size)
    found: npt.NDArray[np.int64] = place[np.flatnonzero(mask)]
    return found


def _read_nifti(path: Path, voxels: Voxels, trials: int | None, only: int | None = None) -> Betas:
    """One gzip stream of volumes in Fortran order: keep the wanted voxels of each as it passes.

    With `only`, so many of the first volumes are read, and nothing behind them.
    """
    import nibabel as nib
    from response_clusters.nsd_volumes import (
        nifti_kind,
        orientation,
        require_same_grid,
        stated_affine,
    )
    from zlib_ng import gzip_ng

    with gzip_ng.open(path) as stream:
        kind = nifti_kind(stream.read(4))
        stream.seek(0)
        header = kind.header_class.from_fileobj(stream)
        shape, dtype = header.get_data_shape(), header.get_data_dtype()
        affine = stated_affine(header)
        turn = orientation(affine)
        if affine is not None and len(shape) == 4:
            affine = affine @ nib.orientations.inv_ornt_aff(turn, shape[:3])
        axes = np.argsort(turn[:, 0])
        turned = (*(shape[axis] for axis in axes), *shape[3:]) if len(shape) == 4 else shape
        _require(path, turned, dtype, voxels, trials)
        require_same_grid(
            *(str(path), turned[:3], affine),
            *(voxels.path, voxels.mask.shape, voxels.affine),
        )
        slope, intercept = header.get_slope_inter()
        scaled = slope not in (None, 1.0) or intercept not in (None, 0.0)
        if scaled and not np.isfinite([slope, intercept]).all():
            raise ValueError(f"the header scales values by {slope} and adds {intercept}")
        offset = header.get_data_offset()
        if offset > _LARGEST_HEADER:
            raise ValueError(f"the header says that it is {offset:,} bytes long")
        stream.read(offset - stream.tell())
        wanted = _stored_places(voxels.mask, turn)
        count = shape[3] if only is None else only
        kept = np.float64 if scaled else dtype.newbyteorder("=")
        found = np.empty((len(wanted), count), dtype=kept)
        size = int(np.prod(shape[:3])) * dtype.itemsize
        for trial in range(count):
            volume = stream.read(size)
            if len(volume) != size:
                raise StudyError(
                    f"{path}: the file ends within volume {trial + 1}; expected {shape[3]} volumes "
                    "by its header: it was cut short, fetch it again."
                )
            found[:, trial] = np.frombuffer(volume, dtype)[wanted]
            if (trial + 1) % 150 == 0:
                _progress.info("%d of %d trials read", trial + 1, shape[3])
        # At its end the stream is held against its checksum and its length.
        if only is None and stream.read(1):
            raise StudyError(
                f"{path}: the file goes on behind volume {count}, the last by its header; expected "
                "one session's betas: fetch it again."
            )
    if scaled:
        found *= 1.0 if slope is None else slope
        found += 0.0 if intercept is None else intercept
    return found


@dataclass(frozen=True)
class RegionalMeans:
    """A session's regional means, and what was left out of them.

    Attributes
    ----------
    means : ndarray of shape (trials, regions), float32
        In units of a voxel's standard deviation when z-scored, else in percent signal change, or in
        the unit of floating-point betas.
    voxels, zero, constant : ndarray of shape (regions,), int64
        The region's voxels; those that are zero in every trial or not finite in one; those
        otherwise constant.
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

    Everything that is summed of NSD's own betas is a whole number: betas, their squares, and
    z-scores in units of 2⁻²⁸. Below 2⁵³ (2,896 trials, a million voxels) such sums are exact in
    float64, so no bit depends on the order of voxels or trials. The rounding moves a z-score by at
    most 2⁻²⁹, a hundred-millionth of a voxel's own spread. Floating-point betas are taken as they
    are, in whatever unit their file has, and their voxels centred before they are squared.

    Parameters
    ----------
    betas : ndarray of shape (voxels, trials), int16 or floating
        int16: percent signal change × 300. Floating point: the values themselves; a voxel with one
        that is not finite is invalid.
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
    whole_numbers = betas.dtype == np.int16
    scale = SCALE if whole_numbers else 1.0
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
                block *= GRID / (spread + EPSILON * scale)
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
        means[:, column] = total / (divisor * (GRID if zscore else scale))
        counts[:, column] = len(rows), zero, constant
    return RegionalMeans(means, *counts)
