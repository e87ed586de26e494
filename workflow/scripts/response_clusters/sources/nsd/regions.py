"""A subject's regions from NSD's label volumes and tables of names."""

from typing import Any

from response_clusters.sources.contents import Files, SubjectRegions
from response_clusters.sources.label_names import read_names
from response_clusters.sources.nifti import axes_of, read_volume
from response_clusters.sources.regions import (
    aligned,
    chosen,
    grid_of,
    read_labels,
    region_masks,
    region_table,
    require_region_names,
)


def regions(files: Files, subject: str, choice: dict[str, Any]) -> SubjectRegions:
    """The voxels of each region asked for.

    Parameters
    ----------
    files : dict
        ``volumes``, a label volume for each collection; ``names``, a table of names for each whose
        labels `choice` does not name; ``mean``, the subject's mean volume, where it is there.
    choice : dict
        What is asked for by collection: ``all``, names, names by label, or None.

    Raises
    ------
    StudyError
        If a file cannot be read, or if the volumes do not lie in the same places.
    """
    asked = {collection: wanted for collection, wanted in choice.items() if wanted is not None}
    tables, labels = iter(files["names"]), {}
    for collection, wanted in asked.items():
        where = "Configuration" if isinstance(wanted, dict) else next(tables)
        names = {} if isinstance(wanted, dict) else read_names(where)
        labels[collection] = chosen(collection, wanted, names)
        require_region_names(labels[collection], where)
    stored = [read_labels(path) for path in files["volumes"]]
    mean_axes = ""
    if mean := files.get("mean"):
        stored.append(read_volume(mean, "a subject's mean volume in NIfTI format"))
        mean_axes = axes_of(stored[-1])
    turned = aligned(stored)
    volumes = {c: volume.values for c, volume in zip(asked, turned, strict=False)}
    table = region_table(volumes, labels)
    return SubjectRegions(table, region_masks(volumes, table), grid_of(turned).affine, mean_axes)
