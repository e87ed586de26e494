"""One session's single-trial betas, voxels of interest only.

NSD's betas are int16, percent signal change × 300, with 0 where there is none. Both of its formats
give the same integers in the same order, so whatever is computed from them is identical to the bit.
Betas that were saved again as floating point, or with a scale factor in their header or attributes,
are read as the values that they state; wider integers, as int16 if they fit.
"""

import logging
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError, listed
from response_clusters.sources.byte_ranges import ByteSource, LocalFile, opened
from response_clusters.sources.contents import Files, SessionBetas
from response_clusters.sources.nsd.layout import TRIALS_PER_SESSION
from response_clusters.sources.series import scaled, stream_series
from response_clusters.sources.voxels import STANDARD_AXES, Voxels

Betas = npt.NDArray[np.int16] | npt.NDArray[np.floating[Any]]
Mask = npt.NDArray[np.bool_]

SCALE = 300.0
"""Stored integer per percent signal change."""
_SLOPE, _INTERCEPT = ("scale_factor", "scl_slope"), ("add_offset", "scl_inter")
"""Attributes of a dataset, named after netCDF and NIfTI: value = stored × slope + intercept."""
_TOGETHER = 2**25
"""Bytes of other HDF5 layouts read at once."""


def session_betas(
    files: Files,
    subject: str,
    session: int,
    voxels: Voxels,
    trials: int | None = TRIALS_PER_SESSION,
) -> SessionBetas:
    """One session's betas, whose trials are numbered by sessions of 750.

    Parameters
    ----------
    files : dict
        ``betas``, and perhaps ``beside``, as for `read_betas`.
    trials : int, optional
        How many there should be; any number if None.

    Raises
    ------
    StudyError
        As `read_betas` does.
    """
    path = files["betas"]
    values = read_betas(path, voxels, trials, files.get("beside", ""))
    whole = values.dtype == np.int16
    if not whole:
        message = "%s holds %s: its values are taken as percent signal change"
        logging.getLogger("response_clusters").warning(message, path, values.dtype)
    numbers = (session - 1) * TRIALS_PER_SESSION + np.arange(1, values.shape[1] + 1)
    return SessionBetas(values, numbers, SCALE if whole else 1.0)


def read_betas(
    path: str | Path | ByteSource,
    voxels: Mask | Voxels,
    trials: int | None = None,
    beside: str | ByteSource = "",
) -> Betas:
    """The betas of some voxels, in one of NSD's two formats.

    Parameters
    ----------
    path : str, Path or ByteSource
        ``betas_sessionNN.hdf5`` or ``betas_sessionNN.nii.gz``.
    voxels : Voxels, or ndarray of shape (X, Y, Z), bool
        The voxels wanted, with the axes in NSD's order: a NIfTI's are permuted and flipped as its
        affine says. HDF5 has no affine and is taken to be in that order.
    trials : int, optional
        How many there should be; any number otherwise.
    beside : str or ByteSource, optional
        The same session as ``.nii.gz``: where it can be read, its voxels must lie where those of
        the regions do, and its first trial must agree with the one in HDF5.

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
    with opened(path, "one session's betas") as file:
        if file.suffix == ".hdf5":
            _require_nsd_order(file, voxels)
        read = _read_hdf5 if file.suffix == ".hdf5" else _read_nifti
        betas = _narrowed(file, read(file, voxels, trials))
    if beside:
        _require_same_trial(path, betas, voxels, beside)
    return betas


def require_betas(
    path: object,
    shape: tuple[int, ...],
    dtype: Any,
    volume: tuple[int, ...],
    trials: int | None,
) -> None:
    """Refuse betas that are not (X, Y, Z, trials) numbers over the volumes of the regions.

    Raises
    ------
    StudyError
        Naming the shape or the type.
    """
    told = tuple(map(int, shape))
    if len(shape) != 4 or told[:3] != volume:
        raise StudyError(
            f"{path}: the betas have the shape {told}; expected (X, Y, Z, trials) with the region "
            f"volumes' {volume} first: take both from the same subject and space."
        )
    if trials is not None and told[3] != trials:
        raise StudyError(
            f"{path}: it holds {told[3]} trials; expected {trials}, as in every session of NSD: "
            "fetch the file again."
        )
    kind = np.dtype(dtype)
    signed = kind.kind == "i" and kind.itemsize > 1
    if not signed and kind.kind != "f":
        raise _of_another_type(path, f"{dtype}")


def _of_another_type(path: object, kind: str) -> StudyError:
    return StudyError(
        f"{path}: the betas are {kind}; expected int16, percent signal change × 300, or floating "
        "point: fetch NSD's own file."
    )


def _narrowed(path: object, betas: npt.NDArray[Any]) -> Betas:
    """Integers of more bytes as int16, if they fit."""
    if betas.dtype.kind != "i" or betas.dtype == np.int16:
        return betas
    least, most = (int(betas.min()), int(betas.max())) if betas.size else (0, 0)
    fits = np.iinfo(np.int16)
    if least < fits.min or most > fits.max:
        raise _of_another_type(path, f"{betas.dtype} from {least} to {most}")
    return betas.astype(np.int16)


def _read_hdf5(source: ByteSource, voxels: Voxels, trials: int | None) -> npt.NDArray[Any]:
    """Seen from h5py the dataset is (trials, Z, Y, X), in NSD's own files a chunk per voxel."""
    import h5py
    from response_clusters.sources.hdf5 import open_hdf5, require_filters, require_stored
    from response_clusters.sources.nsd.chunks import read_chunks

    path = source.name
    with source.h5() as file:
        if not isinstance(file.get("betas"), h5py.Dataset):
            raise StudyError(
                f"{path}: there is no dataset 'betas' in it, but {listed(file)}; expected one "
                "session's betas: fetch NSD's own file."
            )
        betas = file["betas"]
        require_betas(path, betas.shape[::-1], betas.dtype, voxels.mask.shape, trials)
        require_filters(betas)
        wanted = np.argwhere(voxels.mask)[:, ::-1]
        values = read_chunks(source, betas, wanted)
        if values is None:
            with source.whole() as copy, open_hdf5(copy) as stored:
                require_stored(stored["betas"], "voxel", (3, 2, 1), wanted[:, ::-1])
                values = _read_boxes(stored["betas"], wanted)
        values = scaled(values, _number(betas, _SLOPE), _number(betas, _INTERCEPT))
    return values.astype(values.dtype.newbyteorder("="), copy=False)


