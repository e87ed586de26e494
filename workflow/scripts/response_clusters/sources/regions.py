"""Which voxels make up each region: label volumes, their tables of names, and masks."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from response_clusters.errors import StudyError, did_you_mean, listed
from response_clusters.names import COLUMNS, LARGEST_LABEL, plain, require_name
from response_clusters.sources.contents import Files, SubjectRegions
from response_clusters.sources.nifti import (
    Volume,
    in_standard_order,
    read_volume,
    require_same_grid,
)

Mask = npt.NDArray[np.bool_]

Choice = str | list[str] | dict[int, str]
"""What the configuration asks for of a collection: ``all``, some names, or names by label."""


LABELS = (-1, LARGEST_LABEL)
"""The smallest and the largest label: −1 is outside cortex."""


def read_labels(path: str | Path) -> Volume:
    """A label volume of shape (X, Y, Z), int32: −1 outside cortex, 0 unlabelled, 1 to N regions.

    The file may hold floating point; anything but whole numbers is refused.

    Raises
    ------
    StudyError
        If the file is missing or damaged, is not a three-dimensional NIfTI, or holds fractions or
        numbers that are no labels.
    """
    volume = read_volume(path, "a region's label volume in NIfTI format")
    values = volume.values
    numeric = np.issubdtype(values.dtype, np.integer) or np.issubdtype(values.dtype, np.floating)
    # A scale factor in the header may leave whole numbers a little off.
    whole = numeric and bool(np.isfinite(values).all())
    whole = whole and np.allclose(np.rint(values), values, rtol=0, atol=1e-3)
    if not whole:
        raise StudyError(
            f"{path}: found numbers of type {values.dtype} that are not all whole; expected the "
            "labels of regions: fetch the file again, or name the right one."
        )
    labels = np.rint(values)
    least, most = labels.min(), labels.max()
    if least < LABELS[0] or most > LABELS[1]:
        raise StudyError(
            f"{path}: its labels run from {least:.0f} to {most:.0f}; expected {LABELS[0]} (outside "
            f"cortex), 0 (no label) and labels up to {LABELS[1]:,}: fetch the file again."
        )
    return Volume(labels.astype(np.int32), volume.affine, volume.path)


def require_region_names(names: dict[int, str], where: str) -> None:
    """Refuse labels whose names cannot be a region's: another column's, or nothing to be shown.

    Raises
    ------
    StudyError
        Naming the first of them.
    """
    for label, name in names.items():
        require_name(name, "region", where)
        if plain(name) in COLUMNS:
            raise StudyError(
                f"{where}: label {label} is called {name!r}, which is another column of the "
                "results; expected a region's name: list the collection's labels with names of "
                f"your own in the configuration's regions, such as {{{label}: my-{name}}}."
            )


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
    key = f"regions.{collection}" if collection else "regions"
    unknown = sorted(set(choice) - set(names.values()))
    if unknown:
        raise StudyError(
            f"Configuration: {key} names {unknown[0]!r}; expected some of "
            f"{listed(names.values())}: correct the name or leave it out"
            f"{did_you_mean(unknown[0], names.values()) or '.'}"
        )
    return {label: name for label, name in sorted(names.items()) if name in choice}


def aligned(volumes: list[Volume]) -> list[Volume]:
    """Volumes of one subject, all with their axes in the standard order, RAS.

    Raises
    ------
    StudyError
        If the voxels of one are not where those of another are.
    """
    turned = [in_standard_order(volume) for volume in volumes]
    grid = grid_of(turned)
    for volume in turned:
        require_same_grid(
            *(volume.path, volume.values.shape, volume.affine),
            *(grid.path, grid.values.shape, grid.affine),
        )
    return turned


def grid_of(volumes: list[Volume]) -> Volume:
    """The volume that says where voxels are: the first that states an affine, or else the first."""
    return next((volume for volume in volumes if volume.affine is not None), volumes[0])


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
        labels_there, sizes = np.unique(volumes[collection], return_counts=True)
        count = dict(zip(labels_there.tolist(), sizes.tolist(), strict=True))
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


def regions_from_masks(
    masks: dict[str, Mask],
    choice: Choice = "all",
    affine: npt.NDArray[np.float64] | None = None,
    collection: str | None = None,
) -> SubjectRegions:
    """A subject's regions from a mask each, for datasets without label volumes.

    Parameters
    ----------
    masks : dict of ndarray of shape (X, Y, Z), bool
        The voxels of each region; regions may share voxels, and one without any is not present.
    choice : "all" or list of str
        The regions asked for.
    affine : ndarray of shape (4, 4), optional
        From indices to millimetres.
    collection : str, optional
        What the regions belong to.

    Raises
    ------
    StudyError
        If a name asked for is not among the masks, or cannot be a region's.
    """
    labels = dict(enumerate(masks, 1))
    require_region_names(labels, "The dataset's regions")
    wanted = chosen("", choice, labels)
    table = pd.DataFrame(
        {
            "region": list(wanted.values()),
            "collection": collection,
            "label": None,
            "voxels": [int(masks[name].sum()) for name in wanted.values()],
            "present": [bool(masks[name].any()) for name in wanted.values()],
        }
    )
    present = {name: masks[name] for name in wanted.values() if masks[name].any()}
    return SubjectRegions(table, present, affine)


def require_two(table: pd.DataFrame, files: Files, subject: str) -> None:
    """Refuse a subject with fewer than two of the regions asked for.

    Parameters
    ----------
    table : DataFrame
        The regions table.
    files : dict
        What it was made from, for the sentence.

    Raises
    ------
    StudyError
        If fewer than two are present: no correlation is defined over them.
    """
    if (present := int(table["present"].sum())) < 2:
        first = next(iter(files.values()))
        folder = Path(first if isinstance(first, str) else first[0]).parent
        raise StudyError(
            f"{folder}: {subject} has {present} of the {len(table)} regions asked for; expected at "
            "least two, or nothing correlates: ask for more in the configuration's regions, or "
            "leave the subject out of its subjects."
        )
