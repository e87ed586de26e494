"""The rows that are clustered, gathered anew from regional means and trials."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from response_clusters.names import POOLED
from response_clusters.responses.gathering import (
    joined,
    mean_over_repeats,
    without_constant_rows,
)
from response_clusters.responses.pooling import pooled_regions
from response_clusters.tables import region_columns, validated
from response_clusters.verification.schemas import Results
from response_clusters.verification.telling import differing, told


def subject_faults(results: Results, subject: str, settings: dict[str, Any]) -> Iterator[str]:
    """What in a subject's responses contradicts its trials, regional means and regions.

    Parameters
    ----------
    settings : dict
        The configuration's ``responses``.
    """
    names = [name for name in sorted(results.names) if name.startswith(f"{subject}/")]
    imported = f"{subject}/regional_means.parquet"
    means = [name for name in names if name == imported or _is_session(name, ".parquet")]
    table = pd.concat([results.table(name) for name in means])
    regions = region_columns(table, "regional_means")
    trials = f"{subject}/trials.parquet"
    rows = joined(results.table(trials), table, (means[0], trials))
    rows.insert(0, "subject", subject)
    if settings["repeats"] == "mean":
        rows = mean_over_repeats(rows, regions)
    name = f"{subject}/responses.parquet"
    path = results.out / name
    rows = without_constant_rows(rows, regions, settings["constant"], lambda *_: means[0])
    expected = validated(rows, "responses", str(path))
    yield from differing(path, results.table(name), expected, "trials and regional means", 0)
    present = results.table(f"{subject}/regions.tsv").query("present")
    if list(present["region"]) != regions:
        where = results.out / subject / "regions.tsv"
        yield told(where, f"it has {list(present['region'])}", f"the columns of {path}, {regions}")
    for name in names:
        if _is_session(name, ".voxels.tsv"):
            yield from _voxel_faults(results, name, present)


def _is_session(name: str, suffix: str) -> bool:
    """Whether a file is one of a session's, by its path below the study's folder."""
    return name.split("/")[1] == "betas" and name.endswith(suffix)


def _voxel_faults(results: Results, name: str, present: pd.DataFrame) -> Iterator[str]:
    """Whether a session's voxels are those of the regions, used or left out."""
    counts = results.table(name)
    expected = counts.assign(
        region=present["region"].to_numpy(),
        voxels=present["voxels"].to_numpy(),
        used=counts["voxels"] - counts["zero"] - counts["constant"],
    )
    checked = validated(expected, "voxels", name)
    yield from differing(results.out / name, counts, checked, "regions.tsv")


def pooled_faults(results: Results, subjects: list[str], settings: dict[str, Any]) -> Iterator[str]:
    """What in the pooled regions and responses contradicts those of the subjects."""
    name = f"{POOLED}/regions.tsv"
    tables = {subject: results.table(f"{subject}/regions.tsv") for subject in subjects}
    expected = validated(pooled_regions(tables, []), "pooled_regions", name)
    pooled = results.table(name)
    yield from differing(results.out / name, pooled, expected, "the subjects' regions.tsv")
    regions = list(expected.loc[expected["in_all"], "region"])
    name = f"{POOLED}/responses.parquet"
    columns = ["subject", "session", "trial", "image", "repeat", *regions]
    rows = pd.concat([results.table(f"{s}/responses.parquet")[columns] for s in subjects])
    rows = without_constant_rows(rows, regions, settings["constant"], lambda *_: name)
    expected = validated(rows, "responses", name)
    source = "the subjects' responses"
    yield from differing(results.out / name, results.table(name), expected, source, 0)
