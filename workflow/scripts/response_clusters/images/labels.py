"""The labels of each image: the categories annotated within its crop."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from response_clusters.errors import StudyError, listed
from response_clusters.ids import as_ids, in_one_type
from response_clusters.images.coco import Instances
from response_clusters.images.outlines import UNCROPPED, visible_labels
from response_clusters.images.stimuli import SIDES, stimulus_table
from response_clusters.names import require_name
from response_clusters.sources.stimuli import read_any
from response_clusters.tables import whole_numbers

_EXPECTED = "a table of what each image shows, with the columns image and category"


def label_table(
    stimuli: pd.DataFrame, instances: Instances, crop: bool, drawn: Counter[str] | None = None
) -> pd.DataFrame:
    """The categories visible in each annotated image.

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
        if annotations := instances.annotations.get(coco):
            height, width = instances.sizes[coco]
            try:
                sides_cut = tuple(box) if crop else UNCROPPED
                labels = visible_labels(annotations, height, width, sides_cut, drawn)
            except StudyError as error:
                raise StudyError(f"{instances.where}: {error}") from None
            rows += [
                (image, coco, *instances.categories[category], count, area)
                for category, (count, area) in labels.items()
            ]
    columns = ["image", "coco_id", "category", "supercategory", "instances", "area"]
    return pd.DataFrame(rows, columns=columns)


def image_table(
    stimuli: pd.DataFrame, covered: pd.Series | bool, labels: pd.DataFrame
) -> pd.DataFrame:
    """The stimulus table with two more columns: whether an image is annotated, and its instances.

    Parameters
    ----------
    stimuli : DataFrame
        The stimuli table.
    covered : Series of bool, or bool
        Whether an annotation file, or the table of labels, lists each of its images.
    labels : DataFrame
        The labels table.
    """
    counts = labels.groupby("image")["instances"].sum()
    images = stimuli.drop(columns="picture").assign(covered=covered)
    return images.assign(instances=stimuli["image"].map(counts).fillna(0).astype(int))


def category_table(instances: Instances) -> pd.DataFrame:
    """Every category in the annotation files, whether or not an image shows it, by id."""
    rows = [names for _, names in sorted(instances.categories.items())]
    return pd.DataFrame(rows, columns=["category", "supercategory"])


@dataclass(frozen=True)
class Labels:
    """The labels of all images.

    Attributes
    ----------
    table : DataFrame
        Columns of the labels table: a row per image and category.
    categories : DataFrame
        Every category, whether or not an image shows it: category and supercategory.
    covered : Series of bool
        Whether each image of the stimulus table is annotated.
    drawn : dict
        How instances were drawn, as the record ``labels`` holds it.
    """

    table: pd.DataFrame
    categories: pd.DataFrame
    covered: pd.Series
    drawn: dict[str, int]


def annotated_labels(stimuli: pd.DataFrame, instances: Instances, crop: bool) -> Labels:
    """The labels of every image with a COCO id, from COCO's annotations.

    Parameters
    ----------
    stimuli : DataFrame
        The stimuli table.
    crop : bool
        Count what the crop leaves; otherwise the whole COCO image.

    Raises
    ------
    StudyError
        If an annotation cannot be drawn.
    """
    drawn: Counter[str] = Counter()
    table = label_table(stimuli, instances, crop, drawn)
    record = {
        "instances": drawn.total(),
        "boxes": drawn["boxes"],
        "below_one_pixel": drawn["below one pixel"],
        "left_out": drawn["not drawn"],
    }
    covered = stimuli["coco_id"].isin(list(instances.sizes)).astype(bool)
    return Labels(table, category_table(instances), covered, record)


