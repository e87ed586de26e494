"""Which voxels make up each region: NSD's label volumes and their tables of names."""

import re
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError, did_you_mean, listed
from response_clusters.files import reading, text_lines

Mask = npt.NDArray[np.bool_]

Choice = str | list[str] | dict[int, str]
"""What the configuration asks for of a collection: ``all``, some names, or names by label."""


def read_labels(path: str | Path) -> npt.NDArray[np.int32]:
    """A label volume of shape (X, Y, Z): −1 outside cortex, 0 unlabelled, 1 to N regions.

    The file may hold floating point; anything but whole numbers is refused.

    Raises
    ------
    StudyError
        If the file is missing, is not a three-dimensional NIfTI, or holds fractions.
    """
    expected = "a region's label volume in NIfTI format"
    with reading(path, expected, "damaged, cut short or not NIfTI") as file:
        values = np.asanyarray(nib.load(file).dataobj)
        labels = np.rint(values)
    # A scale factor in the header may leave whole numbers a little off.
    if values.ndim != 3 or not np.allclose(labels, values, rtol=0, atol=1e-3):
        raise StudyError(
            f"{path}: found numbers of type {values.dtype} in the shape {values.shape}; expected "
            "three dimensions of whole numbers, the labels of regions: fetch NSD's own file."
        )
    return labels.astype(np.int32)


def read_names(path: str | Path) -> dict[int, str]:
    """A label table: lines of ``integer name``, without a header; 0 means unknown.

    Raises
    ------
    StudyError
        If the file is missing or a line is something else.
    """
    names: dict[int, str] = {}
    for line in filter(str.strip, text_lines(path, "a table of label numbers and names")):
        number, *words = line.split()
        if not re.fullmatch(r"-?[0-9]+", number) or not words:
            raise StudyError(
                f"{path}: found the line {line.strip()!r}; expected a label number and a name on "
                "each: fetch NSD's own file."
            )
        if int(number) > 0:
            names[int(number)] = words[0]
    return names


def chosen(collection: str, choice: Choice, names: dict[int, str]) -> dict[int, str]:
    """The labels asked for of a collection, in label order.

    Raises
    ------
    StudyError
        If a name asked for is not in the collection's table.
    """
    if isinstance(choice, dict):
        return dict(sorted((int(label), name) for label, name in choice.items()))
    if choice == "all":
        return dict(sorted(names.items()))
    unknown = sorted(set(choice) - set(names.values()))
    if unknown:
        raise StudyError(
            f"Configuration: regions.{collection} names {unknown[0]!r}; expected some of "
            f"{listed(names.values())}: correct the name or leave it out"
            f"{did_you_mean(unknown[0], names.values()) or '.'}"
        )
    return {label: name for label, name in sorted(names.items()) if name in choice}


def same_shape(volumes: dict[str, npt.NDArray[np.int32]]) -> None:
    """Refuse label volumes, by path, that are not all of one shape.

    Raises
    ------
    StudyError
        Naming the first volume that differs.
    """
    (first, volume), *others = volumes.items()
    for path, other in others:
        if other.shape != volume.shape:
            raise StudyError(
                f"{path}: the volume has the shape {other.shape}; expected {volume.shape}, as "
                f"{first} has: take all of a subject's volumes from the same space."
            )


def region_table(
    volumes: dict[str, npt.NDArray[np.int32]], labels: dict[str, dict[int, str]]
) -> pd.DataFrame:
    """The regions asked for and how many voxels the subject has of each.

    Parameters
    ----------
    volumes : dict of ndarray of shape (X, Y, Z), int32
        One label volume per collection.
    labels : dict of dict
        The labels asked for of each collection, with their names.

    Returns
    -------
    DataFrame
        Columns region, collection, label, voxels, present. A label table names every region of the
        collection for every subject: only the count says whether this one has it.

    Raises
    ------
    StudyError
        If two labels have the same name.
    """
    homes: dict[str, str] = {}
    for collection, names in labels.items():
        for label, name in names.items():
            if name in homes:
                raise StudyError(
                    f"Configuration: regions has {name!r} twice, as label {homes[name]} and as "
                    f"label {label} of {collection}; expected a name of its own for each: rename "
                    "or leave out one."
                )
            homes[name] = f"{label} of {collection}"
    rows: list[dict[str, Any]] = []
    for collection, names in labels.items():
        held, sizes = np.unique(volumes[collection], return_counts=True)
        count = dict(zip(held.tolist(), sizes.tolist(), strict=True))
        for label, name in names.items():
            voxels = count.get(label, 0)
            rows.append(
                {
                    "region": name,
                    "collection": collection,
                    "label": label,
                    "voxels": voxels,
                    "present": voxels > 0,
                }
            )
    return pd.DataFrame(rows)


def region_masks(volumes: dict[str, npt.NDArray[np.int32]], table: pd.DataFrame) -> dict[str, Mask]:
    """Each present region's voxels as a volume of shape (X, Y, Z), bool, in table order.

    Regions of different collections may share voxels.
    """
    present = table[table["present"]]
    return {row.region: volumes[row.collection] == row.label for row in present.itertuples()}
