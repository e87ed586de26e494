"""Prototypes painted on a subject's regions: a volume for each cluster, in the subject's space."""

import gzip
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.comparison.identity import Identity
from response_clusters.errors import StudyError, listed
from response_clusters.files import replacing
from response_clusters.sources.nifti import (
    in_standard_order,
    read_volume,
    require_same_grid,
)
from response_clusters.sources.voxels import STANDARD_AXES, Voxels

Values = npt.NDArray[np.float32]

SCANNER = 1
"""NIfTI's code of a space of the subject's own, as it lay in the scanner; 0 is no known space."""
_LONGEST_AXIS = 2**15 - 1
"""Voxels along an axis that NIfTI-1 can hold; masks of other geometries have more in a row."""
_DESCRIPTION = 79
"""Bytes of a header's description."""
_VALUE = (
    "The region's value in the cluster's prototype, the k-means centroid: centred over regions and "
    "of unit length, so 0 is the mean of all regions."
)
_OVERLAPS = "The mean of their values."
# Viewers leave out what is 0, and many cannot do so with what is not a number.
_OUTSIDE = "0, which viewers leave out; not nan, which many of them cannot show."
_UNKNOWN_AXES = (
    "Unknown: the label volumes state no orientation, so the axes are in the order of their files, "
    "and the file states no space."
)


def prototypes_of(centroids: pd.DataFrame, voxels: Voxels, where: str) -> pd.DataFrame:
    """The prototypes of a subject's own fit, one row per region and one column per cluster.

    Parameters
    ----------
    centroids : DataFrame
        One row per cluster and region: cluster, region, prototype.
    voxels : Voxels
        The subject's regions.
    where : str
        The file of `centroids`, for the sentence.

    Returns
    -------
    DataFrame
        Regions in the order of `voxels`; clusters ascending, one volume each.

    Raises
    ------
    StudyError
        If the regions that were clustered are not those that the subject has.
    """
    table = centroids.pivot(index="region", columns="cluster", values="prototype").sort_index(
        axis=1
    )
    if strange := sorted(set(table.index) ^ set(voxels.members)):
        raise StudyError(
            f"{where}: its regions and those of {voxels.path} differ by {listed(strange)}; "
            "expected the same ones, of one subject: delete both and run again."
        )
    return table.loc[list(voxels.members)]


def painted(voxels: Voxels, prototypes: pd.DataFrame) -> Values:
    """What each voxel of any region gets in each volume.

    Parameters
    ----------
    voxels : Voxels
        The subject's regions.
    prototypes : DataFrame
        As `prototypes_of` gives them.

    Returns
    -------
    ndarray of shape (voxels, k), float32
        The prototype's value in the voxel's region, or the mean of its regions' values. Voxels are
        in the order of ``np.argwhere(voxels.mask)``.
    """
    count = int(voxels.mask.sum())
    sums, regions = np.zeros((count, prototypes.shape[1])), np.zeros(count, dtype=np.int64)
    for region, rows in voxels.members.items():
        sums[rows] += prototypes.loc[region].to_numpy(float)
        regions[rows] += 1
    return (sums / regions[:, None]).astype(np.float32)


def map_image(voxels: Voxels, values: Values, subject: str) -> nib.Nifti1Image:
    """A map as an image: a volume for each cluster.

    Where the affine is known, it is the sform, in single precision as headers hold it, and the
    qform too unless it shears, which a qform cannot. Where it is not known, both codes are 0: no
    space is made up.

    Parameters
    ----------
    voxels : Voxels
        The subject's regions, with the axes in the standard order.
    values : ndarray of shape (voxels, k), float32
        As `painted` gives them.

    Returns
    -------
    Nifti1Image
        Of shape (X, Y, Z, k), float32, 0 outside all regions. It is NIfTI-2 if an axis has more
        voxels than NIfTI-1 can count.
    """
    k = values.shape[1]
    # In the file's own order; pages without any region are never touched.
    volumes = np.zeros((*voxels.mask.shape, k), dtype=np.float32, order="F")
    for number in range(k):
        volumes[..., number][voxels.mask] = values[:, number]
    small = max(volumes.shape) <= _LONGEST_AXIS
    image = (nib.Nifti1Image if small else nib.Nifti2Image)(volumes, voxels.affine)
    header = image.header
    if voxels.affine is None:
        image.set_sform(None, 0)
        image.set_qform(None, 0)
    else:
        image.set_qform(voxels.affine, SCANNER)
        if not np.allclose(image.get_qform(), voxels.affine, rtol=1e-5, atol=1e-4):
            image.set_qform(None, 0)
        image.set_sform(voxels.affine, SCANNER)
        header.set_xyzt_units("mm")
    told = f"Prototypes of k = {k}, {subject}".encode()[:_DESCRIPTION]
    header["descrip"] = told.decode(errors="ignore").encode()
    # Viewers that heed these begin with a scale that is the same on both sides of 0.
    largest = float(np.abs(values).max())
    header["cal_min"], header["cal_max"] = -largest, largest
    return image


def write_map(image: nib.Nifti1Image, path: str | Path) -> None:
    """Write an image as compressed NIfTI: the same image gives the same bytes, whenever."""
    with (
        replacing(path) as draft,
        open(draft, "wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as stream,
    ):
        image.to_stream(stream)


def map_record(subject: str, voxels: Voxels, identity: Identity, note: str) -> dict[str, Any]:
    """What the volumes of a map are, for the record beside it.

    Parameters
    ----------
    voxels : Voxels
        The regions painted.
    identity : dict
        The pooled cluster that each cluster is matched to.
    """
    regions = np.zeros(int(voxels.mask.sum()), dtype=np.int64)
    for rows in voxels.members.values():
        regions[rows] += 1
    known = voxels.affine is not None
    return {
        "subject": subject,
        "k": len(identity),
        "volumes": [
            {"volume": number, "cluster": cluster, "identity": identity[cluster]}
            for number, cluster in enumerate(sorted(identity))
        ],
        "regions": {region: len(rows) for region, rows in voxels.members.items()},
        "value": _VALUE,
        "overlaps": _OVERLAPS,
        "outside": _OUTSIDE,
        "shared_voxels": int((regions > 1).sum()),
        "axes": STANDARD_AXES if known else _UNKNOWN_AXES,
        "units": "mm" if known else "Unknown: the label volumes state none.",
        "note": note,
    }


def read_mean(path: str | Path, voxels: Voxels) -> npt.NDArray[np.float32]:
    """A subject's mean volume, with its axes in the order of `voxels`.

    Returns
    -------
    ndarray of shape (X, Y, Z), float32
        0 where the file has no finite value.

    Raises
    ------
    StudyError
        If it cannot be read, holds no plain numbers, or does not lie where the regions do.
    """
    volume = read_volume(path, "a subject's mean volume in NIfTI format")
    if volume.values.dtype.kind not in "iuf":
        raise StudyError(
            f"{path}: its values are {volume.values.dtype}; expected a subject's mean volume, of "
            "whole or floating-point numbers: save it as such, or remove it."
        )
    turned = in_standard_order(volume)
    require_same_grid(
        *(turned.path, turned.values.shape, turned.affine),
        *(voxels.path, voxels.mask.shape, voxels.affine),
    )
    return np.nan_to_num(turned.values.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