def _number(betas: Any, names: tuple[str, ...]) -> float | None:
    """The first of some attributes that a dataset has, a number; None if it has none of them."""
    for name in names:
        if name in betas.attrs:
            stated = np.asarray(betas.attrs[name])
            if stated.size != 1 or stated.dtype.kind not in "fiu" or not np.isfinite(stated).all():
                raise StudyError(
                    f"{betas.file.filename}: the attribute {name!r} of 'betas' is {stated}; "
                    "expected one number, which scales the values: correct or remove it."
                )
            return float(stated.item())
    return None


def _require_nsd_order(path: object, voxels: Voxels) -> None:
    """Refuse an HDF5 session if the subject's mean volume is stored in another orientation.

    Both are written from the same volumes: if one was turned, so may the other have been.
    """
    if voxels.mean_axes not in ("", STANDARD_AXES):
        raise StudyError(
            f"{path}: HDF5 states no orientation, and the axes of the subject's mean.nii.gz run "
            f"{voxels.mean_axes}; expected {STANDARD_AXES}, NSD's order, of both: fetch NSD's own "
            "files, or take the betas as .nii.gz (dataset.format: nii)."
        )


def _require_same_trial(
    path: object, session: Betas, voxels: Voxels, beside: str | ByteSource
) -> None:
    """Refuse an HDF5 session whose first trial is not that of the NIfTI beside it.

    Raises
    ------
    StudyError
        Also if the NIfTI is of another shape or type, or has its voxels elsewhere.
    """
    try:
        source = beside if isinstance(beside, ByteSource) else LocalFile(beside)
        with source:
            first = _read_nifti(source, voxels, session.shape[1], only=1)
    except StudyError:
        raise
    except Exception:
        return  # It cannot be read: it may be on its way, and only the HDF5 file is asked for.
    if not _same_trial(_narrowed(beside, first)[:, 0], session[:, 0]):
        raise StudyError(
            f"{path}: its first trial is not that of {beside}; expected the same betas with the "
            "axes X, Y, Z as NSD orders them: fetch both again, or move the one that is wrong away."
        )


def _same_trial(a: Betas, b: Betas) -> bool:
    """Whether two copies of a trial are equal or, where one is no int16, about the same.

    A copy in floating point may have another unit, NaN for 0, and other roundings or cut values.
    """
    if a.dtype == b.dtype == np.int16:
        return np.array_equal(a, b)
    a, b = (np.nan_to_num(v.astype(np.float64), posinf=0, neginf=0) for v in (a, b))
    near = 0.01 * b.std()
    units = (1.0, SCALE, 1 / SCALE)
    return any(np.isclose(a * u, b, rtol=0.01, atol=near).mean() > 0.9 for u in units)


def _read_boxes(betas: Any, voxels: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Voxels by their z, y and x, in any storage: each box of chunks that holds some is read once.

    A box is one chunk wide, or the whole volume if the trials lie one after another, and as many
    trials long as fit in `_TOGETHER` bytes.
    """
    trials, *volume = betas.shape
    chunk = np.array(betas.chunks or (1, *volume))
    box = chunk[1:]
    step = int(chunk[0] * max(1, _TOGETHER // (betas.dtype.itemsize * chunk.prod())))
    values = np.empty((len(voxels), trials), dtype=betas.dtype.newbyteorder("="))
    home = np.ravel_multi_index((voxels // box).T, -(-np.array(volume) // box))
    order = np.argsort(home, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(home[order])) + 1):
        corner = voxels[rows[0]] // box * box
        place = tuple(map(slice, corner, corner + box))
        inside = tuple((voxels[rows] - corner).T)
        for start in range(0, trials, step):
            block = betas[(slice(start, start + step), *place)]
            values[rows, start : start + step] = block[(slice(None), *inside)].T
    return values


def _read_nifti(
    path: ByteSource, voxels: Voxels, trials: int | None, only: int | None = None
) -> npt.NDArray[Any]:
    """The volumes of a NIfTI, or so many of the first."""

    def check(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        require_betas(path, shape, dtype, voxels.mask.shape, trials)

    return stream_series(path, voxels, check, only)
