"""The stimulus table: the study's images, whatever the dataset knows of them."""

import pandas as pd
from response_clusters.ids import as_ids

SIDES = ["crop_top", "crop_bottom", "crop_left", "crop_right"]


def stimulus_table(rows: pd.DataFrame) -> pd.DataFrame:
    """What a source knows of its images, in the columns of the stimuli table.

    Parameters
    ----------
    rows : DataFrame
        A column image, and any of picture, coco_id, split and the four crop fractions.

    Returns
    -------
    DataFrame
        What is missing is null; a crop that is missing is none.
    """
    table = rows.copy()
    table["image"] = as_ids(rows["image"], "The stimulus table")
    for name, kind in {"picture": "string", "coco_id": "Int32", "split": "string"}.items():
        if name not in table:
            table[name] = pd.Series(pd.NA, index=table.index, dtype=kind)
    for side in SIDES:
        table[side] = table[side].fillna(0.0) if side in table else 0.0
    return table[["image", "picture", "coco_id", "split", *SIDES]]
