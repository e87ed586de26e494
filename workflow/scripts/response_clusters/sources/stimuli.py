"""A stimulus table in the study's own form: the images, their pictures, what is known of them."""

from pathlib import Path

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError, listed
from response_clusters.files import reading
from response_clusters.ids import as_ids
from response_clusters.sources.contents import Files
from response_clusters.sources.delimited import require_even
from response_clusters.tables import whole_numbers

EXPECTED = "a stimulus table with a row per image and the column image"
SIDES = ("crop_top", "crop_bottom", "crop_left", "crop_right")
COLUMNS = ("image", "picture", "coco_id", "split", *SIDES)


def stimuli(files: Files) -> pd.DataFrame:
    """The stimulus table: CSV, TSV or Parquet, with at least the column image.

    Parameters
    ----------
    files : dict
        ``stimuli``, the table's path.

    Returns
    -------
    DataFrame
        Columns image and, where the table has them, picture (a file below ``dataset.pictures``, or
        a row of the HDF5 file), coco_id, split and the fractions that were cropped off each side.

    Raises
    ------
    StudyError
        If an image is missing or there twice, if a COCO id is no whole number, or if a fraction is
        out of range.
    """
    path = files["stimuli"]
    table = read_any(path, EXPECTED)
    if "image" not in table:
        raise StudyError(
            f"{path}: there is no column 'image', found {listed(table.columns)}; expected "
            f"{EXPECTED}: name the column so."
        )
    rows = pd.DataFrame({"image": as_ids(table["image"], path)})
    if rows["image"].isna().any():
        row = int(np.flatnonzero(rows["image"].isna())[0]) + 1
        raise StudyError(f"{path}: row {row} names no image; expected {EXPECTED}: correct it.")
    if (again := rows["image"].duplicated()).any():
        raise StudyError(
            f"{path}: image {rows.loc[again, 'image'].iloc[0]} is there twice; expected one row "
            "for each: remove one of them."
        )
    if "picture" in table:
        rows["picture"] = table["picture"].astype("string")
    if "split" in table:
        rows["split"] = table["split"].astype("string")
    if "coco_id" in table:
        known = table["coco_id"].notna()
        numbers = whole_numbers(table.loc[known, "coco_id"], 1, path)
        rows["coco_id"] = pd.Series(numbers, table.index[known], "Int64").reindex(table.index)
    for side in SIDES:
        if side in table:
            rows[side] = _fraction(table[side], path)
    for first, last in (SIDES[:2], SIDES[2:]):
        if {first, last} <= set(rows) and (rows[first] + rows[last] >= 1).any():
            raise StudyError(
                f"{path}: {first} and {last} leave nothing of an image; expected fractions that "
                "sum to less than 1: correct them."
            )
    return rows


def read_any(path: str, expected: str) -> pd.DataFrame:
    """A table of the user's, by its ending: ``.parquet``, ``.tsv``, otherwise CSV.

    Raises
    ------
    StudyError
        If it cannot be read.
    """
    with reading(path, expected, "damaged or something else") as file:
        if Path(path).suffix == ".parquet":
            return pd.read_parquet(file).reset_index(drop=True)
        # Text stays text: an image may be called 007, and a category NA.
        separator = "\t" if Path(path).suffix == ".tsv" else ","
        require_even(file, separator)
        return pd.read_csv(
            file,
            sep=separator,
            dtype="string",
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8-sig",
        )


def _fraction(values: pd.Series, path: str) -> pd.Series:
    """A column of fractions that were cropped off; nothing counts as 0."""
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    wrong = values.notna() & ~((numbers >= 0) & (numbers < 1))
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise StudyError(
            f"{path}: {values.name} is {values.iloc[row]} in row {row + 1}; expected a fraction "
            "from 0 to below 1: correct it."
        )
    return numbers.fillna(0.0)
