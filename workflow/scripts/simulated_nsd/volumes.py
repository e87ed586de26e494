"""The labels, resolution and NIfTI header of the simulator's volumes."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt
from response_clusters.files import replacing

RESOLUTION = {"func1pt8mm": 1.8, "func1mm": 1.0}
"""Voxel size of NSD's functional spaces, in mm."""


def labels_of(model: dict[str, Any]) -> dict[str, dict[int, str]]:
    """Every label of the collections whose regions respond, with its region's name."""
    labels: dict[str, dict[int, str]] = {
        collection: dict(enumerate(regions, start=1))
        for collection, regions in model["collections"].items()
    }
    labels["aseg"] = {
        code: f"{side}-{structure}"
        for structure, regions in model["aseg"].items()
        for side, code in zip(("L", "R"), regions["codes"], strict=True)
    }
    return labels


def write_volume(volume: npt.NDArray[Any], resolution: float, path: str | Path) -> None:
    """Write a NIfTI file with NSD's affine: voxel sizes on the diagonal, origin at the centre."""
    affine = np.diag([resolution] * 3 + [1.0])
    affine[:3, 3] = -(np.array(volume.shape[:3]) - 1) / 2 * resolution
    with replacing(path) as draft:
        nib.Nifti1Image(volume, affine).to_filename(draft)
