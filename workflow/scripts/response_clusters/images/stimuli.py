"""The stimulus table: the images of the study, with what the dataset says about them."""

import pandas as pd
from response_clusters.ids import as_ids

SIDES = ["crop_top", "crop_bottom", "crop_left", "crop_right"]


def stimulus_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The stimuli table, from whatever a source knows about its images.

    Parameters
    ----------
    rows : DataFrame
        A column image, and any of picture, coco_id, split and the four crop fractions.

    Returns
    -------
    DataFrame
        Missing values are null; a missing crop is zero.
    """
    table = rows.copy()
    table["image"] = as_ids(rows["image"], "The stimulus table")
    for name, kind in {"picture": "string", "coco_id": "Int32", "split": "string"}.items():
        if name not in table:
            table[name] = pd.Series(pd.NA, index=table.index, dtype=kind)
    for side in SIDES:
        table[side] = table[side].fillna(0.0) if side in table else 0.0
    return table[["image", "picture", "coco_id", "split", *SIDES]]
