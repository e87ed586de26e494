"""The page's pictures, each in the block of one cohort."""

from collections.abc import Iterable
from typing import Any

import pandas as pd
from response_clusters.errors import StudyError

PIXELS = (112, 96, 80, 64)
"""The sides of pictures in the table of thumbnails, from the largest."""


def blocks(
    thumbnails: pd.DataFrame, explorers: Iterable[dict[str, Any]], side: int
) -> list[dict[str, str]]:
    """The pictures of each cohort that no cohort before it shows: base64 by image.

    Parameters
    ----------
    thumbnails : DataFrame
        The table of this name.
    explorers : iterable of dict
        The explorer records of all cohorts.
    side : int
        One of `PIXELS`.

    Raises
    ------
    StudyError
        If a picture is not in the table.
    """
    texts = dict(
        zip(thumbnails["image"].astype(str), thumbnails[f"webp_{side}"].astype(str), strict=True)
    )
    found: list[dict[str, str]] = []
    for explorer in explorers:
        block: dict[str, str] = {}
        for image in images(explorer):
            if image not in texts and not any(image in other for other in found):
                raise StudyError(
                    f"thumbnails.parquet: there is no picture of image {image}, which is among the "
                    f"nearest of {explorer['cohort']}; expected one of every image: delete it and "
                    "run again."
                )
            if image in texts:
                block[image] = texts.pop(image)
        found.append(block)
    return found


def images(explorer: dict[str, Any]) -> list[str]:
    """The images that an explorer record shows, each once, in order of their first appearance."""
    shown = (
        row["image"]
        for fit in explorer["fits"]
        for cluster in fit["clusters"]
        for row in cluster["nearest"]
    )
    return list(dict.fromkeys(str(image) for image in shown if image is not None))
