"""NIfTI volumes read to their last byte, and put into one orientation by what their headers say."""

import gzip
import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import nibabel as nib
import numpy as np
import numpy.typing as npt
from response_clusters.errors import StudyError
from response_clusters.files import reading

Affine = npt.NDArray[np.float64]

LARGEST = 2**31
"""Bytes of a three-dimensional volume; those of NSD have 33 MB."""
LARGEST_HEADER = 2**24
"""Bytes before the values of a NIfTI, extensions included."""
NOT_NIFTI = "damaged, cut short or not NIfTI"
TOLERANCE = 0.1
"""How far apart two volumes' corners may be, in voxels: headers hold single precision."""


@dataclass(frozen=True)
class Volume:
    """A volume and where its voxels are.

    Attributes
    ----------
    values : ndarray of shape (X, Y, Z)
        In the type that the file holds; scaled ones in float64.
    affine : ndarray of shape (4, 4) or None
        From indices to millimetres; None where the header states no orientation.
    path : str
        The file, for sentences.
    """

    values: npt.NDArray[Any]
    affine: Affine | None
    path: str


def nifti_kind(start: bytes) -> type[nib.Nifti1Image]:
    """Which of the two NIfTI formats a file is, by its first four bytes: the header's length."""
    second = {(540).to_bytes(4, "little"), (540).to_bytes(4, "big")}
    return nib.Nifti2Image if start in second else nib.Nifti1Image


def _opened(path: Path) -> gzip.GzipFile | BinaryIO:
    return gzip.open(path) if path.suffix == ".gz" else open(path, "rb")


def read_header(stream: gzip.GzipFile | BinaryIO) -> nib.Nifti1Header:
    """The header at the start of an open NIfTI, without extensions.

    Raises
    ------
    ValueError
        If it puts the values into itself, or further behind than extensions need.
    """
    kind = nifti_kind(stream.read(4)).header_class
    stream.seek(0)
    size = kind.template_dtype.itemsize
    header = kind(stream.read(size))
    offset = int(header.get_data_offset())
    if not size <= offset <= LARGEST_HEADER:
        raise ValueError(f"by its header, the values begin at byte {offset:,}")
    return header


def stated_affine(header: nib.Nifti1Header) -> Affine | None:
    """The affine of a header that has one: its sform or, without that, its qform.

    Raises
    ------
    ValueError
        If it is not finite or not invertible.
    """
    if header["sform_code"] == 0 and header["qform_code"] == 0:
        return None
    affine = np.asarray(header.get_best_affine(), dtype=np.float64)
    if not np.isfinite(affine).all() or abs(np.linalg.det(affine[:3, :3])) < 1e-9:
        raise ValueError("its affine does not say where voxels are")
    return affine


def read_volume(path: str | Path, expected: str) -> Volume:
    """A three-dimensional NIfTI, compressed or not, read to its end.

    Of a gzip stream the checksum and the length are verified. Nothing may be missing and nothing
    left over.

    Raises
    ------
    StudyError
        If the file is missing or damaged, is longer or shorter than its header says, or has not
        three dimensions.
    """
    with reading(path, expected, NOT_NIFTI) as file:
        with _opened(file) as stream:
            header = read_header(stream)
            shape = tuple(map(int, header.get_data_shape()))
            if len(shape) < 3 or min(shape) < 1 or set(shape[3:]) - {1}:
                raise StudyError(
                    f"{path}: it has the shape {shape}; expected {expected}, in three dimensions: "
                    "name or fetch the right file."
                )
            size = header.get_data_offset() + math.prod(shape) * header.get_data_dtype().itemsize
            if size > LARGEST:
                raise ValueError(f"the header declares {size:,} bytes for the shape {shape}")
            stream.seek(0)
            contents = stream.read(size + 1)
        if len(contents) != size:
            amount = "more than" if len(contents) > size else f"{len(contents):,} of"
            raise StudyError(
                f"{path}: it holds {amount} the {size:,} bytes that its header declares for the "
                f"shape {shape}; expected {expected}: fetch it again."
            )
        affine = stated_affine(header)
        values = np.asanyarray(nifti_kind(contents[:4]).from_bytes(contents).dataobj)
    return Volume(values.reshape(shape[:3]), affine, str(path))


def orientation(affine: Affine | None) -> npt.NDArray[np.float64]:
    """Which axes go left to right, back to front and bottom to top, and which are flipped.

    As `nibabel.orientations` writes it. A volume that states none is taken to be RAS: X from left
    to right, Y from posterior to anterior, Z from inferior to superior.
    """
    if affine is None:
        return np.array([[0.0, 1.0], [1.0, 1.0], [2.0, 1.0]])
    axes: npt.NDArray[np.float64] = nib.io_orientation(affine)
    return axes


def axes_of(volume: Volume) -> str:
    """Where the axes of a volume lead, such as "RAS"; nothing where it states no orientation."""
    if volume.affine is None:
        return ""
    return "".join(nib.orientations.aff2axcodes(volume.affine))


def in_standard_order(volume: Volume) -> Volume:
    """The volume with its axes in the standard order: permuted and flipped as its affine says."""
    turn = orientation(volume.affine)
    if volume.affine is None:
        return volume
    values = nib.apply_orientation(volume.values, turn)
    affine = volume.affine @ nib.orientations.inv_ornt_aff(turn, volume.values.shape)
    return replace(volume, values=values, affine=affine)


def require_same_grid(
    path: str,
    shape: tuple[int, ...],
    affine: Affine | None,
    other: str,
    other_shape: tuple[int, ...],
    other_affine: Affine | None,
) -> None:
    """Refuse two volumes in the standard order whose voxels are not in the same places.

    Shapes must be equal and, where both state an affine, corners no further apart than a tenth of
    a voxel.

    Raises
    ------
    StudyError
        Naming both files.
    """
    if tuple(shape) != tuple(other_shape):
        raise StudyError(
            f"{path}: the volume has the shape {tuple(map(int, shape))}; expected "
            f"{tuple(map(int, other_shape))}, as {other} has: take all of a subject's volumes from "
            "the same space."
        )
    if affine is None or other_affine is None:
        return
    ends = [(0, n - 1) for n in shape]
    corners = np.array(np.meshgrid(*ends, [1.0], indexing="ij")).reshape(4, -1)
    apart = np.linalg.norm(((affine - other_affine) @ corners)[:3], axis=0).max()
    voxel = np.linalg.norm(other_affine[:3, :3], axis=0).min()
    if apart > TOLERANCE * voxel:
        raise StudyError(
            f"{path}: its affine puts voxels up to {apart:.3g} mm from where {other} has them; "
            f"expected the same places within {TOLERANCE:g} of a voxel ({TOLERANCE * voxel:.2g} "
            "mm): take both from the same subject and space, or resample one to the other."
        )
