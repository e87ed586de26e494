"""The regions that all subjects have: the columns of the pooled cohort."""

import pandas as pd
from response_clusters.errors import StudyError, did_you_mean, listed


def pooled_regions(tables: dict[str, pd.DataFrame], named: list[str]) -> pd.DataFrame:
    """One row per region that any subject lists, in the order of first mention.

    Parameters
    ----------
    tables : dict of DataFrame
        Each subject's regions table.
    named : list of str
        Regions that the configuration names: one that no subject has is an error.

    Returns
    -------
    DataFrame
        Columns region, collection, label, voxels (of all subjects), present (in how many), in_all.

    Raises
    ------
    StudyError
        If a region asked for by name is in no subject, or fewer than two regions are in all.
    """
    rows = pd.concat(tables.values())
    pooled = rows.groupby("region", sort=False).agg(
        collection=("collection", "first"),
        label=("label", "first"),
        voxels=("voxels", lambda column: column.sum(min_count=1)),
        present=("present", "sum"),
    )
    nowhere = [region for region in named if pooled["present"].get(region, 0) == 0]
    if nowhere:
        anywhere = pooled.index[pooled["present"] > 0]
        raise StudyError(
            f"Configuration: regions names {nowhere[0]!r}, which none of {listed(tables)} has; "
            f"expected some of {listed(anywhere)}: correct the name or leave it "
            f"out{did_you_mean(nowhere[0], anywhere) or '.'}"
        )
    pooled["in_all"] = pooled["present"] == len(tables)
    if pooled["in_all"].sum() < 2:
        fewest = min(tables, key=lambda subject: int(tables[subject]["present"].sum()))
        raise StudyError(
            f"Configuration: subjects and regions leave {pooled['in_all'].sum()} of {len(pooled)} "
            f"regions that all of {listed(tables)} have; expected at least two: leave out the "
            f"subject that has fewest, {fewest}, or ask for more regions."
        )
    return pooled.reset_index()
