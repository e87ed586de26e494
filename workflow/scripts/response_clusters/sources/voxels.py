"""Which voxels a subject's regions consist of, kept so that sessions need no label volumes."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import REMAKE, reading, replacing

Mask = npt.NDArray[np.bool_]
Affine = npt.NDArray[np.float64]
STANDARD_AXES = "RAS"
"""The order of axes that all volumes are read in: to the right, forwards and upwards."""
_LARGEST = 2**31
"""Voxels of a volume: their places are int32."""


def write_voxels(
    masks: dict[str, Mask], affine: Affine | None, path: str | Path, mean_axes: str = ""
) -> None:
    """Write the voxels of `masks`, volumes of shape (X, Y, Z), one region after another.

    The file is a NumPy archive: ``shape``, the volumes'; ``affine``, of shape (4, 4), or (0, 0)
    where none is known; ``mean_axes``, where the axes of the subject's mean volume lead as it is
    stored, or nothing; ``voxels``, each its place in a volume in C order.
    """
    flat = [np.flatnonzero(mask).astype(np.int32) for mask in masks.values()]
    known = np.empty((0, 0)) if affine is None else np.asarray(affine, dtype=np.float64)
    with replacing(path) as draft:
        np.savez(
            draft,
            shape=next(iter(masks.values())).shape,
            affine=known,
            mean_axes=mean_axes,
            voxels=np.concatenate(flat),
        )


@dataclass(frozen=True)
class Voxels:
    """The voxels of a subject's regions, with the axes in the standard order.

    Attributes
    ----------
    mask : ndarray of shape (X, Y, Z), bool
        The voxels of any region.
    members : dict of ndarray of int64
        The rows of each region's voxels among those of `mask`, in the order of ``np.argwhere``.
    affine : ndarray of shape (4, 4) or None
        From indices to millimetres, where the label volumes state it.
    path : str
        The file, for sentences.
    mean_axes : str
        Where the axes of the subject's mean volume lead as it is stored, such as "RAS"; empty where
        there is none or it does not say.
    """

    mask: Mask
    members: dict[str, npt.NDArray[np.int64]]
    affine: Affine | None
    path: str
    mean_axes: str = ""


def read_voxels(path: str | Path, table: pd.DataFrame) -> Voxels:
    """The voxels of the regions present in `table`, which was written beside them.

    Raises
    ------
    StudyError
        If the file is missing or damaged, holds other numbers of voxels than `table`, or a voxel
        twice in one region.
    """
    present = table[table["present"]]
    with (
        reading(path, "the voxels of a subject's regions", fix=REMAKE) as file,
        np.load(file) as archive,
    ):
        # With right checksums, the sizes that it declares are those that were written.
        if damaged := archive.zip.testzip():
            raise ValueError(f"the checksum of {damaged} is wrong")
        shape, voxels = archive["shape"].tolist(), archive["voxels"]
        affine = archive["affine"] if archive["affine"].size else None
        mean_axes = str(archive["mean_axes"])
        size = math.prod(shape)
        if (
            archive["shape"].dtype.kind != "i"
            or len(shape) != 3
            or min(shape) < 1
            or size > _LARGEST
        ):
            raise ValueError(f"the shape of the volumes is {tuple(shape)}")
        if voxels.dtype.kind != "i" or voxels.ndim != 1:
            raise ValueError("its voxels are not a list of whole numbers")
        if voxels.size and not 0 <= voxels.min() <= voxels.max() < size:
            raise ValueError(f"a voxel lies outside of the volumes, of the shape {tuple(shape)}")
    if len(voxels) != present["voxels"].sum():
        raise StudyError(
            f"{path}: it holds {len(voxels)} voxels; expected {present['voxels'].sum()}, as in the "
            "table of regions beside it: delete both and run again."
        )
    each = np.split(voxels, np.cumsum(present["voxels"])[:-1])
    for region, flat in zip(present["region"], each, strict=True):
        if (np.diff(flat) <= 0).any():
            raise StudyError(
                f"{path}: the voxels of {region} are not in order, each once; expected those of "
                "the table of regions beside it: delete both and run again."
            )
    mask = np.zeros(shape, dtype=bool)
    mask.flat[voxels] = True
    rows = np.flatnonzero(mask)
    members = {
        region: np.searchsorted(rows, flat)
        for region, flat in zip(present["region"], each, strict=True)
    }
    return Voxels(mask, members, affine, str(path), mean_axes)
