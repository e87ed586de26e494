"""Families of regions: by collection or, without collections, by the regions' names."""

from collections.abc import Collection
from functools import cache

import pandas as pd
from response_clusters.names import plain

FAMILIES = {
    "prf-visualrois": "Early visual",
    "floc-bodies": "Bodies",
    "floc-faces": "Faces",
    "floc-places": "Places",
    "floc-words": "Words",
    "aseg": "Subcortical",
}

# The usual names, for tables without collections such as published averages.
USUAL_REGIONS = {
    "prf-visualrois": "V1v V1d V2v V2d V3v V3d hV4",
    "floc-bodies": "EBA FBA-1 FBA-2 mTL-bodies",
    "floc-faces": "OFA FFA-1 FFA-2 mTL-faces aTL-faces",
    "floc-places": "OPA PPA RSC",
    "floc-words": "OWFA VWFA-1 VWFA-2 mfs-words mTL-words",
    "aseg": "L-hippocampus L-amygdala R-hippocampus R-amygdala",
}


@cache
def _usual_regions() -> dict[str, tuple[int, str]]:
    """Where each of `USUAL_REGIONS` stands in the usual order, and its collection."""
    listed = [(name, c) for c, names in USUAL_REGIONS.items() for name in names.split()]
    return {plain(name): (rank, collection) for rank, (name, collection) in enumerate(listed)}


def families(regions: pd.DataFrame, among: Collection[str]) -> list[tuple[str, list[str]]]:
    """The regions to draw, grouped into families of one collection each.

    Parameters
    ----------
    regions : DataFrame
        A region table: its columns region and collection.
    among : collection of str
        The regions to draw; one that the table does not list counts as having no collection.

    Returns
    -------
    list of (str, list of str)
        Name and regions of each family: those of `FAMILIES` in that order, then any other
        collection under its own name, then the remaining regions under an empty name. A region
        without a collection is assigned by its name if that is a usual one, whatever the
        spelling: "mTLfaces" is mTL-faces. Within a family, regions keep the table's order; those
        assigned by name follow in the usual order.
    """
    groups: dict[str, list[str]] = {collection: [] for collection in FAMILIES}
    unnamed, recognised = [], []
    listed = dict(zip(regions["region"], regions["collection"], strict=True))
    for region in [*(r for r in listed if r in among), *(r for r in among if r not in listed)]:
        collection = listed.get(region)
        if collection is not None and not pd.isna(collection):
            groups.setdefault(collection, []).append(region)
        elif plain(region) in _usual_regions():
            recognised.append(region)
        else:
            unnamed.append(region)
    for region in sorted(recognised, key=lambda region: _usual_regions()[plain(region)][0]):
        groups[_usual_regions()[plain(region)][1]].append(region)
    named = [(FAMILIES.get(name, name), members) for name, members in groups.items() if members]
    return named + ([("", unnamed)] if unnamed else [])