def listed_labels(stimuli: pd.DataFrame | None, path: str) -> tuple[pd.DataFrame, Labels]:
    """The labels of every image, from a table that the user provides.

    Parameters
    ----------
    stimuli : DataFrame or None
        The stimuli table; without it, the images are those that the table of labels lists.
    path : str
        CSV, TSV or Parquet with the columns image and category and, optionally, supercategory,
        instances and area (the share of the picture). A row without a category stands for an image
        in which there is nothing of any category. Rows of the same image and category are added up.

    Returns
    -------
    stimuli : DataFrame
        The stimuli table.
    labels : Labels

    Raises
    ------
    StudyError
        If the table cannot be read, lacks a column, or has a value that is not allowed.
    """
    rows = read_any(path, _EXPECTED)
    for column in ("image", "category"):
        if column not in rows:
            raise StudyError(
                f"{path}: there is no column {column!r}, found {listed(rows.columns)}; expected "
                f"{_EXPECTED}: name the column so."
            )
    rows["image"] = as_ids(rows["image"], path)
    if rows["image"].isna().any():
        row = int(rows["image"].isna().to_numpy().argmax()) + 1
        raise StudyError(f"{path}: row {row} names no image; expected {_EXPECTED}: correct it.")
    if stimuli is None:
        stimuli = stimulus_table(rows[["image"]].drop_duplicates().reset_index(drop=True))
    stimuli, rows = in_one_type(stimuli, rows)
    covered = stimuli["image"].isin(rows["image"])
    seen = rows[rows["category"].notna() & rows["image"].isin(stimuli["image"])]
    seen = seen.reset_index(drop=True)
    if not len(seen):
        raise StudyError(
            f"{path}: it says of no image of the stimulus table what it shows; expected "
            f"{_EXPECTED}: take both from the same dataset."
        )
    named = pd.DataFrame({"category": seen["category"].astype("string").str.strip()})
    for name in named["category"].unique():
        require_name(name, "category", path)
    named["supercategory"] = _supercategories(named["category"], seen, path)
    named["image"] = seen["image"]
    named["instances"] = 1
    if "instances" in seen:
        named["instances"] = whole_numbers(seen["instances"], 1, path)
    named["area"] = _areas(seen, path)
    groups = named.groupby(["image", "category", "supercategory"], sort=False)
    table = groups.agg(
        instances=("instances", "sum"), area=("area", lambda area: area.sum(min_count=1))
    ).reset_index()
    table["area"] = table["area"].clip(upper=1.0)
    coco = stimuli.set_index("image")["coco_id"]
    table.insert(1, "coco_id", table["image"].map(coco).astype("Int32"))
    categories = table[["category", "supercategory"]].drop_duplicates().sort_values("category")
    total = int(table["instances"].sum())
    drawn = {"instances": total, "boxes": 0, "below_one_pixel": 0, "left_out": 0}
    return stimuli, Labels(table, categories.reset_index(drop=True), covered, drawn)


def _supercategories(category: pd.Series, rows: pd.DataFrame, path: str) -> pd.Series:
    """The supercategory of each row; the category itself where the table has none.

    Raises
    ------
    StudyError
        If a category has two.
    """
    if "supercategory" not in rows:
        return category
    above = rows["supercategory"].astype("string").str.strip().fillna(category)
    pairs = pd.DataFrame({"category": category, "supercategory": above}).drop_duplicates()
    if (twice := pairs["category"].duplicated()).any():
        name = pairs.loc[twice, "category"].iloc[0]
        both = pairs.loc[pairs["category"] == name, "supercategory"]
        raise StudyError(
            f"{path}: the category {name!r} has the supercategories {listed(both)}; expected one: "
            "correct the table."
        )
    return above


def _areas(rows: pd.DataFrame, path: str) -> Any:
    """The share of the picture that each row covers; null where it is not known."""
    if "area" not in rows:
        return np.nan
    shares = pd.to_numeric(rows["area"], errors="coerce").astype("float64")
    wrong = rows["area"].notna() & ~((shares >= 0) & (shares <= 1))
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise StudyError(
            f"{path}: area is {rows['area'].iloc[row]} in row {row + 1}; expected the share of the "
            "picture, from 0 to 1: correct it."
        )
    return shares
