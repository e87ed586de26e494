"""Which voxels make up each region: NSD's label volumes and their tables of names."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError

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
    try:
        values = np.asanyarray(nib.load(path).dataobj)
    except FileNotFoundError:
        raise StudyError(f"{path}: there is no such file; a region volume is expected.") from None
    except Exception as error:
        raise StudyError(f"{path}: not readable as NIfTI ({error}).") from None
    labels = np.rint(values)
    # A scale factor in the header may leave whole numbers a little off.
    if values.ndim != 3 or not np.allclose(labels, values, rtol=0, atol=1e-3):
        raise StudyError(
            f"{path}: expected a three-dimensional volume of whole numbers, found the shape "
            f"{values.shape} and type {values.dtype}."
        )
    return labels.astype(np.int32)


def read_names(path: str | Path) -> dict[int, str]:
    """A label table: lines of ``integer name``, without a header; 0 means unknown.

    Raises
    ------
    StudyError
        If the file is missing or a line is something else.
    """
    try:
        lines = Path(path).read_text("utf-8").splitlines()
    except FileNotFoundError:
        raise StudyError(f"{path}: there is no such file; label names are expected.") from None
    names: dict[int, str] = {}
    for line in filter(str.strip, lines):
        number, *words = line.split()
        if not number.lstrip("-").isdigit() or not words:
            raise StudyError(f"{path}: the line {line!r} is not a label number and a name.")
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
            f"regions: {collection} has no region {unknown[0]!r}; it has "
            f"{', '.join(names.values())}."
        )
    return {label: name for label, name in sorted(names.items()) if name in choice}


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
    """
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
