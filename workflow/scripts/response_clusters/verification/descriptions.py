"""Nearest images and label counts, made anew from assignments and labels."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from response_clusters.ids import in_one_type
from response_clusters.images.label_counts import image_sets, label_counts
from response_clusters.images.nearest import nearest, with_coco
from response_clusters.tables import validated
from response_clusters.verification.schemas import Results
from response_clusters.verification.telling import differing, told


def nearest_faults(results: Results, folder: str, settings: dict[str, Any]) -> Iterator[str]:
    """What in a fit's nearest trials contradicts its assignments.

    Parameters
    ----------
    folder : str
        The fit's, below the study's.
    settings : dict
        The configuration's ``nearest``.
    """
    name = f"{folder}/nearest.tsv"
    assignments = results.table(f"{folder}/assignments.parquet")
    stimuli = annotated = None
    if "stimuli.parquet" in results.names:
        assignments, stimuli = in_one_type(assignments, results.table("stimuli.parquet"))
    if settings["annotated"]:
        assignments, images = in_one_type(assignments, results.table("images.parquet"))
        annotated = images.loc[images["covered"], "image"]
    rows = nearest(assignments, max(settings["top"]), settings["distinct"], annotated)
    expected = validated(with_coco(rows, stimuli), "nearest", name)
    source = "assignments.parquet"
    yield from differing(results.out / name, results.table(name), expected, source)


def label_faults(
    results: Results, folder: str, settings: dict[str, Any], note: str
) -> Iterator[str]:
    """What in a fit's label counts contradicts its nearest trials, its assignments or the labels.

    Parameters
    ----------
    settings : dict
        The configuration's ``nearest``.
    """
    assignments, ranked, images, labels = in_one_type(
        results.table(f"{folder}/assignments.parquet"),
        results.table(f"{folder}/nearest.tsv"),
        results.table("images.parquet"),
        results.table("labels.parquet"),
    )
    table, coverage = label_counts(
        image_sets(ranked, assignments, settings["top"]),
        np.unique(assignments["image"].dropna()),
        images.loc[images["covered"], "image"].to_numpy(),
        labels,
        results.table("categories.tsv"),
    )
    name = f"{folder}/label_counts.tsv"
    expected = validated(table, "label_counts", name)
    source = "nearest.tsv, assignments and labels"
    yield from differing(results.out / name, results.table(name), expected, source)
    name = f"{folder}/label_counts.json"
    found = results.record(name)
    for field, value in {**coverage, "note": note}.items():
        if found[field] != value:
            yield told(results.out / name, f"{field} differs", f"what {source} give")


def image_faults(results: Results) -> Iterator[str]:
    """What in the table of images contradicts the labels and the stimulus table."""
    images, name = results.table("images.parquet"), "images.parquet"
    path = results.out / name
    if "labels.parquet" in results.names:
        labelled, labels = in_one_type(images, results.table("labels.parquet"))
        counts = labelled["image"].map(labels.groupby("image")["instances"].sum()).fillna(0)
        expected = validated(images.assign(instances=counts.astype(int)), "images", name)
        yield from differing(path, images, expected, "labels.parquet")
    if "stimuli.parquet" in results.names:
        stimuli = results.table("stimuli.parquet").drop(columns="picture")
        shared = images[list(stimuli.columns)]
        yield from differing(path, shared, stimuli, "stimuli.parquet")
