"""List the stimulus table's images and what their annotations show of them within the crop."""

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
from response_clusters.coco import Instances, read_instances
from response_clusters.errors import StudyError
from response_clusters.job import job
from response_clusters.nsd_design import read_design
from response_clusters.nsd_tables import read_stimuli, require_same_design
from response_clusters.outlines import UNCROPPED, visible_labels
from response_clusters.records import write_record
from response_clusters.tables import write_table

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


if __name__ == "__main__":
    with job() as rule:
        source, output = rule.input, rule.output
        stimuli = read_stimuli(source.stimuli)
        if source.get("design"):
            require_same_design(source.stimuli, read_design(source.design))
        instances = read_instances(source.annotations) if source.get("annotations") else None
        labels = pd.DataFrame(columns=["image", "instances"])
        if instances:
            drawn: Counter[str] = Counter()
            labels = label_table(stimuli, instances, rule.params["crop"], drawn)
            rule.log.info(
                "%d instances by their outlines, %d without one by their boxes, %d smaller than a "
                "pixel as one; %d left out, which are nowhere in their image",
                *(drawn[how] for how in ("outlines", "boxes", "below one pixel", "not drawn")),
            )
            record = {
                "instances": drawn.total(),
                "boxes": drawn["boxes"],
                "below_one_pixel": drawn["below one pixel"],
                "left_out": drawn["not drawn"],
            }
            write_record(record, output.drawn, "labels")
            write_table(labels, output.labels, "labels")
            write_table(category_table(instances), output.categories, "categories")
        images = image_table(stimuli, instances, labels)
        rule.log.info("%d of %d images are annotated", images["covered"].sum(), len(images))
        write_table(images, output.images, "images")
