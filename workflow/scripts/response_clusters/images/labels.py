"""What each image shows, by its annotations and within its crop."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError
from response_clusters.images.coco import Instances
from response_clusters.images.outlines import UNCROPPED, visible_labels

SIDES = ["crop_top", "crop_bottom", "crop_left", "crop_right"]


def label_table(
    stimuli: pd.DataFrame, instances: Instances, crop: bool, drawn: Counter[str] | None = None
) -> pd.DataFrame:
    """What is to be seen in each annotated image.

    Parameters
    ----------
    stimuli : DataFrame
        The stimulus table: image, coco_id and the four crop fractions.
    crop : bool
        Count what the square crop leaves; otherwise the whole COCO image.
    drawn : Counter, optional
        Counts how instances were drawn, as `instance_runs` does.

    Returns
    -------
    DataFrame
        Columns of the labels table: a row per image and category.

    Raises
    ------
    StudyError
        If an annotation cannot be drawn.
    """
    rows: list[tuple[Any, ...]] = []
    sides = stimuli[SIDES].to_numpy().tolist()
    for image, coco, box in zip(stimuli["image"], stimuli["coco_id"], sides, strict=True):
        if found := instances.annotations.get(coco):
            height, width = instances.sizes[coco]
            try:
                sides_cut = tuple(box) if crop else UNCROPPED
                labels = visible_labels(found, height, width, sides_cut, drawn)
            except StudyError as error:
                raise StudyError(f"{instances.where}: {error}") from None
            rows += [
                (image, coco, *instances.categories[category], count, area)
                for category, (count, area) in labels.items()
            ]
    columns = ["image", "coco_id", "category", "supercategory", "instances", "area"]
    return pd.DataFrame(rows, columns=columns)


def image_table(
    stimuli: pd.DataFrame, instances: Instances | None, labels: pd.DataFrame
) -> pd.DataFrame:
    """The stimulus table with whether an annotation file lists the image, and its instances."""
    listed = list(instances.sizes) if instances else []
    counts = labels.groupby("image")["instances"].sum()
    return stimuli.assign(
        covered=np.isin(stimuli["coco_id"], listed),
        instances=stimuli["image"].map(counts).fillna(0).astype(int),
    )


def category_table(instances: Instances) -> pd.DataFrame:
    """Every category that the annotation files know, seen or not, by id."""
    rows = [names for _, names in sorted(instances.categories.items())]
    return pd.DataFrame(rows, columns=["category", "supercategory"])
