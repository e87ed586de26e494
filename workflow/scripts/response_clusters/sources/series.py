"""Series of volumes in NIfTI format, a volume per trial: the voxels of interest, trial by trial."""

import gzip
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError
from response_clusters.files import reading
from response_clusters.sources.byte_ranges import ByteSource
from response_clusters.sources.voxels import Mask, Voxels

Check = Callable[[tuple[int, ...], "np.dtype[Any]"], None]
_progress = logging.getLogger("response_clusters.progress")


def read_series(path: str | Path, voxels: Voxels, check: Check | None = None) -> npt.NDArray[Any]:
    """The trials of a four-dimensional NIfTI, compressed or not, at some voxels.

    Parameters
    ----------
    voxels : Voxels
        The voxels wanted. The file's axes are permuted and flipped as its affine says, and its
        voxels must lie where those of the regions do.
    check : callable, optional
        Called with the shape, with the axes in the order of `voxels`, and the dtype before anything
        is read: it raises `StudyError` for what the dataset cannot hold.

    Returns
    -------
    ndarray of shape (voxels, trials)
        In the type that the file holds, or in float64 if its header scales values. Voxels are in
        the order of ``np.argwhere(voxels.mask)``.

    Raises
    ------
    StudyError
        If the file is missing, damaged or cut short, has other than four dimensions, or does not
        have its voxels where the regions have them.
    """
    with reading(path, "a series of volumes in NIfTI format") as file:
        return stream_series(file, voxels, check)


def stream_series(
    path: Path | ByteSource, voxels: Voxels, check: Check | None = None, only: int | None = None
) -> npt.NDArray[Any]:
    """As `read_series`, from a file that is known to be there; only so many volumes if asked for.

    One stream of volumes in Fortran order: the wanted voxels of each are kept as it passes.

    Raises
    ------
    StudyError, OSError, ValueError
        Whatever is wrong with the file; wrap the call in `response_clusters.files.reading`.
    """
    import nibabel as nib
    from response_clusters.sources.nifti import (
        orientation,
        read_header,
        require_same_grid,
        stated_affine,
    )

    with _opened(path) as stream:
        header = read_header(stream)
        shape, dtype = header.get_data_shape(), header.get_data_dtype()
        # Some programs leave axes of one before the trials, or behind them.
        longer = [n for n in shape[3:] if n != 1] or [1]
        shape = (*shape[:3], *longer) if len(shape) > 4 else shape
        affine = stated_affine(header)
        turn = orientation(affine)
        if affine is not None and len(shape) == 4:
            affine = affine @ nib.orientations.inv_ornt_aff(turn, shape[:3])
        axes = np.argsort(turn[:, 0])
        turned = (*(shape[axis] for axis in axes), *shape[3:]) if len(shape) == 4 else shape
        if check is not None:
            check(turned, dtype)
        _require_series(path, turned, dtype, voxels)
        require_same_grid(
            *(str(path), turned[:3], affine),
            *(voxels.path, voxels.mask.shape, voxels.affine),
        )
        slope, intercept = header.get_slope_inter()
        is_scaled = slope not in (None, 1.0) or intercept not in (None, 0.0)
        if is_scaled and not np.isfinite([slope, intercept]).all():
            raise ValueError(f"the header scales values by {slope} and adds {intercept}")
        stream.read(header.get_data_offset() - stream.tell())
        wanted = _stored_places(voxels.mask, turn)
        count = shape[3] if only is None else only
        kept = np.float64 if is_scaled else dtype.newbyteorder("=")
        values = np.empty((len(wanted), count), dtype=kept)
        size = int(np.prod(shape[:3])) * dtype.itemsize
        for trial in range(count):
            volume = stream.read(size)
            if len(volume) != size:
                raise StudyError(
                    f"{path}: the file ends within volume {trial + 1}; expected {shape[3]} volumes "
                    "by its header: it was cut short, fetch it again."
                )
            values[:, trial] = np.frombuffer(volume, dtype)[wanted]
            if (trial + 1) % 150 == 0:
                _progress.info("%d of %d trials read", trial + 1, shape[3])
        # At its end the stream is held against its checksum and its length.
        if only is None and stream.read(1):
            raise StudyError(
                f"{path}: the file goes on behind volume {count}, the last by its header; expected "
                "one session's betas: fetch it again."
            )
    return scaled(values, slope, intercept)


def scaled(
    values: npt.NDArray[Any], slope: float | None, intercept: float | None
) -> npt.NDArray[Any]:
    """The values that a file states: in float64 if it scales them, else as they are."""
    if slope in (None, 1.0) and intercept in (None, 0.0):
        return values
    stated = values.astype(np.float64, copy=False)
    stated *= 1.0 if slope is None else slope
    stated += 0.0 if intercept is None else intercept
    return stated


def _opened(path: Path | ByteSource) -> gzip.GzipFile | BinaryIO:
    """The file, decompressed by the fastest library where it is compressed."""
    if path.suffix != ".gz":
        return path.stream() if isinstance(path, ByteSource) else open(path, "rb")
    from zlib_ng import gzip_ng

    return gzip_ng.open(path.stream() if isinstance(path, ByteSource) else path)


def _require_series(
    path: object, shape: tuple[int, ...], dtype: "np.dtype[Any]", voxels: Voxels
) -> None:
    """Refuse what is not numbers in four dimensions over the voxels of the regions."""
    told = tuple(map(int, shape))
    if len(shape) != 4 or told[:3] != voxels.mask.shape:
        raise StudyError(
            f"{path}: the series has the shape {told}; expected (X, Y, Z, trials) with the region "
            f"volumes' {voxels.mask.shape} first: take both from the same subject and space."
        )
    if np.dtype(dtype).kind not in "iuf":
        raise StudyError(
            f"{path}: its values are {dtype}; expected whole or floating-point numbers: save the "
            "series as such."
        )


def _stored_places(mask: Mask, turn: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Where the voxels of `mask` lie in a file whose axes are turned, counted in Fortran order."""
    from nibabel.orientations import apply_orientation, ornt_transform

    upright = np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    number = np.arange(mask.size, dtype=np.int32).reshape(mask.shape)
    stored = apply_orientation(number, ornt_transform(upright, turn)).ravel(order="F")
    place = np.empty(mask.size, dtype=np.int64)
    place[stored] = np.arange(mask.size)
    places: npt.NDArray[np.int64] = place[np.flatnonzero(mask)]
    return places
