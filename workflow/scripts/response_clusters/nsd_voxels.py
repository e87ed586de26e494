"""Which voxels a subject's regions consist of, kept so that sessions need no label volumes."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.files import reading, replacing

Mask = npt.NDArray[np.bool_]


def write_voxels(masks: dict[str, Mask], path: str | Path) -> None:
    """Write the voxels of `masks`, volumes of shape (X, Y, Z), one region after another.

    The file is a NumPy archive: ``shape``, the volumes'; ``voxels``, each its place in a volume in
    C order.
    """
    flat = [np.flatnonzero(mask).astype(np.int32) for mask in masks.values()]
    with replacing(path) as draft:
        np.savez(draft, shape=next(iter(masks.values())).shape, voxels=np.concatenate(flat))


def read_voxels(
    path: str | Path, table: pd.DataFrame
) -> tuple[Mask, dict[str, npt.NDArray[np.int64]]]:
    """The voxels of the regions present in `table`, which was written beside them.

    Returns
    -------
    mask : ndarray of shape (X, Y, Z), bool
        The voxels of any region.
    members : dict of ndarray of int64
        The rows of each region's voxels among those of `mask`, in the order of ``np.argwhere``.

    Raises
    ------
    StudyError
        If the file is missing or damaged, or holds other numbers of voxels than `table`.
    """
    present = table[table["present"]]
    with reading(path, "the voxels of a subject's regions") as file, np.load(file) as held:
        mask, voxels = np.zeros(held["shape"], dtype=bool), held["voxels"]
        mask.flat[voxels] = True
    if len(voxels) != present["voxels"].sum():
        raise StudyError(
            f"{path}: it holds {len(voxels)} voxels; expected {present['voxels'].sum()}, as in the "
            "table of regions beside it: delete both and run again."
        )
    each = np.split(voxels, np.cumsum(present["voxels"])[:-1])
    rows = np.flatnonzero(mask)
    return mask, {
        region: np.searchsorted(rows, flat)
        for region, flat in zip(present["region"], each, strict=True)
    }
